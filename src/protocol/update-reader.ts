// The bounded reader of updates in the Yjs v1 format: what an update says, without
// a document, before anything else sees it. It walks the bytes once, in the time
// and memory of the bytes themselves: nothing is allocated for a count that the
// wire announces, nothing at all per struct. The caller pulls struct after struct
// and range after range, and may pause between any two.
//
// Only the canonical form passes, so that no two readers understand one update
// differently. What needs to know a document (is the origin there? may this
// principal write there?) is not judged here.
//
//   update  count block*  count deletions*
//   block   count client clock struct*          clocks go up from struct to struct
//   deletions  client count (clock length)*
//
// What was pulled counts only once the whole is good: `nextRange` has returned
// false and there is no fault.

import { ByteCursor } from './byte-cursor.ts';
import { ClientSet } from './client-set.ts';
import { isProto, JsonScan } from './json-bytes.ts';
import { limits, type UpdateBudget, updateBudget } from './limits.ts';
import type { Refusal } from './refusal.ts';
import {
  GC,
  KIND_BITS,
  NONE,
  SKIP,
  type Struct,
  type StructKind,
  WITH_KEY,
  WITH_ORIGIN,
  WITH_RIGHT,
} from './struct.ts';

/** What each thing that is counted has at least, were it empty. */
const BLOCK_BYTES_MIN = 3;
const STRUCT_BYTES_MIN = 2;
const DELETIONS_BYTES_MIN = 2;
const RANGE_BYTES_MIN = 2;

const typeKinds: readonly (StructKind | undefined)[] = ['array', 'map', 'text'];

/** Reads one update. Its fields are those of the struct or range that was pulled last. */
export class UpdateReader implements Struct {
  client = 0;
  clock = 0;
  length = 0;
  kind: StructKind = 'skip';
  originClient = NONE;
  originClock = NONE;
  rightClient = NONE;
  rightClock = NONE;
  parentClient = NONE;
  parentClock = NONE;
  keyed = false;
  rootStart = NONE;
  rootEnd = NONE;
  keyStart = NONE;
  keyEnd = NONE;
  start = 0;
  contentStart = 0;
  end = 0;

  readonly bytes: Uint8Array;
  readonly #budget: UpdateBudget;
  readonly #cursor: ByteCursor;
  readonly #json: JsonScan;
  /** The clients of the blocks, then of the deletions, that were begun. */
  readonly #clients = new ClientSet();
  #phase: 'structs' | 'ranges' | 'done' = 'structs';
  /** Blocks, then clients with deletions, that were not begun. */
  #blocksLeft: number;
  /** Structs of the block, then ranges of the client, that were not read. */
  #left = 0;
  #structsLeft: number;
  #rangesLeft: number;
  #typesLeft: number;
  /** The clock of the next struct, or the end of the last range. */
  #next = 0;
  /** The id that was read last. */
  #idClient = 0;
  #idClock = 0;

  /** The bytes must not change while they are read, nor while slices of them are kept. */
  constructor(bytes: Uint8Array, budget: UpdateBudget = updateBudget) {
    this.bytes = bytes;
    this.#budget = budget;
    this.#cursor = new ByteCursor(bytes);
    this.#json = new JsonScan(this.#cursor);
    this.#structsLeft = budget.structsMax;
    this.#rangesLeft = budget.rangesMax;
    this.#typesLeft = budget.typesMax;
    if (bytes.length > budget.bytesMax) this.#cursor.fail('frame-bytes', budget.bytesMax);
    this.#blocksLeft = this.#clientCount(BLOCK_BYTES_MIN);
  }

  /** Why the update is refused; undefined as long as nothing is wrong. */
  get refusal(): Refusal | undefined {
    return this.#cursor.fault === undefined ? undefined : this.#cursor.refusal();
  }

