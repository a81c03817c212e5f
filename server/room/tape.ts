// All that is committed of a session, ready to be given to whoever joins: updates in an
// order in which each comes after what it hangs on. Words that continue words are fused
// where the first of them stand; they hang on nothing but one another, so moving them
// forward is safe. Everything else stays as it came.

import type { Append } from '../../src/protocol/append.ts';
import { lacks, type StoredUpdate } from './stored-update.ts';
import { WordsRun } from './words-run.ts';

export class Tape {
  #entries: (StoredUpdate | WordsRun)[] = [];
  /** The run of each client that may still go on. */
  #open = new Map<number, WordsRun>();
  #bytes = 0;

  /** Roughly what it takes in memory and on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(update: StoredUpdate): void {
    this.#entries.push(update);
    this.#bytes += update.bytes.length;
    for (const { client } of update.spans) this.#close(client);
  }

  addAppend(bytes: Uint8Array, append: Append): void {
    this.#bytes += append.textEnd - append.textStart;
    const open = this.#open.get(append.client);
    if (open?.continues(append) === true) return open.add(bytes, append);
    this.#close(append.client);
    const run = new WordsRun(bytes, append);
    this.#open.set(append.client, run);
    this.#entries.push(run);
  }

  /** What a peer lacks that has `clocks`, as updates; it may hold what it has already. */
  *missing(clocks: ReadonlyMap<number, number>): IterableIterator<Uint8Array> {
    for (const entry of this.#entries) {
      if (entry instanceof WordsRun) {
        const known = clocks.get(entry.client) ?? 0;
        if (known < entry.next) yield entry.encode(Math.max(known, entry.start));
      } else if (lacks(clocks, entry.spans)) {
        yield entry.bytes;
      }
    }
  }

  /** All of it, or the first `count`, deletions included. */
  *all(count = this.#entries.length): IterableIterator<Uint8Array> {
    for (const entry of this.#entries.slice(0, count)) {
      yield entry instanceof WordsRun ? entry.encode() : entry.bytes;
    }
  }

  /** What comes from now on goes behind everything that is here. Returns how much that is. */
  seal(): number {
    this.trim();
    this.#open.clear();
    return this.#entries.length;
  }

  /** Puts other updates in the place of the first `count`, which say the same. */
  replace(count: number, updates: readonly StoredUpdate[]): void {
    this.#entries.splice(0, count, ...updates);
    this.#bytes = 0;
    for (const entry of this.#entries) {
      this.#bytes += entry instanceof WordsRun ? entry.bytes : entry.bytes.length;
    }
  }

  /** Gives back what is reserved for words to come. */
  trim(): void {
    for (const run of this.#open.values()) run.trim();
  }

  #close(client: number): void {
    this.#open.get(client)?.trim();
    this.#open.delete(client);
  }
}
