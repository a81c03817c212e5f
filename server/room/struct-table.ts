// Every struct of a session by its id, without a document: in which type it stands, under
// which key, behind what. What a struct is never changes, so rows are only added, and the
// last ones taken away again when the frame that brought them is refused. Neighbours that
// one client wrote one behind the other share a row, as they share a struct in Yjs.
//
//   row  client | clock | length | container | key | origin row | origin clock | previous | child
//
// `previous` chains the rows of a container; `child` is the container that a row is itself.

import { assert, defined } from '../../src/base/assert.ts';
import { isRootPlace, type Place, type RootPlace, type TypeKind } from './place.ts';

const STRIDE = 9;
const CLIENT = 0;
const CLOCK = 1;
const LENGTH = 2;
const CONTAINER = 3;
const KEY = 4;
const ORIGIN_ROW = 5;
const ORIGIN_CLOCK = 6;
const PREVIOUS = 7;
const CHILD = 8;

const ROWS_AT_FIRST = 16;

/** Stands for what a row does not have. */
export const NO = -1;

export interface Container {
  /** Its own row; `NO` of a root. */
  readonly row: number;
  readonly kind: TypeKind;
  readonly place: Place;
  /** The root that it is below, or is itself; undefined of garbage. */
  readonly root: RootPlace | undefined;
  /** Types around it. */
  readonly depth: number;
  /** Under which key it stands in its own container. */
  readonly key: string | undefined;
  /** The newest row in it. */
  last: number;
  /** The message that it is below; `NO` elsewhere. */
  readonly message: number;
  /** The run that a message is the reply of, as far as its head has come. */
  run: string | undefined;
  /** It or a type around it is deleted, and so is all that ever comes into it. */
  dead: boolean;
}

/** What a client writes for that is a lane: only the holder of a claim writes under it. */
export interface LaneState {
  /** Of the last claim for which it was granted; empty once that has ended well, and it may be granted again. */
  readonly run: string;
  readonly epoch: number;
  /** The clock at which it was granted. */
  readonly since: number;
  /** Whether that claim is good. */
  isHeld: boolean;
}

export interface Writer {
  readonly client: number;
  /** By clock. */
  readonly rows: number[];
  /** The clock of the next struct. */
  next: number;
  /** The principal to whom the client belongs for ever; the server's own is the empty word. */
  owner: string | undefined;
  lane: LaneState | undefined;
}

/** What goes into a row. */
export interface NewRow {
  readonly container: number;
  readonly key: number;
  readonly originRow: number;
  readonly originClock: number;
  readonly isType: boolean;
}

/** How far a table was filled, to go back to. */
export interface Mark {
  readonly rows: number;
  readonly containers: number;
  readonly keys: number;
  readonly writers: number;
}

export class StructTable {
  readonly containers: Container[] = [];
  readonly writers: Writer[] = [];
  #cells = new Int32Array(ROWS_AT_FIRST * STRIDE);
  #rows = 0;
  #ordinals = new Map<number, number>();
  #keys: string[] = [];
  #keyNumbers = new Map<string, number>();
  /** Rows that grew since the mark, and how long they were; a row may stand there twice. */
  #grown: { row: number; length: number }[] = [];
  #renamed: Writer[] = [];

  get rows(): number {
    return this.#rows;
  }

  writer(client: number): Writer | undefined {
    const ordinal = this.#ordinals.get(client);
    return ordinal === undefined ? undefined : this.writers[ordinal];
  }

  /** The clock of the next struct of a client. */
  next(client: number): number {
    return this.writer(client)?.next ?? 0;
  }

  /** The writer of a client, made where it is new. Binds it to `owner` where it is nobody's. */
  enter(client: number, owner: string | undefined): Writer {
    let writer = this.writer(client);
    if (writer === undefined) {
      writer = { client, rows: [], next: 0, owner: undefined, lane: undefined };
      this.#ordinals.set(client, this.writers.length);
      this.writers.push(writer);
    }
    if (writer.owner === undefined && owner !== undefined) {
      writer.owner = owner;
      this.#renamed.push(writer);
    }
    return writer;
  }

  /** The writers that were bound since the mark. */
  get bound(): readonly Writer[] {
    return this.#renamed;
  }

  keyNumber(key: string): number {
    const known = this.#keyNumbers.get(key);
    if (known !== undefined) return known;
    this.#keyNumbers.set(key, this.#keys.length);
    return this.#keys.push(key) - 1;
  }

  findKey(key: string): number | undefined {
    return this.#keyNumbers.get(key);
  }

