import { expect, test } from 'vitest';
import { claimEvents, ClaimWorld } from '../../support/claim-world.ts';
import { Tally } from '../../support/tally.ts';
import { count } from '../../support/count.ts';

const tally = new Tally();
const worlds = count(40, 2_000);

test('[W180] [W181] [W178] every run ends in one state for all, every request has an answer, and the room knows what a document knows', async () => {
  for (let seed = 1; seed <= worlds; seed++) {
    const { problems } = await ClaimWorld.run(seed, 60, tally);
    expect(problems, `seed ${seed}`).toEqual([]);
  }
});

test('[W180] the worlds were not idle', () => {
  expect(tally.missing(claimEvents)).toEqual([]);
});
