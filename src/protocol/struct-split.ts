// Divides a struct that is larger than an update may be. Yjs fuses what one client wrote behind
// its own words or values, without end; here it is taken apart again into structs that each
// stand behind the one before, which is what they were, and which Yjs fuses to the same.

import { assert } from '../base/assert.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteWriter } from './byte-writer.ts';
import { JsonScan } from './json-bytes.ts';
import { NONE, type Struct, WITH_ORIGIN } from './struct.ts';
import { utf16Length } from './utf8.ts';

export interface StructPiece {
  readonly clock: number;
  readonly bytes: Uint8Array;
}

/** Pieces of at most about `bytesMax`; one where its content cannot be divided. */
export function splitStruct(
  bytes: Uint8Array,
  struct: Struct,
  bytesMax: number,
): readonly StructPiece[] {
  const whole = { clock: struct.clock, bytes: bytes.subarray(struct.start, struct.end) };
  if (whole.bytes.length <= bytesMax) return [whole];
  if (struct.kind === 'string') return splitText(bytes, struct, bytesMax);
  if (struct.kind === 'json') return splitValues(bytes, struct, bytesMax);
  return [whole];
}

function splitText(bytes: Uint8Array, struct: Struct, bytesMax: number): readonly StructPiece[] {
  const content = new ByteCursor(bytes);
  content.at = struct.contentStart;
  const pieces: StructPiece[] = [];
  let units = 0;
  for (let at = content.sized(); at < struct.end;) {
    let end = Math.min(at + bytesMax, struct.end);
    // Behind a character, not in the middle of its bytes.
    while (end < struct.end && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
    const out = begin(bytes, struct, units);
    out.sized(bytes.subarray(at, end));
    pieces.push({ clock: struct.clock + units, bytes: out.finish() });
    units += utf16Length(bytes, at, end);
    at = end;
  }
  return pieces;
}

function splitValues(bytes: Uint8Array, struct: Struct, bytesMax: number): readonly StructPiece[] {
  const content = new ByteCursor(bytes);
  content.at = struct.contentStart;
  content.varUint();
  const json = new JsonScan(content);
  const pieces: StructPiece[] = [];
  for (let units = 0; units < struct.length;) {
    const at = content.at;
    let count = 0;
    do {
      json.value();
      count++;
    } while (units + count < struct.length && content.at - at < bytesMax);
    const out = begin(bytes, struct, units);
    out.varUint(count);
    out.bytes(bytes.subarray(at, content.at));
    pieces.push({ clock: struct.clock + units, bytes: out.finish() });
    units += count;
  }
  return pieces;
}

/** Where a piece stands: the first where the whole did, each other behind the one before. */
function begin(bytes: Uint8Array, struct: Struct, units: number): ByteWriter {
  assert(struct.rightClient === NONE, 'nothing stands before something else');
  const out = new ByteWriter();
  if (units === 0) {
    out.bytes(bytes.subarray(struct.start, struct.contentStart));
  } else {
    out.byte((bytes[struct.start] ?? 0) | WITH_ORIGIN);
    out.varUint(struct.client);
    out.varUint(struct.clock + units - 1);
  }
  return out;
}