  nameOf(key: number): string {
    return defined(this.#keys[key], 'a key');
  }

  keyOf(row: number): string | undefined {
    const key = this.#cell(row, KEY);
    return key === NO ? undefined : this.#keys[key];
  }

  /** The row that holds a clock; `NO` where it is not known. */
  find(client: number, clock: number): number {
    const writer = this.writer(client);
    if (writer === undefined || clock >= writer.next) return NO;
    const { rows } = writer;
    let low = 0;
    let high = rows.length - 1;
    const last = rows[high] ?? NO;
    if (clock >= this.#cell(last, CLOCK)) return last;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#cell(rows[middle] ?? NO, CLOCK) <= clock) low = middle;
      else high = middle - 1;
    }
    return rows[low] ?? NO;
  }

  client(row: number): number {
    return defined(this.writers[this.#cell(row, CLIENT)], 'a writer').client;
  }

  clock(row: number): number {
    return this.#cell(row, CLOCK);
  }

  length(row: number): number {
    return this.#cell(row, LENGTH);
  }

  container(row: number): Container {
    return defined(this.containers[this.#cell(row, CONTAINER)], 'a container');
  }

  containerNumber(row: number): number {
    return this.#cell(row, CONTAINER);
  }

  keyNumberOf(row: number): number {
    return this.#cell(row, KEY);
  }

  originRow(row: number): number {
    return this.#cell(row, ORIGIN_ROW);
  }

  originClock(row: number): number {
    return this.#cell(row, ORIGIN_CLOCK);
  }

  previous(row: number): number {
    return this.#cell(row, PREVIOUS);
  }

  /** The container that a row is, or `NO`. */
  childNumber(row: number): number {
    return this.#cell(row, CHILD);
  }

  child(row: number): Container | undefined {
    return this.containers[this.#cell(row, CHILD)];
  }

  /** Adds the next struct of a writer. Returns its row, which may be one that was there and grew. */
  add(writer: Writer, length: number, place: NewRow): number {
    const clock = writer.next;
    writer.next += length;
    const last = writer.rows.at(-1) ?? NO;
    if (last !== NO && this.#continues(last, place)) {
      this.#grow(last, length);
      return last;
    }
    const { container, key, originRow, originClock } = place;
    const row = this.#rows++;
    const at = this.#reserve(row);
    const cells = this.#cells;
    const into = defined(this.containers[container], 'a container');
    cells[at + CLIENT] = this.#ordinals.get(writer.client) ?? NO;
    cells[at + CLOCK] = clock;
    cells[at + LENGTH] = length;
    cells[at + CONTAINER] = container;
    cells[at + KEY] = key;
    cells[at + ORIGIN_ROW] = originRow;
    cells[at + ORIGIN_CLOCK] = originClock;
    cells[at + PREVIOUS] = into.last;
    cells[at + CHILD] = NO;
    into.last = row;
    writer.rows.push(row);
    return row;
  }

  /** Lets the last row of a writer grow by what its writer put behind it, for good. */
  extend(writer: Writer, row: number, length: number): void {
    writer.next += length;
    const at = row * STRIDE + LENGTH;
    this.#cells[at] = (this.#cells[at] ?? 0) + length;
  }

  /** Makes a row a type. */
  addContainer(row: number, kind: TypeKind, place: Place): number {
    const parent = row === NO ? undefined : this.container(row);
    const number = this.containers.length;
    const isMessage = parent?.place === 'message';
    this.containers.push({
      row,
      kind,
      place,
      message: isMessage ? this.containerNumber(row) : (parent?.message ?? NO),
      run: undefined,
      root: parent === undefined ? rootOfPlace(place) : parent.root,
      depth: parent === undefined ? 0 : parent.depth + 1,
      key: row === NO ? undefined : this.keyOf(row),
      last: NO,
      dead: false,
    });
    if (row !== NO) this.#cells[row * STRIDE + CHILD] = number;
    return number;
  }

  /** What comes from now on can be taken back. */
  mark(): Mark {
    this.#grown = [];
    this.#renamed = [];
    return {
      rows: this.#rows,
      containers: this.containers.length,
      keys: this.#keys.length,
      writers: this.writers.length,
    };
  }

  /** The spans that were added since the mark, as rows and the clock from which on they are new. */
  *added(mark: Mark): IterableIterator<{ readonly row: number; readonly from: number }> {
    const seen = new Set<number>();
    for (const { row, length } of this.#grown) {
      if (row >= mark.rows || seen.has(row)) continue;
      seen.add(row);
      yield { row, from: this.clock(row) + length };
    }
    for (let row = mark.rows; row < this.#rows; row++) yield { row, from: this.clock(row) };
  }

  rollback(mark: Mark): void {
    for (const { row, length } of this.#grown.toReversed()) {
      const writer = defined(this.writers[this.#cell(row, CLIENT)], 'a writer');
      writer.next -= this.length(row) - length;
      this.#cells[row * STRIDE + LENGTH] = length;
    }
    while (this.#rows > mark.rows) this.#removeLast();
    this.containers.length = mark.containers;
    for (const key of this.#keys.splice(mark.keys)) this.#keyNumbers.delete(key);
    for (const writer of this.#renamed) writer.owner = undefined;
    for (const { client } of this.writers.splice(mark.writers)) this.#ordinals.delete(client);
    this.#grown = [];
    this.#renamed = [];
  }

  #removeLast(): void {
    const row = --this.#rows;
    const writer = defined(this.writers[this.#cell(row, CLIENT)], 'a writer');
    writer.next -= this.length(row);
    assert(writer.rows.pop() === row, 'the last row of a table is the last of its writer');
    this.container(row).last = this.previous(row);
  }

  /** Whether a struct behind `last` is the same row: one run of values without keys, none of them a type. */
  #continues(last: number, { container, key, originRow, originClock, isType }: NewRow): boolean {
    if (isType || key !== NO || originRow !== last) return false;
    if (this.#cell(last, CONTAINER) !== container || this.#cell(last, CHILD) !== NO) return false;
    return originClock === this.clock(last) + this.length(last) - 1;
  }

  #grow(row: number, length: number): void {
    const before = this.length(row);
    this.#grown.push({ row, length: before });
    this.#cells[row * STRIDE + LENGTH] = before + length;
  }

  #cell(row: number, column: number): number {
    return this.#cells[row * STRIDE + column] ?? NO;
  }

  #reserve(row: number): number {
    const at = row * STRIDE;
    if (at + STRIDE > this.#cells.length) {
      const grown = new Int32Array(this.#cells.length * 2);
      grown.set(this.#cells);
      this.#cells = grown;
    }
    return at;
  }
}

const rootOfPlace = (place: Place): RootPlace | undefined =>
  isRootPlace(place) ? place : undefined;
