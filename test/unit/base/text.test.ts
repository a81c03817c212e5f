// Text is cut between code points only, so that no peer ever holds half of one.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clip, codePointCut, endsInHighSurrogate } from '../../../src/base/text.ts';
import { runs } from '../../support/count.ts';

const words = fc.string({ unit: 'binary', maxLength: 30 });
const anything = fc.string({
  unit: fc.constantFrom('a', 'é', '\ud83d', '\ude00', '\ud83d\ude00', '\udbff', '\udfff'),
  maxLength: 12,
});

describe('a cut', () => {
  test('leaves two well-formed halves of a well-formed text', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: -5, max: 70 }), (text, at) => {
        const cut = codePointCut(text, at);
        expect(text.slice(0, cut).isWellFormed()).toBe(text.isWellFormed());
        expect(text.slice(cut).isWellFormed()).toBe(true);
      }),
      runs(300, 30_000),
    );
  });

  test('is where it was asked for, or one before it inside a pair', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: -5, max: 40 }), (text, at) => {
        const asked = Math.min(Math.max(at, 0), text.length);
        const cut = codePointCut(text, at);
        const inside =
          /[\ud800-\udbff]$/.test(text.slice(0, asked)) &&
          /^[\udc00-\udfff]/.test(text.slice(asked));
        expect(cut).toBe(inside ? asked - 1 : asked);
      }),
      runs(300, 30_000),
    );
  });
});

describe('a clip', () => {
  test('is a beginning of the text, as long as it may be', () => {
    fc.assert(
      fc.property(anything, fc.nat(30), (text, charsMax) => {
        const clipped = clip(text, charsMax);
        expect(text.startsWith(clipped)).toBe(true);
        expect(clipped.length).toBeLessThanOrEqual(charsMax);
        expect(clipped.length).toBeGreaterThanOrEqual(Math.min(text.length, charsMax) - 1);
        expect(clipped.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
      runs(300, 30_000),
    );
  });

  test('of a pair is nothing where there is room for one half', () => {
    expect(clip('\ud83d\ude00', 1)).toBe('');
    expect(clip('\ud83d\ude00', 2)).toBe('\ud83d\ude00');
    expect(clip('abc', 0)).toBe('');
  });
});

test('only the first half of a pair may still be waiting for the second', () => {
  expect(['\ud83d', 'a\udbff', 'a\ud800'].map(endsInHighSurrogate)).toEqual([true, true, true]);
  expect(['', 'a', '\ude00', '\ud83d\ude00', '\ud83da'].some(endsInHighSurrogate)).toBe(false);
});