  /** Pulls the next struct. False: there are no more, or the update is refused. */
  nextStruct(): boolean {
    if (this.#phase !== 'structs') return false;
    while (this.#left === 0) {
      if (this.#cursor.fault !== undefined) return false;
      if (this.#blocksLeft === 0) {
        this.#beginDeletions();
        return false;
      }
      this.#beginBlock();
    }
    this.#left--;
    this.#readStruct();
    return this.#cursor.fault === undefined;
  }

  /** Pulls the next range of deletions. False: that was all of the update, or it is refused. */
  nextRange(): boolean {
    while (this.nextStruct());
    if (this.#phase !== 'ranges') return false;
    while (this.#left === 0) {
      if (this.#cursor.fault !== undefined) return false;
      if (this.#blocksLeft === 0) {
        this.#phase = 'done';
        if (this.#cursor.left > 0) this.#cursor.fail('trailing-bytes');
        return false;
      }
      this.#beginClientDeletions();
    }
    this.#left--;
    this.#readRange();
    return this.#cursor.fault === undefined;
  }

  #clientCount(bytesEach: number): number {
    const cursor = this.#cursor;
    const at = cursor.at;
    const count = cursor.count(bytesEach);
    return count > this.#budget.clientsMax ? cursor.fail('client-count', at) : count;
  }

  #beginBlock(): void {
    const cursor = this.#cursor;
    this.#blocksLeft--;
    const at = cursor.at;
    this.#left = cursor.count(STRUCT_BYTES_MIN);
    if (this.#left === 0) cursor.fail('empty', at);
    if (this.#left > this.#structsLeft) this.#left = cursor.fail('struct-count', at);
    this.#structsLeft -= this.#left;
    this.#beginClient();
    this.#next = this.#clock();
    if (cursor.fault !== undefined) this.#left = 0;
  }

  #beginClient(): void {
    const at = this.#cursor.at;
    this.client = this.#cursor.varUint();
    if (!this.#clients.add(this.client)) this.#cursor.fail('client-twice', at);
  }

  #beginDeletions(): void {
    this.#phase = 'ranges';
    this.#clients.clear();
    this.#blocksLeft = this.#clientCount(DELETIONS_BYTES_MIN);
  }

  #beginClientDeletions(): void {
    const cursor = this.#cursor;
    this.#blocksLeft--;
    this.#beginClient();
    const at = cursor.at;
    this.#left = cursor.count(RANGE_BYTES_MIN);
    if (this.#left === 0) cursor.fail('empty', at);
    if (this.#left > this.#rangesLeft) cursor.fail('range-count', at);
    this.#rangesLeft -= this.#left;
    this.#next = 0;
    if (cursor.fault !== undefined) this.#left = 0;
  }

  #readRange(): void {
    const at = this.#cursor.at;
    this.clock = this.#clock();
    this.length = this.#length();
    if (this.clock < this.#next) this.#cursor.fail('range-order', at);
    this.#takeClocks(at);
  }

  #readStruct(): void {
    const cursor = this.#cursor;
    this.#forget();
    this.start = cursor.at;
    this.clock = this.#next;
    const info = cursor.byte();
    const kind = info & KIND_BITS;
    if (kind === GC || kind === SKIP) {
      if (info !== kind) cursor.fail('flags', this.start);
      this.kind = kind === GC ? 'gc' : 'skip';
      this.contentStart = cursor.at;
      this.length = this.#length();
    } else {
      this.#readPlace(info);
      this.contentStart = cursor.at;
      this.#readContent(kind);
    }
    this.end = cursor.at;
    this.#takeClocks(this.start);
    if (cursor.fault !== undefined) this.#left = 0;
  }

  #forget(): void {
    this.originClient = NONE;
    this.originClock = NONE;
    this.rightClient = NONE;
    this.rightClock = NONE;
    this.parentClient = NONE;
    this.parentClock = NONE;
    this.keyed = false;
    this.rootStart = NONE;
    this.rootEnd = NONE;
    this.keyStart = NONE;
    this.keyEnd = NONE;
  }

  /** Where an item stands: its origins, or its parent and key. */
  #readPlace(info: number): void {
    this.keyed = (info & WITH_KEY) !== 0;
    if ((info & WITH_ORIGIN) !== 0) {
      this.#readId();
      this.originClient = this.#idClient;
      this.originClock = this.#idClock;
    }
    if ((info & WITH_RIGHT) !== 0) this.#readRight();
    if ((info & (WITH_ORIGIN | WITH_RIGHT)) === 0) this.#readParent();
  }

  /** Nothing stands behind and before the same thing; a struct that says so sorts differently on each peer. */
  #readRight(): void {
    const at = this.#cursor.at;
    this.#readId();
    this.rightClient = this.#idClient;
    this.rightClock = this.#idClock;
    const isSame = this.rightClient === this.originClient && this.rightClock === this.originClock;
    if (isSame) this.#cursor.fail('reference', at);
  }

  #readParent(): void {
    const cursor = this.#cursor;
    const at = cursor.at;
    const form = cursor.varUint();
    if (form === 1) {
      this.#readName();
      this.rootStart = cursor.textStart;
      this.rootEnd = cursor.at;
    } else if (form === 0) {
      this.#readId();
      this.parentClient = this.#idClient;
      this.parentClock = this.#idClock;
    } else {
      cursor.fail('parent', at);
    }
    if (!this.keyed) return;
    this.#readName();
    this.keyStart = cursor.textStart;
    this.keyEnd = cursor.at;
  }

