// Whole worlds from a seed: everything the session can do, on a network that does
// everything a network can. A failure names its seed; seeds that ever failed stay in
// the list and are tried first.

import { afterAll, describe, expect, test } from 'vitest';
import { below, pick } from '../../src/base/chance.ts';
import { count, seed as wantedSeed } from '../support/count.ts';
import { proved } from '../support/proved.ts';
import { actAsPerson, personActs } from '../support/people.ts';
import { Tally } from '../support/tally.ts';
import { Workers } from '../support/workers.ts';
import { World } from '../support/world.ts';

const STEPS = 60;
const LONG_STEPS = 600;
const WORLDS = count(2_000, 100_000);
const LONG_WORLDS = Math.ceil(WORLDS / 200);
const WORLDS_PER_TEST = 100;

/** Seeds whose worlds once failed. */
const failedOnce: readonly number[] = [428, 11_057, 11_224];

/** What must have happened somewhere, or the run has proved less than it says. */
const EVENTS: readonly string[] = personActs.concat(
  ['lost up', 'repeated up', 'gap', 'lost down', 'repeated down', 'reordered down', 'merged down'],
  ['cut', 'healed', 'holes', 'crash', 'zombie', 'fenced', 'claim', 'takeover', 'text continued'],
  ['token', 'lane again', 'sub-run', 'settled', 'settled steer', 'refused steer'],
  ['obeyed cancel', 'obeyed approve', 'obeyed deny', 'ended complete', 'ended fail'],
  ['refused stale-epoch', 'refused already-answered', 'refused not-author'],
);

const tally = new Tally();
let worldsRun = 0;

/** One operation of somebody, then a few frames arrive somewhere. */
function takeStep(world: World, workers: Workers): void {
  const { chance, peers, people } = world;
  world.clock.advance(below(chance, 50));
  const act = below(chance, 20);
  const peer = pick(chance, peers);
  const person = pick(chance, people);
  if (peer === undefined || person === undefined) return;
  if (act === 0) {
    peer.link.cut = !peer.link.cut && below(chance, 3) === 0;
    tally.add(peer.link.cut ? 'cut' : 'healed');
  } else if (act <= 7) actAsPerson(world, person);
  else workers.act();
  for (let frames = below(chance, 8); frames > 0; frames--) {
    const receiver = pick(chance, peers) ?? peer;
    if (below(chance, 2) === 0) world.deliverUp(receiver);
    else world.deliverDown(receiver);
  }
}

function runWorld(seed: number, steps: number): void {
  const world = new World(seed, tally);
  const workers = new Workers(world);
  try {
    for (let step = 0; step < steps; step++) {
      takeStep(world, workers);
      world.check();
    }
    workers.finish();
    world.finish();
  } catch (cause) {
    throw new Error(`The world of seed ${seed} failed; HOLDFAST_SEED=${seed} repeats it.`, {
      cause,
    });
  }
}

/** Runs the worlds of consecutive seeds. Returns how many held. */
function runWorlds(first: number, worlds: number, steps: number): number {
  for (let seed = first; seed < first + worlds; seed++) runWorld(seed, steps);
  worldsRun += worlds;
  return worlds;
}

interface Range {
  readonly first: number;
  readonly worlds: number;
  readonly steps: number;
}

function ranges(): readonly Range[] {
  const wanted = wantedSeed();
  if (wanted !== undefined) {
    return [STEPS, LONG_STEPS].map((steps) => ({ first: wanted, worlds: 1, steps }));
  }
  const all: Range[] = failedOnce.map((first) => ({ first, worlds: 1, steps: STEPS }));
  for (let first = 0; first < WORLDS; first += WORLDS_PER_TEST) {
    all.push({ first, worlds: Math.min(WORLDS_PER_TEST, WORLDS - first), steps: STEPS });
  }
  all.push({ first: 1_000_000, worlds: LONG_WORLDS, steps: LONG_STEPS });
  return all;
}

describe('worlds', () => {
  afterAll(() => {
    proved('worlds of the session document, all peers with one session', worldsRun, 'seeds from 1');
    console.log(`${worldsRun} worlds: ${tally.toString()}`);
  });

  test.each(ranges())(
    '[S38] [S39] [S40] [S41] $worlds worlds of $steps steps from seed $first converge',
    ({ first, worlds, steps }) => {
      expect(runWorlds(first, worlds, steps)).toBe(worlds);
    },
  );

  test('everything that can happen did', () => {
    expect(tally.missing(wantedSeed() === undefined ? EVENTS : ['send'])).toEqual([]);
  });
});
