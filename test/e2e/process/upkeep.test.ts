// Commands of an operator beside a real server to which people write all the time.

import { afterAll, expect, test } from 'vitest';
import { count, seed } from '../../support/count.ts';
import { proved, seedsFrom } from '../../support/proved.ts';
import { upkept, type Upkept } from '../../support/upkeep-world.ts';

const worlds: Upkept[] = [];
const from = seed() ?? 1;

test.each(Array.from({ length: count(1, 60) }, (_, index) => from + index))(
  '[W127] [W128] [W129] what is read beside a busy server was committed: seed %i',
  async (one) => {
    const world = await upkept(one);
    worlds.push(world);
    const { problems, ...happened } = world;
    expect(problems).toEqual([]);
    expect(Math.min(...Object.values(happened))).toBeGreaterThan(0);
  },
);

afterAll(() => {
  const sum = (of: (world: Upkept) => number): number =>
    worlds.reduce((all, world) => all + of(world), 0);
  const [exports, backups] = [sum((world) => world.exports), sum((world) => world.backups)];
  const [steps, merged] = [sum((world) => world.steps), sum((world) => world.merged)];
  const { length } = worlds;
  proved(
    'busy servers that were exported, backed up and verified',
    length,
    seedsFrom(from, worlds),
  );
  console.log(`${exports} exports, ${backups} backups, ${steps} steps, ${merged} records merged`);
});
