import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { RangeSet } from '../../../../server/room/range-set.ts';
import { readUpdate } from '../../../../src/protocol/update.ts';
import { below, seededChance } from '../../../../src/base/chance.ts';
import { count, runs } from '../../../support/count.ts';

/** The same set, one clock at a time. */
class NaiveSet {
  readonly #ids = new Set<string>();

  add(client: number, clock: number, length: number): string[] {
    const fresh = this.missing(client, clock, length);
    for (const id of fresh) this.#ids.add(id);
    return fresh;
  }

  missing(client: number, clock: number, length: number): string[] {
    const ids = Array.from({ length }, (_, at) => `${client}:${clock + at}`);
    return ids.filter((id) => !this.#ids.has(id));
  }

  has(client: number, clock: number): boolean {
    return this.#ids.has(`${client}:${clock}`);
  }

  get size(): number {
    return this.#ids.size;
  }
}

const range = fc.record({
  client: fc.constantFrom(1, 2),
  clock: fc.nat({ max: 40 }),
  length: fc.integer({ min: 1, max: 8 }),
  isAdded: fc.boolean(),
});

test('[W150] a set of ranges is the set of their clocks', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 40 }), (ranges) => {
      const ours = new RangeSet();
      const naive = new NaiveSet();
      for (const { client, clock, length, isAdded } of ranges) {
        const found: string[] = [];
        let pieces = 0;
        const note = (of: number, from: number, size: number): void => {
          pieces++;
          for (let at = 0; at < size; at++) found.push(`${of}:${from + at}`);
        };
        const told = isAdded
          ? ours.add(client, clock, length, note)
          : ours.missing({ client, clock, length }, note);
        const wanted = isAdded
          ? naive.add(client, clock, length)
          : naive.missing(client, clock, length);
        expect(found).toEqual(wanted);
        expect(told).toBe(pieces);
        expect(ours.has(client, clock)).toBe(naive.has(client, clock));
      }
      const all = [...ours];
      expect(all.length).toBe(ours.size);
      expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(naive.size);
      const touching = all.filter(({ client, clock }, at) => {
        const before = all[at - 1];
        return before?.client === client && clock <= before.clock + before.length;
      });
      expect(touching).toEqual([]);
      const read = readUpdate(ours.encode());
      if (!read.ok) throw new Error(read.rule);
      expect(new Set(read.ranges)).toEqual(new Set(all));
      Y.applyUpdate(new Y.Doc(), ours.encode());
    }),
    runs(300, 10_000),
  );
});

test('[W150] a set of very many ranges is the set of their clocks', () => {
  const chance = seededChance(1);
  for (let round = 0; round < count(3, 100); round++) {
    const ours = new RangeSet();
    const naive = new NaiveSet();
    for (let step = 0; step < 9_000; step++) {
      // Singles nearly everywhere first, so that there are many pages; then wide ones.
      const length = step < 6_000 ? 1 : 1 + below(chance, below(chance, 20) === 0 ? 3_000 : 5);
      const clock = step < 6_000 ? below(chance, 8_000) * 2 : below(chance, 16_000);
      const before = naive.size;
      const fresh = naive.add(1, clock, length).length;
      let found = 0;
      expect(ours.missing({ client: 1, clock, length })).toBe(
        ours.add(1, clock, length, (_client, _from, size) => (found += size)),
      );
      expect([found, naive.size]).toEqual([fresh, before + fresh]);
    }
    const all = [...ours];
    expect(ours.size).toBe(all.length);
    expect(all.reduce((sum, { length }) => sum + length, 0)).toBe(naive.size);
    const touching = all.filter(({ clock }, at) => {
      const before = all[at - 1];
      return before !== undefined && clock <= before.clock + before.length;
    });
    expect(touching).toEqual([]);
    for (let clock = 0; clock < 16_000; clock += 7) {
      expect(ours.has(1, clock)).toBe(naive.has(1, clock));
    }
  }
});

test('an empty set is the empty update', () => {
  expect(new RangeSet().encode()).toEqual(Y.encodeStateAsUpdate(new Y.Doc()));
});
