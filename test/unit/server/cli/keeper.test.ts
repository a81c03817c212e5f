// A process that is kept running, with processes that a test ends and time turned by hand.

import { expect, test } from 'vitest';
import type { Ending, Running } from '../../../../server/cli/child-process.ts';
import { Keeper, keeperLimits } from '../../../../server/cli/keeper.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock } from '../../../../src/base/clock.ts';

class Scene {
  readonly clock = manualClock();
  readonly said: string[] = [];
  readonly kills: string[] = [];
  starts = 0;
  isGivenUp = false;
  keeper: Keeper;
  #end: (ending: Ending) => void = () => undefined;

  constructor(seed = 1) {
    this.keeper = new Keeper({
      name: 'The agent x',
      start: () => this.#start(),
      clock: this.clock,
      chance: seededChance(seed),
      say: (sentence) => this.said.push(sentence),
      onGivenUp: () => {
        this.isGivenUp = true;
      },
    });
  }

  #start(): Running {
    this.starts++;
    const ended = new Promise<Ending>((resolve) => {
      this.#end = resolve;
    });
    const kill = (signal: NodeJS.Signals): void => void this.kills.push(signal);
    return { ended, lastWords: 'no server', kill };
  }

  async end(ending: Ending = { code: 1, signal: null }): Promise<void> {
    this.#end(ending);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }

  /** How long it takes until it is started again. */
  pause(): number {
    const { starts } = this;
    let ms = 0;
    for (; this.starts === starts && ms < 60_000; ms += 5) this.clock.advance(5);
    return ms;
  }
}

test('[A80] what ends is started again, after pauses that grow and differ, up to a bound', async () => {
  const pauses: number[][] = [];
  for (const seed of [1, 2]) {
    const scene = new Scene(seed);
    const taken: number[] = [];
    for (let ends = 1; ends < keeperLimits.endsMax; ends++) {
      await scene.end();
      const ms = scene.pause();
      const whole = Math.min(keeperLimits.pauseMsMax, keeperLimits.pauseMs * 2 ** (ends - 1));
      expect(ms).toBeGreaterThanOrEqual(whole / 2);
      expect(ms).toBeLessThanOrEqual(whole + 5);
      taken.push(ms);
    }
    pauses.push(taken);
    expect(scene.said).toEqual([]);
  }
  expect(pauses[0]).not.toEqual(pauses[1]);
});

test('[A81] what ends too often in a row is given up, in a sentence with its last words', async () => {
  const scene = new Scene();
  for (let ends = 1; ends < keeperLimits.endsMax; ends++) {
    await scene.end();
    scene.pause();
  }
  await scene.end({ code: null, signal: 'SIGKILL' });
  scene.clock.advance(600_000);
  expect(scene.starts).toBe(keeperLimits.endsMax);
  expect(scene.isGivenUp).toBe(true);
  expect(scene.said).toEqual([
    'The agent x ended 8 times in a row and is not started again. The last time it ended with SIGKILL, and said: no server',
  ]);
});

test('[A81] what ran for a while before it ended is not on its way to being given up', async () => {
  const scene = new Scene();
  for (let ends = 0; ends < 3 * keeperLimits.endsMax; ends++) {
    scene.clock.advance(keeperLimits.soonMs);
    await scene.end();
    expect(scene.pause()).toBeLessThanOrEqual(keeperLimits.pauseMs + 5);
  }
  expect(scene.isGivenUp).toBe(false);
});

test('[A80] it is told to stop, killed when it takes too long, and not started again', async () => {
  const scene = new Scene();
  const stopped = scene.keeper.stop();
  expect(scene.kills).toEqual(['SIGTERM']);
  scene.clock.advance(keeperLimits.stopMsMax);
  expect(scene.kills).toEqual(['SIGTERM', 'SIGKILL']);
  await scene.end();
  await stopped;
  scene.clock.advance(600_000);
  expect(scene.starts).toBe(1);
  const pausing = new Scene();
  await pausing.end();
  await pausing.keeper.stop();
  pausing.clock.advance(600_000);
  expect([pausing.starts, pausing.kills]).toEqual([1, []]);
});
