// What the room knows of a session's document, without the document: which ids there are,
// where each stands, which entry of a map key won, and which ids are deleted, those
// included that nobody ever sends. It gives what a Y.Doc would give that took the same
// updates (a property test holds it against one), as long as no struct has a right origin.
//
// A frame is placed first, struct by struct, and may then be taken back; only when all of
// it is good is it settled, which decides winners and deletions and cannot fail.

import { defined } from '../../src/base/assert.ts';
import type { Json } from '../../src/base/json.ts';
import type { DeleteRange } from '../../src/protocol/struct.ts';
import { MapWinners } from './map-winners.ts';
import { isPictured, rootKinds, type RootPlace } from './place.ts';
import { RangeSet } from './range-set.ts';
import {
  NO,
  StructTable,
  type Container,
  type LaneState,
  type Mark,
  type Writer,
} from './struct-table.ts';

/** The container of everything that was collected as garbage: nobody knows any more where it stood. */
export const GONE = 0;

/** What stands under a key: a value, a type, or nothing (both undefined). */
export interface Entry {
  readonly value: Json | undefined;
  /** The container that it is. */
  readonly child: number | undefined;
}

/** What settling a frame brought about. */
export interface Settled {
  /** Ids that were not deleted before, in pieces. */
  readonly deleted: readonly DeleteRange[];
  /** Whether some of them are a message's, so that its words must not be served any more. */
  readonly words: boolean;
}

const nothing: Entry = { value: undefined, child: undefined };
const roots = Object.keys(rootKinds) as RootPlace[];

const mayAppend = ({ isHeld, since }: LaneState, clock: number): boolean =>
  isHeld && clock >= since;

export class DocumentIndex {
  readonly table = new StructTable();
  readonly deleted = new RangeSet();
  readonly winners = new MapWinners(this.table);
  /** The JSON of entries in containers that are pictured, by row; only those that are alive. */
  readonly values = new Map<number, Json>();
  /** Called before what stands under a key of a pictured container may change. */
  readonly watchers: ((container: number, key: number) => void)[] = [];
  #pieces: DeleteRange[] = [];
  #words = false;

  constructor() {
    this.table.addContainer(NO, 'map', 'other');
    defined(this.table.containers[GONE], 'the container of garbage').dead = true;
    for (const place of roots) this.table.addContainer(NO, rootKinds[place], place);
  }

  root(place: RootPlace): number {
    return GONE + 1 + roots.indexOf(place);
  }

  /** The clock of the next struct of every client that wrote. */
  clocks(): ReadonlyMap<number, number> {
    const clocks = new Map<number, number>();
    for (const { client, next } of this.table.writers) if (next > 0) clocks.set(client, next);
    return clocks;
  }

  /** Words behind a writer's own last ones in a text of a message: nearly all the traffic. False where it is not that. */
  append(writer: Writer, clock: number, length: number): boolean {
    const { table } = this;
    const row = writer.rows.at(-1);
    if (writer.next !== clock || row === undefined) return false;
    const { kind, dead, root } = table.container(row);
    if (kind !== 'text' || dead || root !== 'messages') return false;
    // What was written under an earlier claim may be another run's.
    if (writer.lane !== undefined && !mayAppend(writer.lane, table.clock(row))) return false;
    table.extend(writer, row, length);
    return true;
  }

  /** What stands under a key, of which the index knows values only where they are pictured. */
  entry(container: number, key: number): Entry {
    const row = this.winners.of(container, key);
    if (row === NO) return nothing;
    const child = this.table.childNumber(row);
    const isType = child !== NO && this.table.containers[child]?.dead !== true;
    return { value: this.values.get(row), child: isType ? child : undefined };
  }

  /** Gives effect to what was placed since the mark, then to what came as deleted, then to the deletions. */
  settle(mark: Mark, gone: Iterable<DeleteRange>, ranges: Iterable<DeleteRange>): Settled {
    this.#pieces = [];
    this.#words = false;
    for (const { row, from } of this.table.added(mark)) this.#settleRow(row, from);
    for (const range of gone) this.#delete(range);
    for (const range of ranges) this.#delete(range);
    return { deleted: this.#pieces, words: this.#words };
  }

  #settleRow(row: number, from: number): void {
    const { table } = this;
    const container = table.container(row);
    const end = table.clock(row) + table.length(row);
    if (container.dead) return this.#drop(row, from, end);
    if (table.keyNumberOf(row) === NO) return;
    this.#touch(row);
    const loser = this.winners.take(row);
    if (loser !== NO) this.#dropWhole(loser);
  }

  #dropWhole(row: number): void {
    const clock = this.table.clock(row);
    this.#drop(row, clock, clock + this.table.length(row));
  }

  /** Deletes ids of one row, and what is below them. */
  #drop(row: number, from: number, end: number): void {
    const { table } = this;
    const before = this.#pieces.length;
    this.deleted.add(table.client(row), from, end - from, this.#onPiece);
    if (this.#pieces.length === before) return;
    this.#touch(row);
    this.values.delete(row);
    if (this.#isWords(row)) this.#words = true;
    const child = table.child(row);
    if (child !== undefined) this.#kill(child);
  }

  #touch(row: number): void {
    const key = this.table.keyNumberOf(row);
    if (key === NO || !isPictured(this.table.container(row).place)) return;
    const container = this.table.containerNumber(row);
    for (const watch of this.watchers) watch(container, key);
  }

  #onPiece = (client: number, clock: number, length: number): void => {
    this.#pieces.push({ client, clock, length });
  };

  #kill(container: Container): void {
    container.dead = true;
    const { table } = this;
    for (let row = container.last; row !== NO; row = table.previous(row)) {
      this.#dropWhole(row);
    }
  }

  #delete({ client, clock, length }: DeleteRange): void {
    const { table } = this;
    const end = clock + length;
    for (let at = clock; at < end;) {
      const row = table.find(client, at);
      const rowEnd = Math.min(end, table.clock(row) + table.length(row));
      this.#drop(row, at, rowEnd);
      at = rowEnd;
    }
  }

  /** Whether a row is part of a message, but for what the head of one says. */
  #isWords(row: number): boolean {
    const { table } = this;
    for (let at = row; at !== NO;) {
      const container = table.container(at);
      if (container.place === 'message') return true;
      if (container.place !== 'other') return container.place === 'messages';
      at = container.row;
    }
    return false;
  }
}
