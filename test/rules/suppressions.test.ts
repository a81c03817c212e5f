// A suppression names what it suppresses and says why.

import { describe, expect, test } from 'vitest';
import { judgeSuppressions } from '../../tools/rules/comments.ts';
import { print, readCode } from '../../tools/rules/source.ts';

const judge = (text: string): string => print(judgeSuppressions({ path: 'src/a.ts', text }));

describe('the house', () => {
  test('suppresses nothing without its reason', () => {
    expect(print(readCode().flatMap(judgeSuppressions))).toBe('');
  });
});

describe('the suppression check', () => {
  test.each([
    ['// oxlint-disable-next-line no-shadow', 'says why'],
    ['/* eslint-disable no-shadow */', 'says why'],
    ['// oxlint-disable-next-line', 'names the rule'],
    ['// oxlint-disable-next-line no-shadow -- because', 'says why'],
    ['// @ts-expect-error', 'says why'],
    ['// @ts-expect-error it works', 'says why'],
    ['// @ts-ignore -- the types of the library are wrong', 'is not used'],
    ['// @ts-nocheck -- the types of the library are wrong', 'is not used'],
  ])('reports %s', (text, message) => {
    expect(judge(text)).toContain(message);
  });

  test.each([
    '// oxlint-disable-next-line no-shadow -- the name is the one of the format',
    '// @ts-expect-error -- a wrong kind must not compile',
    'const text = "// @ts-ignore";',
  ])('lets be %s', (text) => expect(judge(text)).toBe(''));
});