  /** The name of a root or a key. */
  #readName(): void {
    const cursor = this.#cursor;
    cursor.text();
    const start = cursor.textStart;
    const isTooLong = cursor.at - start > limits.keyBytesMax;
    if (isTooLong || isProto(cursor.bytes, start, cursor.at)) cursor.fail('key', start);
  }

  /** An id that this struct refers to. Of its own client only earlier ones exist. */
  #readId(): void {
    const at = this.#cursor.at;
    this.#idClient = this.#cursor.varUint();
    this.#idClock = this.#clock();
    if (this.#idClient === this.client && this.#idClock >= this.clock) {
      this.#cursor.fail('reference', at);
    }
  }

  #readContent(kind: number): void {
    const cursor = this.#cursor;
    this.length = 1;
    switch (kind) {
      case 1:
        this.kind = 'deleted';
        this.length = this.#length();
        return;
      case 3:
        this.kind = 'binary';
        cursor.sized();
        return;
      case 4:
        this.kind = 'string';
        this.length = cursor.text();
        if (this.length === 0) cursor.fail('length', this.contentStart);
        return;
      case 7:
        return this.#readType();
      case 8:
        this.kind = 'json';
        return this.#readValues();
      default:
        cursor.fail('kind', this.start);
    }
  }

  #readType(): void {
    const kind = typeKinds[this.#cursor.varUint()];
    if (kind === undefined) this.#cursor.fail('kind', this.contentStart);
    else this.kind = kind;
    if (--this.#typesLeft < 0) this.#cursor.fail('type-count', this.start);
  }

  #readValues(): void {
    const cursor = this.#cursor;
    this.length = cursor.count(1);
    if (this.length === 0) cursor.fail('length', this.contentStart);
    for (let i = 0; i < this.length && cursor.fault === undefined; i++) this.#json.value();
  }

  #clock(): number {
    const at = this.#cursor.at;
    const clock = this.#cursor.varUint();
    return clock < limits.clockBelow ? clock : this.#cursor.fail('clock', at);
  }

  #length(): number {
    const at = this.#cursor.at;
    const length = this.#clock();
    return length > 0 ? length : this.#cursor.fail('length', at);
  }

  /** Moves on by what was read, which must not leave the range of clocks. */
  #takeClocks(at: number): void {
    this.#next = this.clock + this.length;
    if (this.#next > limits.clockBelow) this.#cursor.fail('clock', at);
  }
}
