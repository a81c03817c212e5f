// Appends of one client that continue one another, fused into one struct: what a document
// would have made of them. A thousand tokens are then one update for whoever joins.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import { cutText } from '../../src/protocol/utf8.ts';
import type { Append } from '../../src/protocol/append.ts';

/** Longer ones are begun anew. */
const runBytesMax = 32 * 1024;

const BYTES_AT_FIRST = 64;
const ORIGIN = 0x84;

export class WordsRun {
  readonly client: number;
  readonly start: number;
  next: number;
  #text: Uint8Array;
  #used = 0;

  constructor(bytes: Uint8Array, append: Append) {
    this.client = append.client;
    this.start = append.clock;
    this.next = append.clock;
    this.#text = new Uint8Array(BYTES_AT_FIRST);
    this.add(bytes, append);
  }

  get bytes(): number {
    return this.#used;
  }

  /** Whether an append goes on where this ends. */
  continues(append: Append): boolean {
    return (
      append.client === this.client &&
      append.clock === this.next &&
      this.#used + append.textEnd - append.textStart <= runBytesMax
    );
  }

  add(bytes: Uint8Array, { length, textStart, textEnd }: Append): void {
    const size = textEnd - textStart;
    if (this.#used + size > this.#text.length)
      this.#resize(Math.max(this.#text.length * 2, this.#used + size));
    const text = this.#text;
    for (let at = 0; at < size; at++) text[this.#used + at] = bytes[textStart + at] ?? 0;
    this.#used += size;
    this.next += length;
  }

  /** Gives back what was reserved for more. */
  trim(): void {
    if (this.#used < this.#text.length) this.#resize(this.#used);
  }

  /** As one update, from `clock` on. A cut that would divide a character falls before it. */
  encode(clock = this.start): Uint8Array {
    const units = Math.max(0, clock - this.start);
    const { at, insidePair } = cutText(this.#text, 0, units);
    const from = insidePair ? clock - 1 : Math.max(clock, this.start);
    const out = new ByteWriter(this.#used - at + 40);
    out.byte(1);
    out.byte(1);
    out.varUint(this.client);
    out.varUint(from);
    out.byte(ORIGIN);
    out.varUint(this.client);
    out.varUint(from - 1);
    out.sized(this.#text.subarray(at, this.#used));
    out.byte(0);
    return out.finish();
  }

  #resize(size: number): void {
    const resized = new Uint8Array(size);
    resized.set(this.#text.subarray(0, this.#used));
    this.#text = resized;
  }
}
