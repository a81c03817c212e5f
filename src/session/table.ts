// Tables of the view: many values by id, immutable for readers, cheap to change for
// the one writer. A snapshot shares every chunk of 64 that did not change with the
// one before it, so changing one message of ten thousand copies 64 pointers and the
// list of chunks, not the table.

const CHUNK_BITS = 6;
const CHUNK = 1 << CHUNK_BITS;
const MASK = CHUNK - 1;

type Chunk<Value> = readonly (Value | undefined)[];

/** An immutable table. Iterates in the order in which ids first came. */
export class Table<Value> implements Iterable<Value> {
  /** Shared by all snapshots of one writer; an id that came later finds no value in an older one. */
  #index: ReadonlyMap<string, number>;
  #chunks: readonly Chunk<Value>[];
  readonly size: number;

  constructor(index: ReadonlyMap<string, number>, chunks: readonly Chunk<Value>[], size: number) {
    this.#index = index;
    this.#chunks = chunks;
    this.size = size;
  }

  get(id: string): Value | undefined {
    const slot = this.#index.get(id);
    return slot === undefined ? undefined : this.#chunks[slot >> CHUNK_BITS]?.[slot & MASK];
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  *[Symbol.iterator](): IterableIterator<Value> {
    for (const chunk of this.#chunks) {
      for (const value of chunk) if (value !== undefined) yield value;
    }
  }

  toJSON(): readonly Value[] {
    return [...this];
  }
}

/** The value before, if the new one says the same: readers compare by identity. */
export function same<Value>(before: Value | undefined, now: Value): Value {
  return before !== undefined && JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

/** The one writer of a table. */
export class TableWriter<Value> {
  #index = new Map<string, number>();
  #chunks: Chunk<Value>[] = [];
  /** Chunks that no snapshot has yet, and so may be written in place. */
  #own = new Map<number, (Value | undefined)[]>();
  #size = 0;
  #snapshot: Table<Value> | undefined;

  get(id: string): Value | undefined {
    const slot = this.#index.get(id);
    return slot === undefined ? undefined : this.#chunks[slot >> CHUNK_BITS]?.[slot & MASK];
  }

  /** Sets a value, or removes it. Returns whether anything changed. */
  set(id: string, value: Value | undefined): boolean {
    const before = this.get(id);
    if (before === value) return false;
    if (before === undefined) this.#size++;
    if (value === undefined) this.#size--;
    const slot = this.#slot(id);
    this.#ownChunk(slot >> CHUNK_BITS)[slot & MASK] = value;
    this.#snapshot = undefined;
    return true;
  }

  /** Removes what is not among the given ids. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#index.keys()) if (!ids.has(id)) this.set(id, undefined);
  }

  /** The table as it is now; the same object while nothing changes. */
  snapshot(): Table<Value> {
    if (this.#snapshot === undefined) {
      this.#own.clear();
      this.#snapshot = new Table(this.#index, [...this.#chunks], this.#size);
    }
    return this.#snapshot;
  }

  #slot(id: string): number {
    const known = this.#index.get(id);
    if (known !== undefined) return known;
    const slot = this.#index.size;
    this.#index.set(id, slot);
    return slot;
  }

  #ownChunk(at: number): (Value | undefined)[] {
    const own = this.#own.get(at);
    if (own !== undefined) return own;
    const copy = [...(this.#chunks[at] ?? [])];
    this.#own.set(at, copy);
    this.#chunks[at] = copy;
    return copy;
  }
}
