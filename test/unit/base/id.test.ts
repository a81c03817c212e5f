// Ids hold 128 bits, are what a peer accepts as an id, and name nothing else.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chance, seededChance, systemChance } from '../../../src/base/chance.ts';
import { createId, isId } from '../../../src/base/id.ts';
import { runs } from '../../support/count.ts';

describe('a new id', () => {
  test('is 22 characters that every peer accepts', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const chance = seededChance(seed);
        for (let round = 0; round < 10; round++) {
          const id = createId(chance);
          expect(id).toMatch(/^[A-Za-z0-9_-]{21}[AQgw]$/);
          expect(isId(id)).toBe(true);
        }
      }),
      runs(50, 5_000),
    );
  });

  test('is another one each time', () => {
    for (const chance of [systemChance(), seededChance(1)]) {
      const ids = Array.from({ length: 5_000 }, () => createId(chance));
      expect(new Set(ids).size).toBe(5_000);
    }
  });

  test('is the same again for the same seed', () => {
    expect(createId(seededChance(9))).toBe(createId(seededChance(9)));
  });

  test('depends on 128 bits of chance: each draw gives at most 30 of its 32, the last one 2', () => {
    let draws = 0;
    const ones: Chance = { uint32: () => (draws++, 0xffff_ffff) };
    expect(createId(ones)).toBe(`${'_'.repeat(21)}w`);
    expect(draws).toBe(6);
    expect(createId({ uint32: () => 0 })).toBe('A'.repeat(22));
    const base = createId(seededChance(4));
    for (let draw = 0; draw < 6; draw++) {
      for (let bit = 0; bit < (draw === 5 ? 2 : draw === 4 ? 6 : 30); bit++) {
        expect(createId(flipped(4, draw, bit)), `draw ${draw}, bit ${bit}`).not.toBe(base);
      }
    }
  });
});

/** The seeded source with one bit of one draw turned over. */
function flipped(seed: number, draw: number, bit: number): Chance {
  const chance = seededChance(seed);
  let drawn = 0;
  return {
    uint32: () => {
      const number = chance.uint32();
      return drawn++ === draw ? (number ^ (1 << bit)) >>> 0 : number;
    },
  };
}

describe('a foreign id', () => {
  test.each(['a', 'A-Z_09', '-', '__proto__', 'constructor', 'x'.repeat(64)])(
    'may be %s',
    (value) => expect(isId(value)).toBe(true),
  );

  test.each([
    '',
    'x'.repeat(65),
    'a b',
    'a/b',
    'a.b',
    'a\n',
    '\na',
    'é',
    '😀',
    '\ud800',
    'a\u0000',
    0,
    null,
    undefined,
    ['a'],
    { toString: () => 'a' },
    Object('a'),
  ])('may not be %j', (value: unknown) => expect(isId(value)).toBe(false));
});
