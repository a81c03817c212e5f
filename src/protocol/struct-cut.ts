// Cuts off what is known. A peer that was offline sends a struct of which the first
// clocks may have arrived before, because Yjs fuses what it wrote; what is left of
// it begins at a later clock and stands behind its own first part, so the bytes of
// its place are new and those of its content are a suffix of the old ones.
//
// A cut between the halves of a surrogate pair leaves U+FFFD in front of the rest,
// as Yjs does on every way that leads there (ContentString's `splice` when it
// integrates, UTF-8 when it encodes): the half that was known became U+FFFD too,
// when it went over the wire alone. It is said, for a writer that keeps to code
// points never causes it.

import { assert } from '../base/assert.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteWriter } from './byte-writer.ts';
import { JsonScan } from './json-bytes.ts';
import { DELETED, GC, KIND_BITS, NONE, SKIP, type Struct, WITH_ORIGIN } from './struct.ts';
import { cutText } from './utf8.ts';

export interface CutStruct {
  /** The struct that begins `units` clocks later, to be kept like any other slice. */
  readonly bytes: Uint8Array;
  /** A character was divided; the rest begins with U+FFFD in its place. */
  readonly splitPair: boolean;
}

const REPLACEMENT = new Uint8Array([0xef, 0xbf, 0xbd]);

/** The bytes of a struct as they came. A view: it lives and changes with the update's. */
export function sliceOf(bytes: Uint8Array, struct: Struct): Uint8Array {
  return bytes.subarray(struct.start, struct.end);
}

/** What is left of a struct behind its first `units` clocks; `0 < units < struct.length`. */
export function cutStruct(bytes: Uint8Array, struct: Struct, units: number): CutStruct {
  assert(units > 0 && units < struct.length, 'a cut leaves something on both sides');
  const out = new ByteWriter(struct.end - struct.contentStart + 48);
  writePlace(out, bytes, struct, units);
  switch (struct.kind) {
    case 'string':
      return { splitPair: writeString(out, bytes, struct, units), bytes: out.finish() };
    case 'json':
      writeValues(out, bytes, struct, units);
      break;
    default:
      out.varUint(struct.length - units);
  }
  return { splitPair: false, bytes: out.finish() };
}

/** The same place and clocks, from the `units`-th on, with what stood there deleted. Of one without a right origin. */
export function deletedStruct(bytes: Uint8Array, struct: Struct, units = 0): Uint8Array {
  assert(struct.rightClient === NONE, 'nothing stands before something else');
  const out = new ByteWriter(struct.contentStart - struct.start + 16);
  const info = ((bytes[struct.start] ?? 0) & ~KIND_BITS) | DELETED;
  if (units === 0) {
    out.byte(info);
    out.bytes(bytes.subarray(struct.start + 1, struct.contentStart));
  } else {
    out.byte(info | WITH_ORIGIN);
    out.varUint(struct.client);
    out.varUint(struct.clock + units - 1);
  }
  out.varUint(struct.length - units);
  return out.finish();
}

/** The origin of the rest is the last clock cut off; parent and key are its origin's. */
function writePlace(out: ByteWriter, bytes: Uint8Array, struct: Struct, units: number): void {
  const info = bytes[struct.start] ?? 0;
  const kind = info & KIND_BITS;
  if (kind === GC || kind === SKIP) return out.byte(info);
  out.byte(info | WITH_ORIGIN);
  out.varUint(struct.client);
  out.varUint(struct.clock + units - 1);
  if (struct.rightClient === NONE) return;
  out.varUint(struct.rightClient);
  out.varUint(struct.rightClock);
}

function writeString(out: ByteWriter, bytes: Uint8Array, struct: Struct, units: number): boolean {
  const content = new ByteCursor(bytes);
  content.at = struct.contentStart;
  const { at, insidePair } = cutText(bytes, content.sized(), units);
  if (!insidePair) {
    out.sized(bytes.subarray(at, struct.end));
    return false;
  }
  const rest = bytes.subarray(at + 4, struct.end);
  out.varUint(REPLACEMENT.length + rest.length);
  out.bytes(REPLACEMENT);
  out.bytes(rest);
  return true;
}

function writeValues(out: ByteWriter, bytes: Uint8Array, struct: Struct, units: number): void {
  const content = new ByteCursor(bytes);
  content.at = struct.contentStart;
  const count = content.varUint();
  const json = new JsonScan(content);
  for (let i = 0; i < units; i++) json.value();
  out.varUint(count - units);
  out.bytes(bytes.subarray(content.at, struct.end));
}
