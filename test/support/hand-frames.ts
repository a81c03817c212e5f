// Frames and time for hooks, both moved on by hand.

import { type ManualClock, manualClock } from '../../src/base/clock.ts';
import type { FramePlatform } from '../../src/react/frames.ts';

export class HandFrames implements FramePlatform {
  readonly clock: ManualClock = manualClock(1_000);
  isVisible = true;
  #waiting = new Set<() => void>();

  /** How many callbacks wait for the next frame. */
  get waiting(): number {
    return this.#waiting.size;
  }

  frame(callback: () => void): (() => void) | undefined {
    if (!this.isVisible) return undefined;
    const own = (): void => callback();
    this.#waiting.add(own);
    return () => this.#waiting.delete(own);
  }

  /** Paints. */
  next(): void {
    const due = [...this.#waiting];
    this.#waiting.clear();
    for (const callback of due) callback();
  }
}
