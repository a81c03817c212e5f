// The runner of all checks, as a process: what it refuses to run, it says, and its last line counts.

import { describe, expect, test } from 'vitest';
import { readCommand } from '../../../tools/process.ts';
import { steps } from '../../../tools/steps.ts';

async function suite(...args: readonly string[]): Promise<{ code: number; last: string }> {
  const { code, text } = await readCommand(process.execPath, ['tools/suite.ts', ...args]);
  return { code, last: text.trimEnd().split('\n').at(-1) ?? '' };
}

describe('the suite', () => {
  test.each([[[]], [['nothing']], [['test', 'nothing']], [['test', 'format', 'nothing']]])(
    'fails when it is asked for what it does not have: %s',
    async (args) => expect(await suite(...args)).toEqual({ code: 1, last: '0 passed, 1 failed' }),
  );

  test('closes with its counts', async () => {
    expect((await suite('check', 'format')).last).toMatch(/^[01] passed, [01] failed$/);
  });

  test('runs everything in npm test, and the fast part in npm run check', () => {
    const namesOf = (name: 'test' | 'check') =>
      steps().flatMap((step) => (step.suites.includes(name) ? [step.name] : []));
    expect(namesOf('test')).toEqual(steps().map((step) => step.name));
    expect(namesOf('check')).toEqual(
      expect.arrayContaining(['format', 'lint', 'types', 'dead code', 'rules']),
    );
    expect(namesOf('check')).not.toContain('package');
  });
});
