// Writes what ByteCursor reads: varints in their shortest form, sized bytes, text.
// Grows as it goes; `finish` gives an exact copy.

import { assert } from '../base/assert.ts';

const encoder = new TextEncoder();
const VARINT_BYTES_MAX = 8;

export class ByteWriter {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytesExpected = 64) {
    this.#bytes = new Uint8Array(bytesExpected);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value;
  }

  varUint(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'a varint is a whole number');
    this.#reserve(VARINT_BYTES_MAX);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#at++] = 0x80 | (rest & 0x7f);
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#at++] = rest;
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** A length and the bytes. */
  sized(value: Uint8Array): void {
    this.varUint(value.length);
    this.bytes(value);
  }

  /** A length in bytes and the UTF-8 of a string, in which half surrogates become U+FFFD. */
  text(value: string): void {
    this.sized(encoder.encode(value));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}
