// Rooms in worlds of a seed: whatever peers, log and compaction do, in whatever order, nobody is
// shown what could still be lost, durable means durable, and everybody ends with the same session.

import { expect, test } from 'vitest';
import { count, seed as wantedSeed } from '../../support/count.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { RoomWorld, roomEvents } from '../../support/room-world.ts';
import { Tally } from '../../support/tally.ts';

const WORLDS = count(200, 10_000);
const WORLDS_PER_TEST = 50;
const STEPS = 150;

const tally = new Tally();

async function problemsOf(seed: number): Promise<readonly string[]> {
  const world = new RoomWorld(seed, tally);
  await world.run(STEPS);
  tally.add('worlds');
  return world.problems.map((problem) => `HOLDFAST_SEED=${seed}: ${problem}`);
}

const first = wantedSeed();
const blocks = first === undefined ? Math.ceil(WORLDS / WORLDS_PER_TEST) : 0;

test.runIf(first !== undefined)('[W151] [W152] the world that was asked for', async () => {
  expect(await problemsOf(first ?? 0)).toEqual([]);
});

test.each(Array.from({ length: blocks }, (_, at) => at))(
  '[W151] [W152] [W153] [F8] [F22] nothing is shown or called durable that is not committed: worlds %i',
  async (block) => {
    const from = block * WORLDS_PER_TEST + 1;
    const to = Math.min(WORLDS, from + WORLDS_PER_TEST - 1);
    for (let seed = from; seed <= to; seed++) expect(await problemsOf(seed)).toEqual([]);
  },
);

test.runIf(first === undefined && WORLDS >= 100)('[W151] the worlds were not idle', () => {
  proved('worlds of rooms', WORLDS, seedsFrom(1, WORLDS));
  console.log(`room: ${tally.toString()}`);
  expect(tally.missing(roomEvents)).toEqual([]);
});
