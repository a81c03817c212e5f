// Real processes that write to a log and are killed: at named points, and at any moment.

import { afterAll, expect, test } from 'vitest';
import { count, seed } from '../../support/count.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { killedWriter, type Life } from '../../support/log-kill.ts';

const KILLS = count(15, 1_000);
/** Each folder is killed and opened again so often. */
const KILLS_PER_FOLDER = 5;

const lives: Life[] = [];
const from = seed() ?? 1;

test.each(Array.from({ length: Math.ceil(KILLS / KILLS_PER_FOLDER) }, (_, index) => from + index))(
  '[F7] [F9] [F102] a killed process loses nothing that it was told is durable: seed %i',
  async (one) => {
    const life = await killedWriter(one, KILLS_PER_FOLDER);
    lives.push(life);
    expect(life.kills).toBe(KILLS_PER_FOLDER);
    expect(life.problems).toEqual([]);
  },
);

afterAll(() => {
  const sum = (of: (life: Life) => number): number =>
    lives.reduce((all, life) => all + of(life), 0);
  const [kills, appends] = [sum((life) => life.kills), sum((life) => life.appends)];
  const deletions = sum((life) => life.deletions);
  proved('kills of a process that writes to a log', kills, seedsFrom(from, lives));
  console.log(`${kills} kills, ${appends} durable appends, ${deletions} deletions`);
});
