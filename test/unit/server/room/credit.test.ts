import { describe, expect, test } from 'vitest';
import { Credit } from '../../../../server/room/credit.ts';
import { manualClock } from '../../../../src/base/clock.ts';

const limits = { creditBytesMax: 10_000, creditBytesPerSecond: 1_000 };

describe('what a principal may have judged', () => {
  test('is paid for by its bytes and something for each update, and fills up again', () => {
    const clock = manualClock();
    const credit = new Credit(clock, limits);
    expect(credit.pay('ann', 9_700)).toBe(true);
    expect(credit.pay('ann', 0)).toBe(false);
    clock.advance(99);
    expect(credit.pay('ann', 0)).toBe(false);
    clock.advance(1);
    expect(credit.pay('ann', 0)).toBe(true);
    expect(credit.pay('ann', 0)).toBe(false);
    clock.advance(60_000);
    expect(credit.pay('ann', 9_801)).toBe(false);
    expect(credit.pay('ann', 9_800)).toBe(true);
  });

  test("is each one's own", () => {
    const credit = new Credit(manualClock(), limits);
    expect(credit.pay('ann', 9_800)).toBe(true);
    expect(credit.pay('bob', 9_800)).toBe(true);
    expect(credit.pay('ann', 0)).toBe(false);
  });

  test('is not more after a clock that jumped back', () => {
    const clock = manualClock(50_000);
    let now = 50_000;
    const credit = new Credit({ ...clock, now: () => now }, limits);
    expect(credit.pay('ann', 9_800)).toBe(true);
    now = 0;
    expect(credit.pay('ann', 0)).toBe(false);
    now = 1_000;
    expect(credit.pay('ann', 800)).toBe(true);
    expect(credit.pay('ann', 0)).toBe(false);
  });

  test('is remembered for a bounded number of principals', () => {
    const clock = manualClock();
    const credit = new Credit(clock, limits);
    for (let at = 0; at < 30_000; at++) {
      credit.pay(`p${at}`, 0);
      clock.advance(1);
    }
    expect(credit.size).toBeLessThan(11_000);
  });
});
