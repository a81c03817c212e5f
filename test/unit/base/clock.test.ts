// Time that a test turns by hand, and the platform's own behind the same face.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manualClock, systemClock } from '../../../src/base/clock.ts';
import { runs } from '../../support/count.ts';

describe('a manual clock', () => {
  test('stands still until it is advanced', () => {
    const clock = manualClock(1_000);
    expect([clock.now(), clock.now()]).toEqual([1_000, 1_000]);
    clock.advance(5);
    expect(clock.now()).toBe(1_005);
    expect(manualClock().now()).toBe(0);
  });

  test('calls what is due once, in order of its time, then of its making', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(30), { maxLength: 20 }),
        fc.array(fc.nat(10), { minLength: 1, maxLength: 10 }),
        (delays, steps) => {
          const clock = manualClock(100);
          const called: { at: number; timer: number }[] = [];
          for (const [timer, ms] of delays.entries()) {
            clock.after(ms, () => called.push({ at: clock.now(), timer }));
          }
          for (const step of steps) clock.advance(step);
          const end = 100 + steps.reduce((sum, step) => sum + step, 0);
          const due = delays
            .map((ms, timer) => ({ at: 100 + ms, timer }))
            .filter(({ at }) => at <= end)
            .toSorted((a, b) => a.at - b.at || a.timer - b.timer);
          expect(called).toEqual(due);
          expect(clock.now()).toBe(end);
        },
      ),
      runs(100, 10_000),
    );
  });

  test('calls nothing that was taken back, also by a callback of the same time', () => {
    const clock = manualClock();
    const called: string[] = [];
    const takeBack = clock.after(3, () => called.push('never'));
    clock.after(5, () => {
      called.push('first');
      takeBackLast();
    });
    const takeBackLast = clock.after(5, () => called.push('never either'));
    takeBack();
    takeBack();
    clock.advance(10);
    expect(called).toEqual(['first']);
  });

  test('calls what a callback asked for, within the same advance where it falls due', () => {
    const clock = manualClock();
    const at: number[] = [];
    const again = (): void => {
      at.push(clock.now());
      clock.after(4, again);
    };
    clock.after(4, again);
    clock.advance(10);
    expect(at).toEqual([4, 8]);
    clock.advance(2);
    expect(at).toEqual([4, 8, 12]);
  });

  test('never goes back, also where a callback advances it further', () => {
    const clock = manualClock();
    clock.after(5, () => clock.advance(100));
    clock.advance(10);
    expect(clock.now()).toBe(105);
  });

  test('calls at once, when advanced, what was due before', () => {
    const clock = manualClock(50);
    const at: number[] = [];
    clock.after(-20, () => at.push(clock.now()));
    expect(at).toEqual([]);
    clock.advance(0);
    expect(at).toEqual([50]);
  });
});

describe('the system clock', () => {
  beforeEach(() => vi.useFakeTimers({ now: 7_000 }));
  afterEach(() => vi.useRealTimers());

  test('tells the time and calls back once', () => {
    const callback = vi.fn<() => void>();
    expect(systemClock.now()).toBe(7_000);
    systemClock.after(30, callback);
    vi.advanceTimersByTime(29);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  test('does not call back what was taken back', () => {
    const callback = vi.fn<() => void>();
    systemClock.after(30, callback)();
    vi.advanceTimersByTime(100);
    expect(callback).not.toHaveBeenCalled();
  });
});
