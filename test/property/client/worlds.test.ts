// Whole worlds of real clients from a seed: pages and servers die in any step, networks, disks and
// tabs do what they do. A failure names its seed; seeds that ever failed stay in the list.

import { afterAll, describe, expect, test } from 'vitest';
import { takeStep } from '../../support/client-deeds.ts';
import { ClientWorld } from '../../support/client-world.ts';
import { count, seed as wantedSeed } from '../../support/count.ts';
import { proved } from '../../support/proved.ts';
import { Tally } from '../../support/tally.ts';

const STEPS = 50;
const WORLDS = count(1_000, 100_000);
const WORLDS_PER_TEST = 100;

/** Seeds whose worlds once failed. */
const failedOnce: readonly number[] = [1, 37, 78, 105, 111, 169, 212, 433, 686, 733, 818, 835, 902];

/** What must have happened somewhere, or the run has proved less than it says. */
const EVENTS = ['send', 'edit', 'annotate', 'cancel', 'rename', 'no: read-only'].concat(
  ['open', 'close', 'crash', 'freeze', 'thaw', 'sign out', 'disk full', 'disk has room'],
  ['network good', 'network refuses', 'network swallows', 'cut', 'half-open'],
  ['commit', 'compaction', 'server crash', 'restore', 'refused read-only of bob'],
  ['role editor', 'role commenter', 'role viewer', 'refused deed', 'kept as a draft'],
);
/** So few worlds need not show all of it. */
const ENOUGH = 300;

const tally = new Tally();
let worldsRun = 0;

async function runWorld(seed: number): Promise<void> {
  const world = new ClientWorld(seed, tally);
  try {
    await world.begin();
    for (let step = 0; step < STEPS && world.faults.length === 0; step++) await takeStep(world);
    await world.finish();
    worldsRun++;
  } catch (error) {
    world.fault(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    world.close();
  }
  if (world.faults.length === 0) return;
  if (wantedSeed() !== undefined) console.log(world.story.join('\n'));
  throw new Error(
    `The world of seed ${seed} failed; HOLDFAST_SEED=${seed} repeats it.\n${world.faults.join('\n')}`,
  );
}

function ranges(): readonly { readonly first: number; readonly worlds: number }[] {
  const wanted = wantedSeed();
  if (wanted !== undefined) return [{ first: wanted, worlds: 1 }];
  // Beyond the first ones: those that are tried anyway need not be tried twice.
  const all = failedOnce.filter((first) => first > WORLDS).map((first) => ({ first, worlds: 1 }));
  for (let first = 1; first <= WORLDS; first += WORLDS_PER_TEST) {
    all.push({ first, worlds: Math.min(WORLDS_PER_TEST, WORLDS - first + 1) });
  }
  return all;
}

describe('worlds of clients', () => {
  afterAll(() => {
    proved('worlds of clients, tabs, stores and a server', worldsRun, 'seeds from 1');
    console.log(`${worldsRun} worlds of clients: ${tally.toString()}`);
  });

  test.each(ranges())('[C92] [C93] $worlds worlds from seed $first', async ({ first, worlds }) => {
    for (let seed = first; seed < first + worlds; seed++) await runWorld(seed);
    expect(worldsRun).toBeGreaterThan(0);
  });

  test('everything that can happen did', () => {
    const wanted = wantedSeed() !== undefined || WORLDS < ENOUGH ? [] : EVENTS;
    expect(tally.missing(wanted)).toEqual([]);
  });
});
