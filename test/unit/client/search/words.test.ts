import { describe, expect, test } from 'vitest';
import { snippetOf } from '../../../../src/client/search/snippet.ts';
import { decodeTerm, encodeTerm } from '../../../../src/client/search/term-code.ts';
import { fold, wordsOf } from '../../../../src/client/search/words.ts';

const terms = (text: string): readonly string[] => Array.from(wordsOf(text), ({ term }) => term);

describe('words', () => {
  test.each([
    ['CAFÉ', 'cafe'],
    ['Cafe\u0301', 'cafe'],
    ['Straße', 'strasse'],
    ['Øresund', 'oresund'],
    ['ΟΔΟΣ', 'οδοσ'],
    ['İstanbul', 'istanbul'],
    ['שָׁלוֹם', 'שלום'],
    ['ﾊﾝｶｸ', 'ハンカク'],
    ['が', 'が'],
    ['한글', '한글'],
  ])('[C71] %s is compared as %s', (word, folded) => {
    expect(fold(word)).toBe(folded);
  });

  test('[C71] stand where they are in the text, whatever is between them', () => {
    const text = 'Naïve “quotes”, 👋🏽 e-mail 42x';
    const places = Array.from(wordsOf(text), ({ start, end }) => text.slice(start, end));
    expect(places).toEqual(['Naïve', 'quotes', 'e', 'mail', '42x']);
  });

  test('[C71] are found in scripts without spaces, with a segmenter and without', () => {
    expect(terms('我喜欢北京大学 and tea')).toContain('喜欢');
    expect(terms('東京tower')).toEqual(expect.arrayContaining(['東京', 'tower']));
    const text = '我喜欢x茶';
    const pairs = Array.from(wordsOf(text, null), ({ term, start, end }) => {
      expect(text.slice(start, end)).toBe(term);
      return term;
    });
    expect(pairs).toEqual(['我喜', '喜欢', 'x', '茶']);
  });
});

test('[C71] a word of any script comes back from the index as it was', () => {
  for (const word of ['cafe', '喜欢', 'a喜b', '한글', '\u{20000}', 'שלום']) {
    const code = encodeTerm(word);
    expect(decodeTerm(code)).toBe(word);
    expect(encodeTerm(`${word}x`).startsWith(code)).toBe(true);
  }
  expect(encodeTerm('喜')).not.toBe('喜');
});

describe('a snippet', () => {
  const shown = (text: string, ...found: string[]): readonly string[] => {
    const { text: cut, ranges } = snippetOf(text, new Set(found));
    return ranges.map(([start, end]) => cut.slice(start, end));
  };

  test('[C71] shows where most of the words stand, and highlights them', () => {
    const text = `tea ${'filler '.repeat(80)}we had green tea with Bob ${'more '.repeat(80)}`;
    const snippet = snippetOf(text, new Set(['green', 'tea']));
    expect(shown(text, 'green', 'tea')).toEqual(['green', 'tea']);
    expect(snippet.text.length).toBeLessThanOrEqual(160);
    expect([snippet.isCut, snippet.text.startsWith('filler')]).toEqual([true, true]);
  });

  test('[C71] of a short text is all of it', () => {
    expect(snippetOf('Café Müller', new Set(['muller']))).toEqual({
      text: 'Café Müller',
      ranges: [[5, 11]],
      isCut: false,
    });
  });

  test('[C71] cuts no character', () => {
    const { text } = snippetOf(`x${'👋'.repeat(200)}`, new Set());
    expect([text.isWellFormed(), text.length]).toEqual([true, 159]);
    const long = snippetOf(`${'👋'.repeat(101)}x tea`, new Set(['tea']));
    expect(long.text.isWellFormed()).toBe(true);
    expect(long.text).toContain('tea');
  });
});
