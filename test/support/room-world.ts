// A room in a world that a seed drives: peers that write, lose frames, go and come; a log that
// commits when the world says so, and refuses at times; compactions that end late. Nothing
// happens by itself. After every step it is asked what a room must keep: nobody was shown what
// is not committed, and what was echoed as durable is.

import * as Y from 'yjs';
import { loadSession } from '../../server/room/load.ts';
import { type RoomLimits, roomLimits } from '../../server/room/limits.ts';
import { mergeUpdates } from '../../server/room/merge.ts';
import type { Packet } from '../../server/room/packet.ts';
import { type Line, Peer } from '../../server/room/peer.ts';
import { Credit } from '../../server/room/credit.ts';
import { Room } from '../../server/room/room.ts';
import type { RoomParts } from '../../server/room/room-parts.ts';
import type { Appended, Log } from '../../server/log/log.ts';
import { unavailable } from '../../server/log/refusal.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { defined } from '../../src/base/assert.ts';
import { below, type Chance, pick, seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import { isFinalClose, type CloseReason } from '../../src/protocol/close.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../src/protocol/frame.ts';
import { rights } from '../../src/protocol/token.ts';
import { documentDigest } from '../../src/session/digest.ts';
import { Committed } from './committed.ts';
import { overriding } from './guarded.ts';
import { framesOf } from './packets.ts';
import { createTabs, type Tab, write } from './room-peers.ts';
import type { Tally } from './tally.ts';

export const roomEvents: readonly string[] = [
  'shown',
  'echoed',
  'echo that waited',
  'commit',
  'commit unavailable',
  'commit conflict',
  'several in a batch',
  'sent away',
  'reconnect',
  'lost',
  'asked again',
  'judged in steps',
  'compacted',
  'reloaded the same',
  'joined while merging',
];

const SESSION = 'room-world-0123456789';
const everyRight = new Set(rights);

/** A connection and what waits on it. */
interface Connection {
  readonly peer: Peer;
  readonly down: Frame[];
  /** Updates that were sent on it. */
  readonly sent: Uint8Array[];
  /** By mark, how many of them came before it. */
  readonly marks: Map<string, number>;
  isCut: boolean;
}

export class RoomWorld {
  readonly problems: string[] = [];
  readonly tally: Tally;
  #chance: Chance;
  #log: Log;
  #memory: MemoryLog;
  #committed = new Committed();
  #tabs: readonly Tab[];
  #connections = new Map<Tab, Connection>();
  #room: Room | undefined;
  #parts: RoomParts;
  #turnEnds: (() => void)[] = [];
  #yields: (() => void)[] = [];
  /** Commits and merges that wait for their turn. */
  #appends: (() => void)[] = [];
  #merges: (() => void)[] = [];
  #canRefuse = true;
  #marks = 0;

  constructor(seed: number, tally: Tally) {
    this.tally = tally;
    this.#chance = seededChance(seed);
    const clock = manualClock();
    this.#memory = new MemoryLog({ clock, chance: seededChance(seed) });
    this.#log = overriding<Log>(this.#memory, {
      append: (session, seq, under, batch) => this.#append(session, seq, under, batch),
    });
    this.#tabs = createTabs(this.#chance, 3);
    const limits: RoomLimits = {
      ...roomLimits,
      chunkStructsMax: seed % 2 === 0 ? 3 : 5_000,
      stepStructs: seed % 3 === 0 ? 2 : 2_000,
      compactRecords: 12,
    };
    this.#parts = {
      log: this.#log,
      limits,
      clock,
      merge: async (unmerged) => {
        await this.#until(this.#merges);
        return mergeUpdates(unmerged);
      },
      credit: new Credit(clock, limits),
      chance: seededChance(seed + 1),
      report: this.#report(),
      atTurnEnd: (task) => void this.#turnEnds.push(task),
      yieldTurn: () => this.#until(this.#yields),
      onClosed: () => (this.#room = undefined),
    };
  }

  async run(steps: number): Promise<void> {
    await this.#memory.create(SESSION);
    for (let step = 0; step < steps && this.problems.length === 0; step++) {
      this.#step();
      await rest();
    }
    this.#canRefuse = false;
    await this.#meet();
    await this.#reload();
  }

  #step(): void {
    const tab = defined(pick(this.#chance, this.#tabs), 'a tab');
    switch (below(this.#chance, 12)) {
      case 0:
      case 1:
      case 2:
        return write(this.#chance, tab);
      case 3:
      case 4:
        return this.#send(tab);
      case 5:
        return this.#barrier(tab);
      case 6:
        return this.#deliver(tab);
      case 7:
        return this.#endTurn();
      case 8:
        return this.#goOn(this.#appends);
      case 9:
        return this.#goOn(below(this.#chance, 2) === 0 ? this.#merges : this.#yields);
      case 10:
        return this.#connections.has(tab) ? undefined : this.#connect(tab);
      default:
        return below(this.#chance, 4) === 0 ? this.#disconnect(tab) : this.#goOn(this.#appends);
    }
  }

  #connect(tab: Tab): void {
    this.#room ??= new Room(SESSION, this.#parts);
    const room = this.#room;
    if (this.#merges.length > 0) this.tally.add('joined while merging');
    this.tally.add('reconnect');
    const principal = { id: tab.principal, name: tab.principal, kind: 'person' } as const;
    const connection: Connection = {
      peer: new Peer(this.#lineOf(tab), { principal, rights: everyRight }),
      down: [],
      sent: [],
      marks: new Map(),
      isCut: false,
    };
    this.#connections.set(tab, connection);
    tab.outbox = [];
    room.join(connection.peer);
    this.#up(tab, { type: 'sync-step-1', stateVector: Y.encodeStateVector(tab.doc) });
  }

  #lineOf(tab: Tab): Line {
    return {
      send: (packets) => this.#shown(tab, packets),
      close: (reason) => this.#closed(tab, reason),
      isBehind: false,
      whenTaken: (callback) => callback(),
      pause: () => undefined,
      resume: () => undefined,
    };
  }

  #closed(tab: Tab, { code }: CloseReason): void {
    this.tally.add('sent away');
    if (isFinalClose(code)) this.problems.push(`${tab.principal} was sent away with ${code}`);
    this.#connections.delete(tab);
  }

  #disconnect(tab: Tab): void {
    const connection = this.#connections.get(tab);
    this.#connections.delete(tab);
    if (connection !== undefined) this.#room?.leave(connection.peer);
  }

  /** Everything that is written to a socket is judged when it is written. */
  #shown(tab: Tab, packets: readonly Packet[]): void {
    const connection = this.#connections.get(tab);
    if (connection === undefined) return;
    for (const frame of framesOf(packets)) {
      connection.down.push(frame);
      if (frame.type === 'update' || frame.type === 'sync-step-2') {
        const lacks = this.#committed.lacks(frame.update);
        this.tally.add('shown');
        if (lacks !== undefined) this.problems.push(`${tab.principal} was shown ${lacks}`);
      } else if (frame.type === 'barrier') {
        this.#echoed(tab, connection, frame.mark);
      }
    }
  }

  #echoed(tab: Tab, { sent, marks }: Connection, mark: Uint8Array): void {
    const count = marks.get(Buffer.from(mark).toString());
    if (count === undefined) return void this.problems.push('a mark that nobody sent');
    this.tally.add('echoed');
    for (const update of sent.slice(0, count)) {
      const lacks = this.#committed.lacks(update);
      if (lacks !== undefined) this.problems.push(`${tab.principal} was told too soon: ${lacks}`);
    }
  }

  #up(tab: Tab, frame: Frame): void {
    const connection = this.#connections.get(tab);
    if (connection === undefined || this.#room === undefined) return;
    if (frame.type === 'update' || frame.type === 'sync-step-2') connection.sent.push(frame.update);
    const bytes = encodeFrame(frame);
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) throw new Error(decoded.rule);
    this.#room.receive(connection.peer, decoded.frame, bytes.length);
  }

  #send(tab: Tab): void {
    for (const update of tab.outbox.splice(0)) {
      if (below(this.#chance, 15) === 0) this.tally.add('lost');
      else this.#up(tab, { type: 'update', update });
    }
  }

  #barrier(tab: Tab): void {
    const connection = this.#connections.get(tab);
    if (connection === undefined) return;
    const mark = new TextEncoder().encode(`mark ${++this.#marks}`);
    connection.marks.set(Buffer.from(mark).toString(), connection.sent.length);
    const before = connection.down.length;
    this.#up(tab, { type: 'barrier', mark });
    if (connection.down.length === before) this.tally.add('echo that waited');
  }

  #deliver(tab: Tab): void {
    const down = this.#connections.get(tab)?.down.splice(0) ?? [];
    const questions = down.filter(({ type }) => type === 'sync-step-1').length;
    if (questions > 0 && this.#connections.get(tab)?.sent.length !== 0)
      this.tally.add('asked again');
    for (const frame of down) {
      if (frame.type === 'sync-step-1') {
        const update = Y.encodeStateAsUpdate(tab.doc, frame.stateVector);
        // What was written before and not sent is in it.
        tab.outbox = [];
        this.#up(tab, { type: 'sync-step-2', update });
      } else if (frame.type === 'update' || frame.type === 'sync-step-2') {
        Y.applyUpdate(tab.doc, frame.update, 'other');
      }
    }
  }

  #endTurn(): void {
    for (const task of this.#turnEnds.splice(0)) task();
  }

  #goOn(waiting: (() => void)[]): void {
    waiting.shift()?.();
  }

  async #append(...[session, seq, under, batch]: Parameters<Log['append']>): Promise<Appended> {
    await this.#until(this.#appends);
    const fate = this.#canRefuse ? below(this.#chance, 12) : -1;
    if (fate === 0) {
      this.tally.add('commit unavailable');
      return unavailable('full');
    }
    if (fate === 1) {
      this.tally.add('commit conflict');
      return { ok: false, code: 'conflict', seq };
    }
    this.tally.add('commit');
    const appended = await this.#memory.append(session, seq, under, batch);
    if (appended.ok) this.#committed.take(batch);
    return appended;
  }

  #until(waiting: (() => void)[]): Promise<void> {
    return new Promise((resolve) => waiting.push(resolve));
  }

  #report(): RoomParts['report'] {
    const { tally, problems } = this;
    return {
      taken: () => undefined,
      limitHit: (limit) => void problems.push(`${limit} was reached`),
      leftOut: (count) => tally.add('left out', count),
      gap: () => tally.add('gap'),
      refused: (_session, principal, { rule }) =>
        void problems.push(`${principal} was refused by ${rule}`),
      committed: (updates) => {
        if (updates > 1) tally.add('several in a batch');
        const shown = this.#room?.shown;
        if (shown === undefined) return;
        problems.push(...this.#committed.differences(shown.ledger.picture));
      },
      notCommitted: () => undefined,
      loadFailed: (_session, code) => void problems.push(`it could not be read: ${code}`),
      compacted: () => tally.add('compacted'),
      notCompacted: (_session, why) => {
        if (why !== 'conflict') problems.push(`it was not compacted: ${why}`);
      },
      broken: (_session, error) => void problems.push(`it broke: ${String(error)}`),
    };
  }

  /** All come anew, so that what was lost is sent again, and everything goes on until nothing waits. */
  async #meet(): Promise<void> {
    for (const tab of this.#tabs) {
      this.#disconnect(tab);
      this.#connect(tab);
    }
    const waiting = [this.#turnEnds, this.#appends, this.#merges, this.#yields];
    const last = new Set(this.#tabs);
    for (let quiet = 0; quiet < 2 && this.problems.length === 0;) {
      await rest();
      const isWaiting = waiting.some(({ length }) => length > 0);
      const isDelivering = [...this.#connections.values()].some(({ down }) => down.length > 0);
      quiet = isWaiting || isDelivering ? 0 : quiet + 1;
      if (this.#yields.length > 0) this.tally.add('judged in steps');
      for (const some of waiting) for (const go of some.splice(0)) go();
      for (const tab of this.#tabs) {
        if (!this.#connections.has(tab)) this.#connect(tab);
        this.#deliver(tab);
      }
      if (quiet === 1) for (const tab of last) this.#barrier(tab);
      if (quiet === 1) last.clear();
    }
    const wanted = documentDigest(this.#committed.doc);
    for (const { doc, principal } of this.#tabs) {
      if (documentDigest(doc) !== wanted) this.problems.push(`${principal} has another session`);
    }
    const echoed = [...this.#connections.values()].every(({ peer }) => peer.barriers === 0);
    if (!echoed || last.size > 0) this.problems.push('a barrier was not echoed');
  }

  /** What is read from the log is what was written into it. */
  async #reload(): Promise<void> {
    const ledger = this.#room?.shown?.ledger;
    const again = await loadSession<Peer>(this.#log, SESSION, roomLimits, () => Promise.resolve());
    if (ledger === undefined || !again.ok)
      return void this.problems.push(`it cannot be read: ${this.#room?.state} ${again.ok}`);
    const bindings = (of: typeof ledger): string =>
      JSON.stringify(of.bindings().toSorted((one, other) => one.client - other.client));
    const pairs: readonly (readonly [string, unknown, unknown])[] = [
      ['state vector', hex(again.ledger.stateVector()), hex(ledger.stateVector())],
      ['deletions', hex(again.ledger.deletions()), hex(ledger.deletions())],
      ['bindings', bindings(again.ledger), bindings(ledger)],
    ];
    for (const [what, one, other] of pairs) {
      if (one !== other) this.problems.push(`another ${what} after a reload`);
    }
    this.problems.push(...this.#committed.differences(again.ledger.picture));
    if (this.problems.length === 0) this.tally.add('reloaded the same');
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Until all that can happen now has happened. */
const rest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
