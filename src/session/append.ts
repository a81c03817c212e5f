// The fastest way to say one more thing. "Append text to the end of my own run" has
// one byte shape in the Yjs v1 update format, so a writer that streams needs no
// document: the bytes depend on its client, its clock and the words alone, however
// long the reply is.
//
//   01            one client block
//   01            one struct
//   client clock  varuints: who writes, where this struct begins
//   84            content string (4), origin present (80), no right origin
//   client clock-1  the origin: the writer's own last character
//   length utf8   varuint, bytes
//   00            an empty delete set
//
// Byte-identical to what Yjs 13.6 emits for the same insertion (append.test.ts).

import { assert } from '../base/assert.ts';

const encoder = new TextEncoder();
const HEADER_BYTES_MAX = 48;
let scratch = new Uint8Array(16_384);

/**
 * One update that appends `text` after the character `client:clock - 1`. `text` is
 * well formed and not empty; it takes `text.length` clocks (UTF-16 units).
 */
export function encodeAppend(client: number, clock: number, text: string): Uint8Array {
  assert(clock > 0 && text.length > 0, 'an append follows a character with a character');
  const bytesMax = HEADER_BYTES_MAX + text.length * 3;
  if (scratch.length < bytesMax) scratch = new Uint8Array(bytesMax * 2);
  const out = scratch;
  let at = 2;
  out[0] = 1;
  out[1] = 1;
  at = writeVarUint(out, at, client);
  at = writeVarUint(out, at, clock);
  out[at++] = 0x84;
  at = writeVarUint(out, at, client);
  at = writeVarUint(out, at, clock - 1);
  at = writeText(out, at, text);
  out[at++] = 0;
  return out.slice(0, at);
}

function writeVarUint(out: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest > 127) {
    out[at++] = 128 | (rest & 127);
    rest = Math.floor(rest / 128);
  }
  out[at++] = rest;
  return at;
}

/** Length and bytes. Room for the length is guessed from the characters and mended if the bytes need more. */
function writeText(out: Uint8Array, start: number, text: string): number {
  const guess = varUintBytes(text.length);
  const { written } = encoder.encodeInto(text, out.subarray(start + guess));
  const needed = varUintBytes(written);
  if (needed !== guess) out.copyWithin(start + needed, start + guess, start + guess + written);
  writeVarUint(out, start, written);
  return start + needed + written;
}

function varUintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
