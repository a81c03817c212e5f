// Keeps one process running: when it ends unasked it is started again, after a pause that grows with each
// time it ended soon, and differs from keeper to keeper. After too many times in a row it is
// given up, and that is said, with what it said last.
//
//     running --ended--> pausing --pause over--> running        lived long enough: the count begins anew
//        |                  '--too often--> given up
//        '--stop--> stopping --ended--> stopped

import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Ending, Running } from './child-process.ts';

export const keeperLimits = {
  pauseMs: 250,
  pauseMsMax: 10_000,
  /** Ends in a row after which it is given up. */
  endsMax: 8,
  /** Whoever lived so long did not end soon. */
  soonMs: 30_000,
  /** After SIGTERM; then it is killed. An agent drains, a server writes what it has. */
  stopMsMax: 12_000,
} as const;

export interface KeeperParts {
  /** For people. */
  readonly name: string;
  readonly start: () => Running;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Hears a sentence when something is wrong. */
  readonly say: (sentence: string) => void;
  readonly onGivenUp?: () => void;
}

export class Keeper {
  #parts: KeeperParts;
  #running: Running | undefined;
  #ends = 0;
  #isStopping = false;
  #cancel: () => void = () => undefined;

  /** `running`: what was started already. */
  constructor(parts: KeeperParts, running?: Running) {
    this.#parts = parts;
    this.#watch(running ?? parts.start());
  }

  /** Resolves when it has ended: by itself in time, or killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancel();
    const running = this.#running;
    if (running === undefined) return;
    running.kill('SIGTERM');
    const cancel = this.#parts.clock.after(keeperLimits.stopMsMax, () => running.kill('SIGKILL'));
    await running.ended;
    cancel();
  }

  #watch(running: Running): void {
    this.#running = running;
    this.#cancel = this.#parts.clock.after(keeperLimits.soonMs, () => {
      this.#ends = 0;
    });
    void running.ended.then((ending) => this.#ended(running, ending));
  }

  #ended(running: Running, ending: Ending): void {
    this.#running = undefined;
    this.#cancel();
    if (this.#isStopping) return;
    this.#ends++;
    const { name, say, clock, start, onGivenUp } = this.#parts;
    if (this.#ends >= keeperLimits.endsMax) {
      say(
        `${name} ended ${this.#ends} times in a row and is not started again. ${howOf(running, ending)}`,
      );
      return onGivenUp?.();
    }
    this.#cancel = clock.after(this.#pauseMs(), () => this.#watch(start()));
  }

  /** Between half and all of what it may be. */
  #pauseMs(): number {
    const { pauseMs, pauseMsMax } = keeperLimits;
    const whole = Math.min(pauseMsMax, pauseMs * 2 ** (this.#ends - 1));
    return whole / 2 + (whole / 2) * (this.#parts.chance.uint32() / 2 ** 32);
  }
}

function howOf({ lastWords }: Running, { code, signal }: Ending): string {
  const how = `The last time it ended with ${signal ?? `exit code ${code}`}`;
  return lastWords === '' ? `${how}.` : `${how}, and said: ${lastWords}`;
}
