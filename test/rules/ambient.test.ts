// Nobody but src/base reads the wall clock.

import { describe, expect, test } from 'vitest';
import { judgeAmbient, mustNotReadTime } from '../../tools/rules/ambient.ts';
import { print, readCode } from '../../tools/rules/source.ts';

const judge = (text: string): string => print(judgeAmbient({ path: 'src/session/a.ts', text }));

describe('the house', () => {
  test('reads the wall clock in src/base alone', () => {
    const bound = readCode().filter((source) => mustNotReadTime(source.path));
    expect(bound.length).toBeGreaterThan(5);
    expect(print(bound.flatMap(judgeAmbient))).toBe('');
  });
});

describe('the clock check', () => {
  test.each(['const now = new Date();', 'const now = Date();', 'const now = +new Date;'])(
    'reports %s',
    (text) => expect(judge(text)).toContain('time comes from the Clock'),
  );

  test('lets a date be made from a time that was given', () => {
    expect(judge('export const day = (ms: number) => new Date(ms).getDay();')).toBe('');
  });

  test('lets src/base, tools and benchmarks be', () => {
    const paths = ['src/base/clock.ts', 'tools/a.ts', 'bench/a.bench.ts', 'src/session/a.ts'];
    expect(paths.filter(mustNotReadTime)).toEqual(['src/session/a.ts']);
  });
});
