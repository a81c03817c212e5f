// Words to write: of many scripts and widths, and cut where nobody should cut. A token is what a
// model streams: a few characters, now and then a long piece.

import fc from 'fast-check';
import { below, type Chance, pick } from '../../src/base/chance.ts';

/** One of each kind that a cut or an encoding could get wrong. */
const pieces = [
  'a',
  'the ',
  'zażółć',
  '\n\n',
  '漢字',
  '日本語',
  'مرحبا',
  '\u200Fעב',
  'e\u0301',
  'n\u0303\u0323',
  '😀',
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈',
  '🇯🇵',
  '𝕏',
  '\u{10FFFF}',
  '\u0000',
  '\uFFFD',
  '\u2028',
];

const halves = ['\uD83D', '\uDE00', '\uDBFF', '\uDC00'];

/** Text of mixed scripts, well formed. */
export const wellFormedText = (piecesMax: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...pieces), { maxLength: piecesMax, size: 'max' })
    .map((parts) => parts.join('').toWellFormed());

/** Text in which halves of surrogate pairs stand alone. */
export const brokenText = (piecesMax: number): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...pieces) },
        { weight: 1, arbitrary: fc.constantFrom(...halves) },
      ),
      { maxLength: piecesMax, size: 'max' },
    )
    .map((parts) => parts.join(''));

/** A well-formed token of 1 to `piecesMax` pieces. */
export function token(chance: Chance, piecesMax = 3): string {
  let text = '';
  for (let left = 1 + below(chance, piecesMax); left > 0; left--)
    text += pick(chance, pieces) ?? '';
  return text;
}

/** The text in pieces of 1 to `charsMax` UTF-16 units, cut anywhere, also inside a pair. */
export function cutAnywhere(chance: Chance, text: string, charsMax: number): readonly string[] {
  const cuts: string[] = [];
  for (let at = 0; at < text.length;) {
    const next = at + 1 + below(chance, charsMax);
    cuts.push(text.slice(at, next));
    at = next;
  }
  return cuts;
}

const encoder = new TextEncoder();

export const utf8 = (text: string): number => encoder.encode(text).length;
