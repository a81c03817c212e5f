// The index of a room against a Y.Doc that took the same updates: same clocks, same deleted ids
// (those too that nobody sends), same winners, nothing pending, after every step of every world.

import { expect, test } from 'vitest';
import { count, seed as wantedSeed } from '../../support/count.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { IndexWorld, indexEvents } from '../../support/index-world.ts';
import { Tally } from '../../support/tally.ts';

const WORLDS = count(300, 20_000);
const WORLDS_PER_TEST = 50;
const STEPS = 60;

const tally = new Tally();

function problemsOf(seed: number): readonly string[] {
  const world = new IndexWorld(seed, tally);
  world.run(STEPS);
  tally.add('worlds');
  return world.problems.map((problem) => `HOLDFAST_SEED=${seed}: ${problem}`);
}

const first = wantedSeed();

test.runIf(first !== undefined)('[W150] the world that was asked for', () => {
  expect(problemsOf(first ?? 0)).toEqual([]);
});

test.each(
  Array.from(
    { length: first === undefined ? Math.ceil(WORLDS / WORLDS_PER_TEST) : 0 },
    (_, at) => at,
  ),
)(
  '[W150] what honest peers send is taken, and the room knows of it what a document knows: worlds %i',
  (block) => {
    const from = block * WORLDS_PER_TEST + 1;
    const to = Math.min(WORLDS, from + WORLDS_PER_TEST - 1);
    for (let seed = from; seed <= to; seed++) expect(problemsOf(seed)).toEqual([]);
  },
);

test.runIf(first === undefined && WORLDS >= 100)('[W150] the worlds were not idle', () => {
  proved('worlds of honest peers before the gate', WORLDS, seedsFrom(1, WORLDS));
  console.log(`index: ${tally.toString()}`);
  expect(tally.missing(indexEvents)).toEqual([]);
});
