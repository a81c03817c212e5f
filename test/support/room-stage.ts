// A server's rooms without sockets: real rooms over a log in memory, a clock turned by hand, and
// peers whose lines keep what they were sent. Commits can be held back, and made to fail.

import type { Appended, Log } from '../../server/log/log.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { type RoomLimits, roomLimits } from '../../server/room/limits.ts';
import { type Merge, mergeUpdates } from '../../server/room/merge.ts';
import type { Packet } from '../../server/room/packet.ts';
import { type Line, Peer } from '../../server/room/peer.ts';
import type { Room } from '../../server/room/room.ts';
import type { RoomReport } from '../../server/room/room-parts.ts';
import { Rooms } from '../../server/room/rooms.ts';
import { defined } from '../../src/base/assert.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import type { CloseReason } from '../../src/protocol/close.ts';
import { encodeFrame, decodeFrame, type Frame } from '../../src/protocol/frame.ts';
import { type Right, rights as allRights } from '../../src/protocol/token.ts';
import { writeStateVector } from '../../src/protocol/state-vector.ts';
import { map, textType, values, words } from './gate.ts';
import { overriding } from './guarded.ts';
import { block, deletions, update } from './update-bytes.ts';
import { framesOf } from './packets.ts';

export const stageSession = 'stage-0123456789abcd';

export class TestLine implements Line {
  readonly frames: Frame[] = [];
  closed: CloseReason | undefined;
  isPaused = false;
  isBehind = false;
  onSend: (() => void) | undefined;
  #taken: (() => void)[] = [];

  send(packets: readonly Packet[]): void {
    this.onSend?.();
    this.frames.push(...framesOf(packets));
  }

  close(reason: CloseReason): void {
    this.closed ??= reason;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  whenTaken(callback: () => void): void {
    this.#taken.push(callback);
  }

  /** Everything that it was sent is taken. */
  catchUp(): void {
    this.isBehind = false;
    for (const callback of this.#taken.splice(0)) callback();
  }

  /** The types of what came since the last call, in order. */
  took(): readonly string[] {
    return this.frames.splice(0).map(({ type }) => type);
  }

  of<T extends Frame['type']>(type: T): readonly Extract<Frame, { type: T }>[] {
    return this.frames.filter((frame): frame is Extract<Frame, { type: T }> => frame.type === type);
  }
}

export interface StagePeer {
  readonly peer: Peer;
  readonly line: TestLine;
  send(frame: Frame): void;
  leave(): void;
}

export class RoomStage {
  readonly clock = manualClock();
  readonly memory = new MemoryLog({ clock: this.clock, chance: seededChance(1) });
  readonly rooms: Rooms;
  /** What was reported, one line each. */
  readonly reports: string[] = [];
  /** What the next commits end with, instead of being made. */
  readonly outcomes: (Appended | Error)[] = [];
  #held: (() => void)[] | undefined;
  #throwing: keyof RoomReport | undefined;

  constructor(
    limits: Partial<RoomLimits> = {},
    merge: Merge = (unmerged) => Promise.resolve(mergeUpdates(unmerged)),
    over: Partial<Log> = {},
  ) {
    const log = overriding<Log>(this.memory, {
      append: (...asked) => this.#append(...asked),
      ...over,
    });
    const { clock } = this;
    const report = this.#report();
    this.rooms = new Rooms({ log, limits: { ...roomLimits, ...limits }, clock, merge, report });
  }

  async create(session = stageSession): Promise<void> {
    await this.memory.create(session);
  }

  get room(): Room {
    return defined(this.rooms.find(stageSession), 'an open room');
  }

  /** Somebody comes in, and has all rights where none are named. */
  async join(principal: string, rights: readonly Right[] = allRights): Promise<StagePeer> {
    const stage = this.enter(principal, rights);
    await rest();
    return stage;
  }

  /** The same at once, while the room may still be read. */
  enter(
    principal: string,
    rights: readonly Right[] = allRights,
    session = stageSession,
  ): StagePeer {
    const room = defined(this.rooms.open(session), 'a room');
    const line = new TestLine();
    const identity = { id: principal, name: principal, kind: 'person' } as const;
    const peer = new Peer(line, { principal: identity, rights: new Set(rights) });
    room.join(peer);
    return {
      peer,
      line,
      leave: () => room.leave(peer),
      send: (frame) => {
        const bytes = encodeFrame(frame);
        const decoded = decodeFrame(bytes);
        if (decoded.ok) room.receive(peer, decoded.frame, bytes.length);
      },
    };
  }

  /** Commits wait until `release`. */
  hold(): void {
    this.#held = [];
  }

  async release(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const go of held) go();
    await rest();
  }

  /** The report throws the next time that it is told this. */
  breakAt(name: keyof RoomReport): void {
    this.#throwing = name;
  }

  async #append(...asked: Parameters<Log['append']>): Promise<Appended> {
    const held = this.#held;
    if (held !== undefined) await new Promise<void>((resolve) => held.push(resolve));
    const outcome = this.outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome ?? this.memory.append(...asked);
  }

  #report(): RoomReport {
    const note =
      (name: keyof RoomReport) =>
      (...facts: readonly unknown[]): void => {
        this.reports.push([name, ...facts.map(wordOf)].join(' '));
        if (this.#throwing !== name) return;
        this.#throwing = undefined;
        throw new Error(`broken at ${name}`);
      };
    return {
      leftOut: note('leftOut'),
      taken: note('taken'),
      limitHit: note('limitHit'),
      gap: note('gap'),
      refused: note('refused'),
      committed: note('committed'),
      notCommitted: note('notCommitted'),
      loadFailed: note('loadFailed'),
      compacted: note('compacted'),
      notCompacted: note('notCompacted'),
      broken: note('broken'),
    };
  }
}

function wordOf(fact: unknown): string {
  if (fact instanceof Error) return fact.message;
  if (typeof fact === 'object' && fact !== null && 'rule' in fact) return String(fact.rule);
  return String(fact);
}

/** Until all that can happen now has happened. */
export async function rest(turns = 6): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const nothing = writeStateVector(new Map());
export const step1: Frame = { type: 'sync-step-1', stateVector: nothing };
export const emptyAnswer: Frame = { type: 'sync-step-2', update: update([]) };
export const barrier = (mark: string): Frame => ({
  type: 'barrier',
  mark: new TextEncoder().encode(mark),
});
export const key = (client: number, clock: number, name: string): Frame => ({
  type: 'update',
  update: update([block(client, clock, [values({ in: 'meta', key: name }, 1)])]),
});
export const message = (client: number, said = 'hello'): Frame => ({
  type: 'update',
  update: update([
    block(client, 0, [
      map({ in: 'messages' }),
      textType({ in: [client, 0], key: 'body' }),
      words({ in: [client, 1] }, said),
    ]),
  ]),
});
export const removal = (client: number, clock: number): Frame => ({
  type: 'update',
  update: update([], [deletions(client, [clock, 1])]),
});

export async function stageWith(
  ...asked: ConstructorParameters<typeof RoomStage>
): Promise<RoomStage> {
  const stage = new RoomStage(...asked);
  await stage.create();
  return stage;
}

/** In and answered, as a stock client is a moment after it came. */
export async function joined(stage: RoomStage, principal: string): Promise<StagePeer> {
  const one = await stage.join(principal);
  one.send(step1);
  one.send(emptyAnswer);
  await rest();
  one.line.took();
  return one;
}
