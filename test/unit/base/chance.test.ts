// One seed gives one world; the system gives fresh numbers; choices are fair.

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { below, type Chance, pick, seededChance, systemChance } from '../../../src/base/chance.ts';
import { runs } from '../../support/count.ts';

/** Gives these numbers in turn. */
function fixed(...numbers: readonly number[]): Chance {
  let next = 0;
  return { uint32: () => numbers[next++ % numbers.length] ?? 0 };
}

// oxlint-disable-next-line no-restricted-properties -- what the system source draws from is watched
const platform = globalThis.crypto;

const draw = (chance: Chance, count: number): number[] =>
  Array.from({ length: count }, () => chance.uint32());

/** sfc32 as its author wrote it, with every step cut to 32 bits. */
function sfc32(seed: number): Chance {
  const state = Uint32Array.of(seed, 0x9e3779b9, 0x243f6a88, 1);
  const uint32 = (): number => {
    const [a = 0, b = 0, c = 0, counter = 0] = state;
    const sum = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum;
  };
  for (let round = 0; round < 12; round++) uint32();
  return { uint32 };
}

describe('a seeded source', () => {
  test('is sfc32, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(draw(seededChance(seed), 200)).toEqual(draw(sfc32(seed), 200));
      }),
      runs(50, 2_000),
    );
  });

  test('gives the numbers that it gave on the day it was written', () => {
    expect(draw(seededChance(1), 4)).toEqual([3739678614, 2725338478, 3923878172, 2212199553]);
  });

  test('gives other numbers for other seeds, also for close ones', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => seededChance(seed).uint32());
    expect(new Set(firsts).size).toBe(1_000);
  });

  test('sets every bit about half of the time', () => {
    const numbers = draw(seededChance(7), 4_000);
    for (let bit = 0; bit < 32; bit++) {
      const ones = numbers.filter((number) => (number >>> bit) & 1).length;
      expect(Math.abs(ones - 2_000), `bit ${bit}`).toBeLessThan(200);
    }
  });
});

describe('the system source', () => {
  test('draws whole numbers of 32 bits from the platform, pool after pool', () => {
    const filled = vi.spyOn(platform, 'getRandomValues');
    const chance = systemChance();
    expect(filled).not.toHaveBeenCalled();
    const numbers = draw(chance, 200);
    expect(filled).toHaveBeenCalledTimes(4);
    filled.mockRestore();
    for (const number of numbers) {
      expect(Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff).toBe(true);
    }
    expect(new Set(numbers).size).toBeGreaterThan(195);
  });

  test('hands out no number of a pool twice', () => {
    let filled = 0;
    const source = vi.spyOn(platform, 'getRandomValues').mockImplementation((into) => {
      if (into instanceof Uint32Array) for (const at of into.keys()) into[at] = filled++;
      return into;
    });
    const numbers = draw(systemChance(), 150);
    source.mockRestore();
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, at) => at));
  });
});

describe('a choice', () => {
  test('is below its limit, the limits of 32 bits included', () => {
    for (const limit of [1, 2, 3, 10, 0x1_0000_0000]) {
      expect(below(fixed(0), limit)).toBe(0);
      expect(below(fixed(0xffff_ffff), limit)).toBe(limit - 1);
    }
    expect(below(fixed(0x8000_0000), 10)).toBe(5);
  });

  test('takes every value about equally often', () => {
    const chance = seededChance(3);
    const seen = new Map<string, number>();
    for (let round = 0; round < 3_000; round++) {
      const value = pick(chance, ['a', 'b', 'c']) ?? 'none';
      seen.set(value, (seen.get(value) ?? 0) + 1);
    }
    expect([...seen.keys()].toSorted()).toEqual(['a', 'b', 'c']);
    for (const times of seen.values()) expect(Math.abs(times - 1_000)).toBeLessThan(120);
  });

  test('of nothing is nothing', () => {
    expect(pick(fixed(5), [])).toBeUndefined();
  });
});
