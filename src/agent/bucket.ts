// How much an agent may write in a while: a bucket of characters that fills at a constant rate. It
// may be overdrawn by one flush, which the next one waits for, so that words are never cut. One
// bucket is shared by all runs of an agent: fifty of them at full speed starve nobody.

import type { Clock } from '../base/clock.ts';
import { limits } from './limits.ts';

export interface Pace {
  readonly charsPerSecond: number;
  readonly burstChars: number;
}

const defaults: Pace = {
  charsPerSecond: limits.charsPerSecondMax,
  burstChars: limits.burstChars,
};

export class Bucket {
  #clock: Clock;
  #pace: Pace;
  #chars: number;
  #at: number;

  constructor(clock: Clock, pace: Partial<Pace> = {}) {
    this.#clock = clock;
    this.#pace = { ...defaults, ...pace };
    this.#chars = this.#pace.burstChars;
    this.#at = clock.now();
  }

  /** Milliseconds until the next flush; 0 where it may go now. */
  get wait(): number {
    this.#fill();
    return this.#chars > 0 ? 0 : Math.ceil((1 - this.#chars) / (this.#pace.charsPerSecond / 1_000));
  }

  spend(chars: number): void {
    this.#fill();
    this.#chars -= chars;
  }

  /** A clock that jumps back fills nothing, one that jumps ahead fills the bucket once. */
  #fill(): void {
    const now = this.#clock.now();
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    const filled = this.#chars + (passed * this.#pace.charsPerSecond) / 1_000;
    this.#chars = Math.min(this.#pace.burstChars, filled);
  }
}
