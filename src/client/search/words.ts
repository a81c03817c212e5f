// A text as the words by which it is found, each with its place in the text: folded, so that
// "Café", "cafe" and "CAFÉ" are one word; Chinese, Japanese, Thai and others that write
// without spaces are divided by Intl.Segmenter where there is one, and else into pairs of
// characters, which finds what was meant with a little more besides.

import { searchLimits as limits } from './limits.ts';

export interface Word {
  /** As it is compared. */
  readonly term: string;
  /** Its place in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const RUN = /[\p{L}\p{N}\p{M}_]+/gu;
/** Scripts without spaces between words. */
const DENSE = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}ー]+/gu;
/** Accents of European scripts, vowel marks of Hebrew and Arabic; never what makes another letter (か, が). */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;
const LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
  ı: 'i',
};
const LETTER = /[øłđæœςı]/g;

/** The word as it is compared: without case, accents and forms of width. */
export function fold(word: string): string {
  const bare = word.normalize('NFKD').replace(MARKS, '').normalize('NFC');
  // Through the upper case, so that ß is ss.
  const lower = bare.toUpperCase().toLowerCase();
  return lower.replace(LETTER, (letter) => LETTERS[letter] ?? letter).replace(MARKS, '');
}

/** The words of a text, in order. `segmenter`: that of the platform, where it has one; null for none. */
export function* wordsOf(
  text: string,
  segmenter: Intl.Segmenter | null = denseSegmenter(),
): Iterable<Word> {
  for (const run of text.matchAll(RUN)) {
    let at = 0;
    for (const dense of run[0].matchAll(DENSE)) {
      yield* wordAt(run[0].slice(at, dense.index), run.index + at);
      yield* denseWords(dense[0], run.index + dense.index, segmenter);
      at = dense.index + dense[0].length;
    }
    yield* wordAt(run[0].slice(at), run.index + at);
  }
}

function* wordAt(word: string, start: number): Iterable<Word> {
  const term = fold(word).slice(0, limits.wordCharsMax);
  if (term !== '') yield { term, start, end: start + word.length };
}

function* denseWords(
  text: string,
  start: number,
  segmenter: Intl.Segmenter | null,
): Iterable<Word> {
  if (segmenter !== null) {
    for (const { segment, index } of segmenter.segment(text)) yield* wordAt(segment, start + index);
    return;
  }
  const points = Array.from(text);
  let at = start;
  for (const [index, point] of points.entries()) {
    const next = points[index + 1];
    if (next !== undefined || points.length === 1) yield* wordAt(point + (next ?? ''), at);
    at += point.length;
  }
}

let known: Intl.Segmenter | null | undefined;

/** Made once, and not before it is needed: it is costly, and not everywhere. */
function denseSegmenter(): Intl.Segmenter | null {
  known ??= 'Segmenter' in Intl ? new Intl.Segmenter(undefined, { granularity: 'word' }) : null;
  return known;
}
