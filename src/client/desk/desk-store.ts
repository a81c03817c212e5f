// The desk in the records of a device. What was written here is stored by the tab in which it
// was, once a second at most; what the server told by the one tab that stores for all. How
// far the server was heard is stored last, so that a tab that dies in between asks again.
// What no version of ours has stored is passed over.

import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { countSchema, textSchema } from '../../protocol/envelope.ts';
import { rowKeySchema } from '../../protocol/library.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import { libraryLimits as limits } from '../library/limits.ts';
import type { Records } from '../library/ports.ts';
import type { RowBook } from './row-book.ts';

export interface DeskStoreOptions {
  readonly records: Records;
  readonly book: RowBook;
  readonly clock: Clock;
  readonly isWriter: () => boolean;
}

const ROW = 'desk/row/';
const WRITE = 'desk/write/';
const LOST = 'desk/lost/';
const SEQ = 'desk/seq';

const jsonSchema = v.optional(v.pipe(v.string(), v.maxBytes(wireLimits.rowBytesMax)));
const rowSchema = v.object({ key: rowKeySchema, json: jsonSchema, seq: countSchema });

/** A write that waits, as it is stored and as tabs tell it to one another. */
export const writeSchema = v.object({
  key: rowKeySchema,
  id: textSchema(wireLimits.wordCharsMax),
  json: jsonSchema,
  known: countSchema,
});

export class DeskStore {
  #options: DeskStoreOptions;
  #dirty = new Set<string>();
  #toldKeys = new Set<string>();
  #work: Promise<void> = Promise.resolve();
  #storedAt = -Infinity;
  #stop: (() => void) | undefined;

  constructor(options: DeskStoreOptions) {
    this.#options = options;
  }

  /** Puts what is stored into the book, under what was written since. Returns the keys. */
  async load(): Promise<readonly string[]> {
    const { records, book } = this.#options;
    const read = async (prefix: string): Promise<[string, Json][]> =>
      records.entries(prefix).catch(() => []);
    const [rows, writes, lost, seq] = await Promise.all([
      read(ROW),
      read(WRITE),
      read(LOST),
      records.get(SEQ).catch(() => undefined),
    ]);
    const keys: string[] = [];
    for (const [, stored] of rows) {
      const row = v.safeParse(rowSchema, stored);
      if (row.success && book.take(row.output)) keys.push(row.output.key);
    }
    for (const [, stored] of writes) {
      const write = v.safeParse(writeSchema, stored);
      if (!write.success || book.waiting(write.output.key) !== undefined) continue;
      book.adopt(write.output);
      keys.push(write.output.key);
    }
    for (const [at, stored] of lost) {
      if (typeof stored === 'string') book.keepLost(at.slice(LOST.length), stored);
    }
    if (typeof seq === 'number' && Number.isSafeInteger(seq)) book.toldUpTo(seq);
    return keys;
  }

  /** It was written here. */
  soon(key: string): void {
    this.#dirty.add(key);
    this.#later();
  }

  /** The server, or another tab, said something about them. */
  told(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#dirty.add(key);
      this.#toldKeys.add(key);
    }
    if (this.#dirty.size > 0) this.#later();
  }

  flush(key?: string): void {
    if (key === undefined || this.#dirty.has(key)) this.#store();
  }

  async close(): Promise<void> {
    this.#store();
    await this.#work;
  }

  #later(): void {
    const { clock } = this.#options;
    const since = clock.now() - this.#storedAt;
    if (since < 0 || since >= limits.rowEveryMs) return this.#store();
    this.#stop ??= clock.after(limits.rowEveryMs - since, () => this.#store());
  }

  #store(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#dirty.size === 0) return;
    this.#storedAt = this.#options.clock.now();
    const dirty = [...this.#dirty];
    this.#dirty.clear();
    // A tab that does not store them keeps in mind which they are: it may become the one that does.
    const rows = this.#options.isWriter() ? [...this.#toldKeys] : [];
    if (rows.length > 0) this.#toldKeys.clear();
    const { seq } = this.#options.book;
    // What cannot be stored the store itself tells; what was written goes on to the server.
    this.#work = this.#work.then(() => this.#put(dirty, rows, seq)).catch(() => undefined);
  }

  async #put(dirty: readonly string[], rows: readonly string[], seq: number): Promise<void> {
    const { records, book } = this.#options;
    for (const key of rows) {
      const row = book.row(key);
      if (row === undefined) await records.delete(ROW + key);
      else await records.set(ROW + key, stored(row));
    }
    for (const key of dirty) {
      const write = book.waiting(key);
      if (write === undefined) await records.delete(WRITE + key);
      else await records.set(WRITE + key, stored(write));
      const lost = book.lost(key);
      if (lost === undefined) await records.delete(LOST + key);
      else await records.set(LOST + key, lost);
    }
    if (rows.length > 0) await records.set(SEQ, seq);
  }
}

/** JSON has no undefined. */
const stored = (value: object): Json =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
