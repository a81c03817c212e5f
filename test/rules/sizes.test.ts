// How long functions of tests may be. The linter holds the other sizes; lint.test.ts proves it.

import { describe, expect, test } from 'vitest';
import { functionLinesMax, judgeFunctions } from '../../tools/rules/sizes.ts';
import { print, readCode } from '../../tools/rules/source.ts';

const lines = (count: number): string => 'f();\n'.repeat(count);
const judge = (text: string): string => print(judgeFunctions({ path: 'test/a.test.ts', text }));

describe('the house', () => {
  test('has no long function in its tests', () => {
    const tests = readCode().filter((source) => source.path.startsWith('test/'));
    expect(tests.length).toBeGreaterThan(5);
    expect(print(tests.flatMap(judgeFunctions))).toBe('');
  });
});

describe('the size check', () => {
  const long = lines(functionLinesMax);

  test.each([
    ['a declaration', `function f() {\n${long}}`],
    ['an expression', `const f = function () {\n${long}};`],
    ['an arrow', `const f = () => {\n${long}};`],
    ['a method', `const o = { f() {\n${long}} };`],
    ['the callback of a test', `test('a', () => {\n${long}});`],
    ['one inside describe', `describe('a', () => { test('b', () => {\n${long}}); });`],
  ])('reports %s that is too long', (_, text) => {
    expect(judge(text)).toContain(`a function of ${functionLinesMax + 2} lines`);
  });

  test('lets the callback of describe be a chapter', () => {
    expect(judge(`describe('a', () => {\n${long}});`)).toBe('');
    expect(judge(`describe.each([1])('a', () => {\n${long}});`)).toBe('');
  });

  test('counts neither blank lines nor comments', () => {
    expect(judge(`function f() {\n${lines(functionLinesMax - 2)}\n// why\n/* why\nso */\n}`)).toBe(
      '',
    );
  });
});
