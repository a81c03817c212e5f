// The harness of the benchmarks: turns, medians and marks.

import { describe, expect, test } from 'vitest';
import { lastResult, measure, median, quantile, timingOf } from '../../../bench/harness.ts';
import {
  absoluteRow,
  countRow,
  hasMissed,
  plainRow,
  printTable,
  ratioRow,
} from '../../../bench/table.ts';

describe('a measurement', () => {
  test('lets the contestants take turns, with one round that does not count', async () => {
    const order: string[] = [];
    const contestant = (name: string) => ({
      name,
      prepare: () => order.push(`prepare ${name}`),
      run: async () => order.push(name),
    });
    const timings = await measure([contestant('a'), contestant('b')], { rounds: 2, operations: 4 });
    const ran = order.filter((name) => !name.startsWith('prepare'));
    expect(ran).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(order.slice(0, 2)).toEqual(['prepare a', 'a']);
    expect(lastResult()).toBe(order.length);
    expect(timingOf(timings, 'b').wallUs).toBeGreaterThanOrEqual(0);
    expect(() => timingOf(timings, 'c')).toThrow('c was not measured');
  });

  test('is a median, not a mean', () => {
    expect(median([1, 1000, 2])).toBe(2);
    expect(median([1, 2, 3, 4])).toBe(2.5);
    expect(quantile([0, 10], 0.95)).toBe(9.5);
    expect(() => median([])).toThrow('nothing was measured');
  });
});

describe('a mark', () => {
  const missedRatio = ratioRow('bytes', 3, 2, 1.02);
  const missedFigure = absoluteRow('a token', 4.2, 'us', 3);

  test('is missed by a ratio and by a count, and fails the run', () => {
    expect(missedRatio).toMatchObject({ measured: '1.5x', must: 'at most 1.02x', ok: false });
    expect(hasMissed([{ title: '', rows: [missedRatio] }])).toBe(true);
    expect(hasMissed([{ title: '', rows: [countRow('lost', 1, 0)] }])).toBe(true);
  });

  test('is shown as missed but fails nothing when it is absolute', () => {
    expect(missedFigure).toMatchObject({ measured: '4.2 us', ok: false });
    expect(hasMissed([{ title: '', rows: [missedFigure, ratioRow('bytes', 1, 1, 1)] }])).toBe(
      false,
    );
  });

  test('is printed with its verdict', () => {
    const rows = [missedRatio, missedFigure, countRow('lost', 0, 0), plainRow('runs', 12345.6, '')];
    const printed = printTable({ title: 'Append', rows }).split('\n');
    expect(printed[0]).toBe('Append');
    expect(printed[2]).toMatch(/^ {2}bytes +1\.5x +at most 1\.02x +MISS$/);
    expect(printed[3]).toMatch(/miss \(absolute: fails nothing\)$/);
    expect(printed[4]).toMatch(/pass$/);
    expect(printed[5]).toMatch(/12346/);
  });
});
