// docs/SPEC.md and the tests name the same rules.

import { describe, expect, test } from 'vitest';
import { print, readCode, readSource } from '../../tools/rules/source.ts';
import { judgeSpec, readRules, readTitles } from '../../tools/rules/spec.ts';

const spec = (text: string) => ({ path: 'docs/SPEC.md', text });
const file = (text: string) => ({ path: 'test/unit/a.test.ts', text });
const two = spec('# Rules\n\n- **S1** One thing.\n- **W12** Another,\n  on two lines.\n');

describe('the house', () => {
  test('has a test for every rule and a rule for every tested id', () => {
    const tests = readCode().filter((source) => /\.test\.tsx?$/.test(source.path));
    expect(print(judgeSpec(readSource('docs/SPEC.md'), tests))).toBe('');
  });
});

describe('the SPEC check', () => {
  test('finds nothing wrong when both sides agree', () => {
    const tests = [
      file("test('[S1] holds', () => {});\nit.each([1])('[W12] holds for %s', () => {});"),
      file('test(`[S1] [W12] both ${1}`, () => {});\ntest("no rule at all", () => {});'),
    ];
    expect(print(judgeSpec(two, tests))).toBe('');
  });

  test('reports a rule without a test', () => {
    const judged = judgeSpec(two, [file("test('[S1] holds', () => {});")]);
    expect(print(judged)).toBe('docs/SPEC.md:4 W12 has no test');
  });

  test.each(['skip', 'todo'])('does not count test.%s', (kind) => {
    const tests = [file(`test.${kind}('[W12] later');\ntest('[S1] holds', () => {});`)];
    expect(print(judgeSpec(two, tests))).toContain('W12 has no test');
  });

  test('reports a test with an id that no rule has', () => {
    const tests = [file("test('[S1] [W12] hold', () => {});\ntest('[S2] holds', () => {});")];
    expect(print(judgeSpec(two, tests))).toBe('test/unit/a.test.ts:2 S2 is no rule of the SPEC');
  });

  test('reports an id that stands twice', () => {
    const twice = spec('- **S1** One thing.\n- **S1** Another.\n');
    expect(print(judgeSpec(twice, [file("test('[S1] holds', () => {});")]))).toContain(
      'SPEC twice',
    );
  });

  test('reports an empty SPEC', () => {
    expect(print(judgeSpec(spec('# Nothing yet\n'), []))).toContain('no rule was read');
  });

  test.each(['- **X1** Of no place.', '- **S01** Text.', '* **S1** Text.', '- **S1:** Text.'])(
    'reports a rule that is written in another way: %s',
    (line) => expect(readRules(spec(line))).toMatchObject({ rules: [], faults: [{ line: 1 }] }),
  );

  test.each(['[S1]no space', '[s1] lower case', '[S1,W12] in one', '[X1] of no place'])(
    'reports a title that carries its id in another way: %s',
    (title) => {
      const { ids, faults } = readTitles(file(`test('${title}', () => {});`));
      expect({ ids, faults }).toMatchObject({ ids: [], faults: [{ line: 1 }] });
    },
  );
});
