// Who is here right now. Each connection speaks for one client of its own; what it says of
// others are echoes, which stock clients send of all they hear, and is dropped. A client that
// wrote, or was here before, is its principal's; who comes back while the old connection is not
// known to be dead speaks for the same client from then on. Who it is
// stands in the token and not in what it says: the server stamps it. What changed in one
// turn goes out at its end, to everybody at once.

import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../src/base/json.ts';
import {
  type AwarenessEntry,
  decodeAwareness,
  encodeAwareness,
} from '../../src/protocol/awareness.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import type { Refusal } from '../../src/protocol/refusal.ts';

/** What is stamped on what a connection says of itself. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'agent';
}

export interface Speaker {
  readonly identity: Identity;
  /** Whoever may only read is shown as present, and says nothing else. */
  readonly mayWrite: boolean;
}

interface Present {
  speaker: Speaker;
  readonly principal: string;
  /** Its own count, and ours, which is never lower. */
  heard: number;
  clock: number;
  said: JsonObject | null;
}

/** Clients that left are remembered, so that a late echo does not bring them back. */
const DEPARTED_MAX = 10_000;

export class Presence {
  #clients = new Map<number, Present>();
  #own = new Map<Speaker, number>();
  /** The principal of each client that was here before, and its last clock. */
  #departed = new Map<number, { readonly principal: string; readonly clock: number }>();
  #changed = new Set<number>();
  #ownerOf: (client: number) => string | undefined;
  #everybody: Uint8Array | undefined;

  /** `ownerOf` knows to whom a client belongs that wrote something. */
  constructor(ownerOf: (client: number) => string | undefined = () => undefined) {
    this.#ownerOf = ownerOf;
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** Takes what a connection says. Echoes are passed over. */
  hear(speaker: Speaker, bytes: Uint8Array): Refusal | undefined {
    const decoded = decodeAwareness(bytes, (client) => this.#isOf(speaker, client));
    if (!decoded.ok) return decoded;
    for (const entry of decoded.entries) this.#take(speaker, entry);
    return undefined;
  }

  leave(speaker: Speaker): void {
    const client = this.#own.get(speaker);
    if (client === undefined) return;
    const present = this.#clients.get(client);
    this.#own.delete(speaker);
    // Another connection of the same principal may speak for it by now.
    if (present?.speaker !== speaker) return;
    this.#clients.delete(client);
    this.#remember(client, present.principal, present.clock + 1);
    this.#change(client);
  }

  /** Stamps anew: the token of a connection was renewed, or its rights are others. */
  restamp(speaker: Speaker): void {
    const client = this.#own.get(speaker);
    const present = client === undefined ? undefined : this.#clients.get(client);
    if (client === undefined || present === undefined) return;
    present.clock++;
    this.#change(client);
  }

  /** Everybody who is here, as a frame; undefined where nobody is. */
  everybody(): Uint8Array | undefined {
    if (this.#clients.size === 0) return undefined;
    return (this.#everybody ??= this.#frame([...this.#clients.keys()]));
  }

  /** What changed since the last call, as a frame. */
  flush(): Uint8Array | undefined {
    if (this.#changed.size === 0) return undefined;
    const frame = this.#frame([...this.#changed]);
    this.#changed.clear();
    return frame;
  }

  #isOf(speaker: Speaker, client: number): boolean {
    const own = this.#own.get(speaker);
    if (own !== undefined) return own === client;
    const before = this.#clients.get(client) ?? this.#departed.get(client);
    const principal = before?.principal ?? this.#ownerOf(client);
    return principal === undefined || principal === speaker.identity.id;
  }

  #change(client: number): void {
    this.#everybody = undefined;
    this.#changed.add(client);
  }

  #take(speaker: Speaker, { client, clock, state }: AwarenessEntry): void {
    // One client for one connection: the first that it speaks for.
    if (!this.#isOf(speaker, client)) return;
    const before = this.#clients.get(client);
    const isOld =
      before !== undefined && (clock < before.heard || (clock === before.heard && state !== null));
    if (isOld) return;
    if (before !== undefined && isEcho(before, speaker, clock, state)) {
      before.heard = clock;
      before.speaker = speaker;
      this.#own.set(speaker, client);
      return;
    }
    const next = Math.max(clock, (before?.clock ?? this.#departed.get(client)?.clock ?? -1) + 1);
    if (state === null) {
      if (before === undefined) return;
      this.#clients.delete(client);
      this.#remember(client, before.principal, next);
    } else {
      this.#own.set(speaker, client);
      this.#departed.delete(client);
      const principal = speaker.identity.id;
      this.#clients.set(client, { speaker, principal, heard: clock, clock: next, said: state });
    }
    this.#change(client);
  }

  #remember(client: number, principal: string, clock: number): void {
    this.#departed.set(client, { principal, clock });
    if (this.#departed.size <= DEPARTED_MAX) return;
    const [oldest] = this.#departed.keys();
    if (oldest !== undefined) this.#departed.delete(oldest);
  }

  #frame(clients: readonly number[]): Uint8Array {
    const entries = clients.map((client): AwarenessEntry => {
      const present = this.#clients.get(client);
      const clock = present?.clock ?? this.#departed.get(client)?.clock ?? 0;
      return { client, clock, state: present === undefined ? null : stamped(present) };
    });
    return encodeFrame({ type: 'awareness', entries: encodeAwareness(entries) });
  }
}

/**
 * What was stamped anew comes back from the very one who it is about, as that is how a stock client
 * learns its own clock. To take it for a change would send it round for ever.
 */
function isEcho(
  present: Present,
  speaker: Speaker,
  clock: number,
  said: JsonObject | null,
): boolean {
  if (said === null || clock > present.clock) return false;
  return isDeepStrictEqual(stamped({ speaker, said }), stamped(present));
}

function stamped({ speaker, said }: Pick<Present, 'speaker' | 'said'>): JsonObject {
  const { id, name, kind } = speaker.identity;
  return { ...(speaker.mayWrite ? said : undefined), principal: id, name, kind };
}
