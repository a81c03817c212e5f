// The counts of tests follow the environment.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { count, runs, seed } from '../../support/count.ts';

beforeEach(() => {
  for (const name of ['HOLDFAST_SOAK', 'HOLDFAST_COUNT', 'HOLDFAST_SEED'])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe('count', () => {
  test('is short in a test and long in a soak', () => {
    expect(count(3, 300)).toBe(3);
    vi.stubEnv('HOLDFAST_SOAK', '1');
    expect(count(3, 300)).toBe(300);
  });

  test('is what was asked for, and nothing else that looks like it', () => {
    vi.stubEnv('HOLDFAST_COUNT', '7');
    expect(count(3, 300)).toBe(7);
    for (const wrong of ['0', '-1', '1.5', 'many', '']) {
      vi.stubEnv('HOLDFAST_COUNT', wrong);
      expect(() => count(3, 300)).toThrow('HOLDFAST_COUNT must be a whole number');
    }
  });

  test('goes with the seed that was asked for', () => {
    expect(runs(3, 300)).toEqual({ numRuns: 3 });
    vi.stubEnv('HOLDFAST_SEED', '-42');
    expect(runs(3, 300)).toEqual({ numRuns: 3, seed: -42 });
    vi.stubEnv('HOLDFAST_SEED', 'x');
    expect(seed).toThrow('HOLDFAST_SEED must be a whole number');
  });
});
