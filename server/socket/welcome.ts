// What a peer that knows our commands is told when it is let in: who it is here, and which
// agents wait for runs of the session; the latter again whenever it is another number.

import type { Hello } from '../../src/protocol/command.ts';
import { limits } from '../../src/protocol/limits.ts';
import { rights } from '../../src/protocol/token.ts';
import type { Access } from '../access/access.ts';
import type { Packet } from '../room/packet.ts';
import type { Peer } from '../room/peer.ts';
import type { SyncParts } from './sync-parts.ts';

export class Welcome {
  #parts: Pick<SyncParts, 'agents' | 'log'>;
  #session: string;
  /** What was last said of the agents; undefined for whoever has not said hello. */
  #told: string | undefined;

  constructor(parts: Pick<SyncParts, 'agents' | 'log'>, session: string) {
    this.#parts = parts;
    this.#session = session;
  }

  ready(peer: Peer, hello: Hello, access: Access, generation: string): readonly Packet[] {
    const { incarnation } = this.#parts.log;
    const ready = peer.command((id) => ({
      id,
      re: hello.id,
      type: 'ready',
      generation,
      incarnation,
      principal: access.principal.id,
      rights: rights.filter((right) => access.rights.has(right)),
      expiresAt: access.claims.exp * 1_000,
    }));
    // Nobody is what is believed before anything is said.
    this.#told = '[]';
    return [ready, ...this.agents(peer)];
  }

  /** Which agents there are, where that is not what was said before. */
  agents(peer: Peer): readonly Packet[] {
    if (this.#told === undefined) return [];
    const serving = this.#parts.agents?.serving(this.#session) ?? [];
    const agents = serving.slice(0, limits.agentNamesMax);
    const told = JSON.stringify(agents);
    if (told === this.#told) return [];
    this.#told = told;
    return [peer.command((id) => ({ id, type: 'agents', agents }))];
  }
}
