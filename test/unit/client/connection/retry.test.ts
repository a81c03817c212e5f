import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { retryBoundMs, retryMs } from '../../../../src/client/connection/retry.ts';

describe('the wait before a retry', () => {
  test('[C10] its bound doubles from a quarter of a second to half a minute', () => {
    const bounds = Array.from({ length: 10 }, (_, at) => retryBoundMs(at + 1));
    expect(bounds).toEqual([250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    expect(retryBoundMs(5_000)).toBe(30_000);
  });

  test('[C10] it is any time below the bound, with full jitter', () => {
    const chance = seededChance(7);
    for (let attempt = 1; attempt < 12; attempt++) {
      const bound = retryBoundMs(attempt);
      const waits = Array.from({ length: 2_000 }, () => retryMs(attempt, chance));
      expect(Math.min(...waits)).toBeLessThan(bound * 0.01);
      expect(Math.max(...waits)).toBeGreaterThan(bound * 0.99 - 1);
      expect(Math.max(...waits)).toBeLessThan(bound);
      const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
      expect(Math.abs(mean / bound - 0.5)).toBeLessThan(0.03);
    }
  });
});
