// Reads bytes of strangers, one value after another. It never throws and allocates
// nothing: the first thing that is wrong is noted as the fault, after which the
// cursor stands at the end and every read gives 0, so a reader may look at the
// fault once per struct instead of after each number. Loops over a count from the
// wire must look at it each round.
//
// Numbers are lib0's varints (7 bits a byte, the low ones first, the high bit says
// that more follow), and only in their shortest form: each value has one encoding,
// so bytes that are kept and bytes that are written anew are the same.

import { limits } from './limits.ts';
import { type Refusal, refusal, type WireRule } from './refusal.ts';
import { utf16Length } from './utf8.ts';

/** The factor of the last byte that a number of 53 bits can have. */
const SCALE_MAX = 2 ** 49;

export class ByteCursor {
  readonly bytes: Uint8Array;
  at = 0;
  /** Where the bytes of the last string begin. */
  textStart = 0;
  fault: WireRule | undefined = undefined;
  #faultAt = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  /** Notes what is wrong, unless something was before. Returns 0, for readers to pass on. */
  fail(rule: WireRule, at = this.at): 0 {
    if (this.fault === undefined) {
      this.fault = rule;
      this.#faultAt = Math.min(at, this.bytes.length);
    }
    this.at = this.bytes.length;
    return 0;
  }

  /** The fault as a result; only where there is one. */
  refusal(): Refusal {
    return refusal(this.fault ?? 'truncated', this.#faultAt);
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) return this.fail('truncated');
    this.at++;
    return byte;
  }

  varUint(): number {
    const first = this.bytes[this.at];
    if (first === undefined) return this.fail('truncated');
    this.at++;
    return first < 0x80 ? first : this.#more(first & 0x7f, 0x80);
  }

  /** A signed varint, whose first byte holds a sign and 6 bits. Only its form matters here. */
  skipVarInt(): void {
    const first = this.byte();
    if (first >= 0x80) this.#more(first & 0x3f, 0x40);
  }

  /** A count of things of at least `bytesEach` bytes: more than can follow is refused at once. */
  count(bytesEach: number): number {
    const at = this.at;
    const count = this.varUint();
    return count * bytesEach > this.left ? this.fail('truncated', at) : count;
  }

  skip(bytes: number): void {
    if (bytes > this.left) this.fail('truncated');
    else this.at += bytes;
  }

  /** A length and so many bytes. Returns where they begin; `at` is where they end. */
  sized(): number {
    const size = this.varUint();
    const start = this.at;
    this.skip(size);
    return start;
  }

  /** A string. Returns its length in UTF-16 units; its bytes end at `at`, `textStart` is where they begin. */
  text(): number {
    const start = this.sized();
    this.textStart = start;
    if (this.fault !== undefined) return 0;
    const units = utf16Length(this.bytes, start, this.at);
    return units < 0 ? this.fail('text', start) : units;
  }

  #more(low: number, scaleOfNext: number): number {
    const start = this.at - 1;
    let value = low;
    for (let scale = scaleOfNext; scale <= SCALE_MAX; scale *= 0x80) {
      const byte = this.bytes[this.at];
      if (byte === undefined) return this.fail('truncated');
      this.at++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        const isShortest = byte !== 0 && value < 2 ** limits.varintBitsMax;
        return isShortest ? value : this.fail('varint', start);
      }
    }
    return this.fail('varint', start);
  }
}
