// The sessions that are open on this server: at most one room for each, made when somebody
// comes and forgotten some time after the last has gone.

import { type Chance, systemChance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Unsubscribe } from '../../src/base/emitter.ts';
import { closeReasons } from '../../src/protocol/close.ts';
import type { Erased, Log } from '../log/log.ts';
import {
  missing,
  unavailable,
  type Deleted,
  type Missing,
  type Unavailable,
} from '../log/refusal.ts';
import type { Offered } from './books.ts';
import { Credit } from './credit.ts';
import type { RoomLimits } from './limits.ts';
import type { Merge } from './merge.ts';
import type { Picture } from './picture.ts';
import { Room } from './room.ts';
import type { RoomParts, RoomReport } from './room-parts.ts';

export interface RoomsParts {
  readonly log: Log;
  readonly limits: RoomLimits;
  readonly clock: Clock;
  readonly merge: Merge;
  readonly report: RoomReport;
  /** The system's, but in tests. */
  readonly chance?: Chance;
  readonly onCommit?: (session: string, picture: Picture) => void;
  readonly onOffers?: (session: string, offers: readonly Offered[]) => void;
}

/** The committed state of a session. */
export interface ShownState {
  readonly ok: true;
  readonly generation: string;
  readonly seq: number;
  /** In causal order; the last holds all deletions. */
  readonly updates: readonly Uint8Array[];
}

export class Rooms {
  #parts: RoomParts;
  #rooms = new Map<string, Room>();
  #tasks: (() => void)[] = [];
  #isClosed = false;
  #stopLapses: Unsubscribe;

  constructor(parts: RoomsParts) {
    this.#parts = {
      ...parts,
      chance: parts.chance ?? systemChance(),
      credit: new Credit(parts.clock, parts.limits),
      atTurnEnd: (task) => this.#atTurnEnd(task),
      yieldTurn: () => new Promise((resolve) => setImmediate(resolve)),
      onClosed: (session) => this.#rooms.delete(session),
    };
    this.#stopLapses = parts.log.claims.onLapse((claim) =>
      this.open(claim.session)?.claims.lapse(claim),
    );
  }

  /** Opens sessions one after another, so that what may be claimed in them becomes known. */
  async look(sessions: readonly string[]): Promise<void> {
    for (const session of sessions) {
      await this.open(session)?.settled;
      await this.#parts.yieldTurn();
    }
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The room of a session that exists, opened if need be. Undefined while the server stops. */
  open(session: string): Room | undefined {
    const present = this.#rooms.get(session);
    if (present !== undefined || this.#isClosed) return present;
    const room = new Room(session, this.#parts);
    this.#rooms.set(session, room);
    return room;
  }

  /** The room, if somebody is in it or was a moment ago. */
  find(session: string): Room | undefined {
    return this.#rooms.get(session);
  }

  async state(session: string): Promise<ShownState | Missing | Deleted | Unavailable> {
    const opened = await this.#parts.log.open(session);
    if (!opened.ok) return opened;
    const room = this.open(session);
    await room?.settled;
    await room?.cleared;
    const shown = room?.shown;
    if (shown === undefined) return unavailable('damaged');
    const { ledger, generation, seq } = shown;
    return { ok: true, generation, seq, updates: ledger.all() };
  }

  /** Sends everybody away for good, and erases the session. */
  async delete(session: string): Promise<Erased> {
    const opened = await this.#parts.log.open(session);
    if (!opened.ok && opened.code === 'missing') return missing;
    this.#rooms.get(session)?.close(closeReasons.missing);
    const erased = await this.#parts.log.delete(session);
    this.#parts.onOffers?.(session, []);
    // Whoever came between the two finds a log that refuses.
    this.#rooms.get(session)?.close(closeReasons.missing);
    return erased;
  }

  /** Stops: what was taken becomes durable, then everybody is sent away to come back later. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopLapses();
    const rooms = [...this.#rooms.values()];
    await Promise.all(rooms.map((room) => room.drain()));
    for (const room of rooms) room.close(closeReasons.unavailable);
  }

  /** One turn for all rooms, so that the log writes what they have at once; several, where they are many. */
  #atTurnEnd(task: () => void): void {
    this.#tasks.push(task);
    if (this.#tasks.length === 1) setImmediate(this.#runTasks);
  }

  #runTasks = (): void => {
    const due = this.#tasks;
    this.#tasks = due.slice(TASKS_MAX);
    if (this.#tasks.length > 0) setImmediate(this.#runTasks);
    for (const task of due.slice(0, TASKS_MAX)) task();
  };
}

/** Rooms that have their turn's end in one turn of the loop. */
const TASKS_MAX = 128;
