// UTF-8 as Yjs peers exchange it, measured in UTF-16 units, because these are the
// clocks of a text. Well-formed means what a fatal TextDecoder means by it: no half
// surrogates, no longer form than needed, nothing above U+10FFFF. So what passes
// here is the same string on every peer.

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/**
 * Up to here, building a string from its characters is faster than calling the decoder. A
 * longer one that was put together would be kept as its pieces.
 */
const SHORT_BYTES = 12;

/** The length in UTF-16 units, or -1 where the bytes are not well formed. */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  let beyond = 0;
  while (at < end) {
    if ((bytes[at] ?? 0) < 0x80) {
      at++;
      continue;
    }
    const size = sequenceBytes(bytes, at, end);
    if (size === 0) return -1;
    at += size;
    // A sequence of 2 or 3 bytes is one unit, one of 4 is a pair.
    beyond += size === 4 ? 2 : size - 1;
  }
  return end - start - beyond;
}

/** How long the sequence at `at` is, which does not begin with an ASCII byte; 0 if it is malformed. */
function sequenceBytes(bytes: Uint8Array, at: number, end: number): 0 | 2 | 3 | 4 {
  const lead = bytes[at] ?? 0;
  const size = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (size === 0 || at + size > end) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let next = at + 2; next < at + size; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return size;
}

/** Where a cut falls: the byte before which it is, and whether it divides a surrogate pair. */
export interface TextCut {
  /** With `insidePair`, the first byte of the character that is divided. */
  readonly at: number;
  readonly insidePair: boolean;
}

/** The place that is `units` UTF-16 units after `start`, in bytes that are well formed. */
export function cutText(bytes: Uint8Array, start: number, units: number): TextCut {
  let at = start;
  let left = units;
  while (left > 0) {
    const lead = bytes[at] ?? 0;
    if (lead >= 0xf0) {
      if (left === 1) return { at, insidePair: true };
      left--;
    }
    at += lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    left--;
  }
  return { at, insidePair: false };
}

/** The string in bytes that were found to be well formed. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_BYTES) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
