// The closing line is read by programs: it must be right however vitest ends.

import { describe, expect, test } from 'vitest';
import {
  add,
  closingLine,
  nothing,
  slowest,
  tallyOfStep,
  tallyOfVitest,
} from '../../../tools/tally.ts';

const ran = (status: string, duration = 1) => ({ status, duration, fullName: ` ${status}` });
const file = (status: string, ...assertionResults: object[]) => ({ status, assertionResults });
const counts = (report: unknown, code: number) => {
  const { passed, failed, skipped } = tallyOfVitest(report, code);
  return { passed, failed, skipped };
};

describe('the count of a vitest run', () => {
  test('is the sum over its files', () => {
    const one = file('passed', ran('passed'), ran('passed'), ran('skipped'), ran('todo'));
    const other = file('failed', ran('passed'), ran('failed'));
    expect(counts({ testResults: [one, other] }, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  test('holds a failure for a file that did not load', () => {
    const report = { testResults: [file('passed', ran('passed')), file('failed')] };
    expect(counts(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('holds a failure for a file that failed outside of its tests', () => {
    const report = { testResults: [file('failed', ran('passed'))] };
    expect(counts(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('holds a failure when vitest failed without naming one', () => {
    const report = { testResults: [file('passed', ran('passed'))] };
    expect(counts(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test.each([undefined, null, {}, { testResults: [] }, 'torn'])(
    'holds a failure when nothing was reported: %s',
    (report) => {
      expect(counts(report, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
      expect(counts(report, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    },
  );
});

describe('the close of a run', () => {
  test('counts a step without tests as one', () => {
    const total = [tallyOfStep('lint', 0, 1), tallyOfStep('types', 2, 1)].reduce(add, nothing);
    expect(closingLine(total)).toBe('1 passed, 1 failed');
  });

  test('names the skipped only when there are some', () => {
    expect(closingLine({ ...nothing, passed: 2, skipped: 1 })).toBe(
      '2 passed, 0 failed, 1 skipped',
    );
  });

  test('lists the slowest first', () => {
    const tests = [ran('passed', 1), ran('failed', 9), ran('passed', 5)];
    const tally = tallyOfVitest({ testResults: [file('failed', ...tests)] }, 1);
    expect(slowest(tally, 2).map(({ ms }) => ms)).toEqual([9, 5]);
  });
});
