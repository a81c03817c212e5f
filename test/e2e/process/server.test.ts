// A real server that peers write to, killed at named points of its log and at any moment, and
// started again on what it left.

import { afterAll, expect, test } from 'vitest';
import { count, seed } from '../../support/count.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { killedServer, type ServerLife } from '../../support/server-kill.ts';

const KILLS = count(15, 1_000);
/** Each folder is killed and started again so often. */
const KILLS_PER_FOLDER = 5;

const lives: ServerLife[] = [];
const from = seed() ?? 1;

test.each(Array.from({ length: Math.ceil(KILLS / KILLS_PER_FOLDER) }, (_, index) => from + index))(
  '[F7] [F8] [F9] a killed server has all that it said is durable and all that it showed: seed %i',
  async (one) => {
    const life = await killedServer(one, KILLS_PER_FOLDER);
    lives.push(life);
    expect(life.problems).toEqual([]);
    expect(life.kills).toBe(KILLS_PER_FOLDER);
  },
);

afterAll(() => {
  const sum = (of: (life: ServerLife) => number): number =>
    lives.reduce((all, life) => all + of(life), 0);
  const [kills, points] = [sum((life) => life.kills), sum((life) => life.atPoints)];
  const [barriers, words] = [sum((life) => life.barriers), sum((life) => life.words)];
  const shown = sum((life) => life.shown);
  proved(
    'kills of a server under load; acknowledged and shown words are there',
    kills,
    seedsFrom(from, lives),
  );
  console.log(
    `${kills} kills, ${points} of them at a point; ${barriers} barriers came back; after the kills ` +
      `${words} durable words and ${shown} clients that were shown were looked for`,
  );
});
