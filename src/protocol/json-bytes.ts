// JSON values as Yjs stores them: lib0's "any" encoding, one tag byte and what it
// needs. The scan says whether a value is plain JSON within bounds without making
// it; `jsonAt` makes one that was scanned. The encoding can hold more than JSON,
// and a peer that meets the rest throws, or reads something else than its
// neighbour: undefined, BigInt, bytes, numbers that are not finite and the key
// `__proto__` are refused.
//
//   126 null | 121 false | 120 true | 125 varint, signed | 124 float32 | 123 float64
//   119 string | 118 count (key value)* | 117 count value*
//   refused: 127 undefined | 122 BigInt | 116 bytes
//
// Which of the number forms is used says nothing: 5 may come as 125, 124 or 123.
// Of a key that stands twice in an object the last value counts, everywhere.

import * as decoding from 'lib0/decoding';
import type { Json } from '../base/json.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { limits } from './limits.ts';

const PROTO = '__proto__';

export class JsonScan {
  readonly #cursor: ByteCursor;
  #nodesLeft = 0;

  constructor(cursor: ByteCursor) {
    this.#cursor = cursor;
  }

  /** Moves the cursor behind one value, or leaves it with a fault. */
  value(): void {
    this.#nodesLeft = limits.jsonNodesMax;
    this.#node(limits.jsonDepthMax);
  }

  #node(depthLeft: number): void {
    const cursor = this.#cursor;
    if (--this.#nodesLeft < 0) cursor.fail('json-nodes');
    const at = cursor.at;
    switch (cursor.byte()) {
      case 126:
      case 121:
      case 120:
        return;
      case 125:
        return cursor.skipVarInt();
      case 124:
        return this.#float32();
      case 123:
        return this.#float64();
      case 119:
        cursor.text();
        return;
      case 118:
        return depthLeft === 0 ? void cursor.fail('json-depth', at) : this.#object(depthLeft);
      case 117:
        return depthLeft === 0 ? void cursor.fail('json-depth', at) : this.#array(depthLeft);
      default:
        cursor.fail('json-kind', at);
    }
  }

  /** An exponent of nothing but ones is Infinity or NaN. */
  #float32(): void {
    const { bytes, at } = this.#cursor;
    const exponent = (((bytes[at] ?? 0) & 0x7f) << 1) | ((bytes[at + 1] ?? 0) >> 7);
    if (exponent === 0xff) this.#cursor.fail('json-number');
    else this.#cursor.skip(4);
  }

  #float64(): void {
    const { bytes, at } = this.#cursor;
    const exponent = (((bytes[at] ?? 0) & 0x7f) << 4) | ((bytes[at + 1] ?? 0) >> 4);
    if (exponent === 0x7ff) this.#cursor.fail('json-number');
    else this.#cursor.skip(8);
  }

  #object(depthLeft: number): void {
    const cursor = this.#cursor;
    const count = cursor.count(2);
    for (let i = 0; i < count && cursor.fault === undefined; i++) {
      cursor.text();
      if (isProto(cursor.bytes, cursor.textStart, cursor.at)) cursor.fail('key', cursor.textStart);
      this.#node(depthLeft - 1);
    }
  }

  #array(depthLeft: number): void {
    const cursor = this.#cursor;
    const count = cursor.count(1);
    for (let i = 0; i < count && cursor.fault === undefined; i++) this.#node(depthLeft - 1);
  }
}

/** Whether the bytes are the one key that JavaScript objects do not treat as a key. */
export function isProto(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PROTO.length) return false;
  for (let i = 0; i < PROTO.length; i++) {
    if (bytes[start + i] !== PROTO.charCodeAt(i)) return false;
  }
  return true;
}

/** The `count` values that begin at `at`, of bytes that were scanned and found good. */
export function jsonAt(bytes: Uint8Array, at: number, count: number): readonly Json[] {
  const decoder = decoding.createDecoder(bytes);
  decoder.pos = at;
  return Array.from({ length: count }, () => decoding.readAny(decoder) as Json);
}
