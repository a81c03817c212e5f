// Whole lives of an embedded log from a seed: work, death at every named point and in the
// middle of writes, full and failing disks, and what must be there afterwards.

import { afterAll, expect, test } from 'vitest';
import { crashPoints } from '../../server/log/crash-point.ts';
import { below } from '../../src/base/chance.ts';
import { count, seed as wantedSeed } from '../support/count.ts';
import { proved } from '../support/proved.ts';
import { LogWorld } from '../support/log-world.ts';
import { Tally } from '../support/tally.ts';

const WORLDS = count(500, 20_000);
const WORLDS_PER_TEST = 50;

/** Seeds whose worlds once failed. */
const failedOnce: readonly number[] = [];

/** What must have happened somewhere, or the run has proved less than it says. */
const POINTS: readonly string[] = crashPoints.filter((point) => point !== 'in-migration');
const EVENTS: readonly string[] = POINTS.map((point) => `died at ${point}`)
  .concat(['died in a write', 'power cut', 'kill', 'closed', 'compacted', 'deleted', 'read'])
  .concat(['refused full', 'refused damaged', 'conflict', 'unknown', 'found more', 'healed']);

const tally = new Tally();
let worlds = 0;
let appends = 0;

async function runWorld(seed: number): Promise<void> {
  const world = new LogWorld(seed, tally);
  try {
    const lives = 2 + below(world.chance, 4);
    for (let life = 0; life < lives; life++) {
      await world.live(10 + below(world.chance, 60), below(world.chance, 2) === 0);
    }
    await world.finish();
  } catch (error) {
    throw new Error(`HOLDFAST_SEED=${seed} repeats it`, { cause: error });
  }
  worlds += 1;
  appends += world.appends;
}

const first = wantedSeed();
const seeds = first === undefined ? failedOnce : [first];

test.each(seeds)('[F7] seed %i', (seed) => expect(runWorld(seed)).resolves.toBeUndefined());

test.each(
  Array.from(
    { length: first === undefined ? Math.ceil(WORLDS / WORLDS_PER_TEST) : 0 },
    (_, n) => n,
  ),
)(
  '[F7] [F9] [F10] [F11] [F13] [F41] what was answered survives every crash and every fault of a disk: worlds %i',
  async (block) => {
    const from = block * WORLDS_PER_TEST;
    for (let at = from; at < Math.min(WORLDS, from + WORLDS_PER_TEST); at++) {
      await expect(runWorld(at + 1)).resolves.toBeUndefined();
    }
  },
);

test('the worlds did what they are meant to try', () => {
  expect(first === undefined && worlds >= 500 ? tally.missing(EVENTS) : []).toEqual([]);
});

afterAll(() => {
  proved('lives of an embedded log', worlds, 'seeds from 1');
  console.log(`${worlds} log worlds, ${appends} durable appends: ${tally.toString()}`);
});
