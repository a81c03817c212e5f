// One connection as its room sees it: what it may do, what it was asked, what it waits to
// hear. A barrier is echoed when all that came before it is durable: at once, after the
// batch in which that is, or after the answer to what we asked; and never once something
// of this connection was refused.

import { encodeCommand } from '../../src/protocol/command.ts';
import type { CloseReason } from '../../src/protocol/close.ts';
import { encodeFrame } from '../../src/protocol/frame.ts';
import { mayWriteBelow } from '../../src/protocol/root-rights.ts';
import type { Right } from '../../src/protocol/token.ts';
import type { Refused } from './verdict.ts';
import { packetOf, type Packet } from './packet.ts';
import type { RootPlace } from './place.ts';
import type { Identity, Speaker } from './presence.ts';

/** The socket behind a peer, as a room needs it. */
export interface Line {
  /**
   * Writes whole messages in order. `own`: bytes that this peer asked for, which no bound counts.
   * `frames` is how many there are, where packets were joined; one in each where it is absent.
   */
  send(packets: readonly Packet[], own?: boolean, frames?: number): void;
  close(reason: CloseReason): void;
  /** What this peer asked for itself waits to be taken. */
  readonly isBehind: boolean;
  /** Calls back once when everything is taken. */
  whenTaken(callback: () => void): void;
  /** Reads nothing more from it until `resume`. */
  pause(): void;
  resume(): void;
}

/** What a connection may do now. It changes when a token is renewed or a role taken away. */
export interface Entitlement {
  readonly principal: Identity;
  readonly rights: ReadonlySet<Right>;
}

interface Barrier {
  readonly mark: Uint8Array;
  /** The batch after which it is echoed; undefined while an answer is awaited. */
  batch: number | undefined;
}

export class Peer implements Speaker {
  readonly line: Line;
  entitlement: Entitlement;
  /** Whether it used our extensions first, so that they may be used with it. */
  isExtended = false;
  /** Whether it was given the state, and gets from now on what is committed. */
  isJoined = false;
  /** We sent SyncStep1 and wait for the answer. */
  isAsked = false;
  wasAsked = false;
  isGone = false;
  /** It was asked, if it may write, and told who is here. */
  isGreeted = false;
  #refused = new Set<number>();
  #refusals = 0;
  #barriers: Barrier[] = [];
  #commands = 0;

  constructor(line: Line, entitlement: Entitlement) {
    this.line = line;
    this.entitlement = entitlement;
  }

  get identity(): Identity {
    return this.entitlement.principal;
  }

  /** The principal to whom its clients are bound. */
  get principal(): string {
    return this.entitlement.principal.id;
  }

  get mayWrite(): boolean {
    return this.mayWriteIn('participants');
  }

  readonly mayWriteIn = (root: RootPlace): boolean =>
    mayWriteBelow(root, (right) => this.entitlement.rights.has(right));

  readonly isRefused = (client: number): boolean => this.#refused.has(client);

  get refusals(): number {
    return this.#refusals;
  }

  /** How many barriers wait. */
  get barriers(): number {
    return this.#barriers.length;
  }

  /** Notes a refusal. Returns the frame that tells of it. */
  refuse({ client, clock, rule }: Refused): Packet {
    this.#refused.add(client);
    this.#refusals++;
    this.#barriers = [];
    return this.command((id) => ({ id, type: 'refused', client, clock, rule }));
  }

  /** A command of ours, with the next id. */
  command(make: (id: number) => Parameters<typeof encodeCommand>[0]): Packet {
    const json = encodeCommand(make(++this.#commands));
    return packetOf(encodeFrame({ type: 'command', json }));
  }

  /** `pending` is the newest batch that is not committed. Returns the echo, if it is due at once. */
  barrier(mark: Uint8Array, pending: number | undefined): Packet | undefined {
    this.isExtended = true;
    if (this.#refusals > 0) return undefined;
    const isFree = pending === undefined && !this.isAsked && this.#barriers.length === 0;
    if (isFree) return echo(mark);
    // A view of what was received, which is kept for longer than its frame.
    this.#barriers.push({ mark: mark.slice(), batch: this.isAsked ? undefined : (pending ?? 0) });
    return undefined;
  }

  /** The answer came, and is in that batch. Returns what is due. */
  answered(pending: number | undefined, committed: number): readonly Packet[] {
    this.isAsked = false;
    for (const barrier of this.#barriers) barrier.batch ??= pending ?? 0;
    return this.due(committed);
  }

  /** The echoes of all that wait for nothing later than this batch. */
  due(committed: number): readonly Packet[] {
    if (this.#barriers.length === 0) return none;
    const end = this.#barriers.findIndex(({ batch }) => batch === undefined || batch > committed);
    const count = end === -1 ? this.#barriers.length : end;
    return this.#barriers.splice(0, count).map(({ mark }) => echo(mark));
  }
}

const none: readonly Packet[] = [];

function echo(mark: Uint8Array): Packet {
  return packetOf(encodeFrame({ type: 'barrier', mark }));
}
