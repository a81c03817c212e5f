// The one shape that is nearly all the traffic there is: a writer appends to its
// own run. It is told from the first bytes, and read without a reader, so that a
// token costs a server next to nothing. Whatever is not exactly this shape is left
// to UpdateReader, which says of these very bytes the same.
//
//   01 01 client clock 84 client clock-1 size utf8 00
//
//   one client with one struct: a string (4) with an origin (80), which is the
//   writer's own last character, and nothing deleted

import { limits } from './limits.ts';
import { utf16Length } from './utf8.ts';

/** Words that continue a client's own last struct. */
export interface Append {
  readonly client: number;
  readonly clock: number;
  /** In UTF-16 units, which are clocks. */
  readonly length: number;
  /** Where the words stand in the bytes, well-formed UTF-8. */
  readonly textStart: number;
  readonly textEnd: number;
}

const SCALE_MAX = 2 ** 49;

/** Where the number that was read last ended. One reader at a time: nothing here calls out. */
let end = 0;

/** The append that an update is, or undefined if it is anything else. Allocates the result only. */
export function readAppend(bytes: Uint8Array): Append | undefined {
  const size = bytes.length;
  if (size > limits.updateBytesMax || size < 9) return undefined;
  if (bytes[0] !== 1 || bytes[1] !== 1 || bytes[size - 1] !== 0) return undefined;
  const client = varUintAt(bytes, 2);
  const clock = varUintAt(bytes, end);
  if (client < 0 || clock < 1 || bytes[end] !== 0x84) return undefined;
  if (varUintAt(bytes, end + 1) !== client || varUintAt(bytes, end) !== clock - 1) return undefined;
  const textBytes = varUintAt(bytes, end);
  const textStart = end;
  if (textStart + textBytes !== size - 1) return undefined;
  const length = utf16Length(bytes, textStart, size - 1);
  if (length < 1 || clock + length > limits.clockBelow) return undefined;
  return { client, clock, length, textStart, textEnd: size - 1 };
}

/** The varint at `at`, or -1 where there is none in its shortest form. Sets `end`. */
function varUintAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0x80;
  end = at + 1;
  if (first < 0x80) return first;
  let value = first & 0x7f;
  for (let scale = 0x80; scale <= SCALE_MAX; scale *= 0x80) {
    const byte = bytes[end++];
    if (byte === undefined) return -1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return byte !== 0 && value < 2 ** limits.varintBitsMax ? value : -1;
  }
  return -1;
}
