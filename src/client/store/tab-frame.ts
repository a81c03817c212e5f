// What came from the server goes to the other tabs in frames. When several tabs are connected each
// gets the same words, and whoever speaks first spares the others: what was heard meanwhile is not
// said again.

import type { Clock } from '../../base/clock.ts';
import { extentOf, Knowledge } from './extent.ts';
import { storeLimits } from './limits.ts';
import { mergeRecords } from './merging.ts';

export class TabFrame {
  readonly #clock: Clock;
  readonly #say: (updates: readonly Uint8Array[]) => void;
  #heard = new Knowledge();
  #updates: Uint8Array[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(clock: Clock, say: (updates: readonly Uint8Array[]) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  add(update: Uint8Array): void {
    this.#updates.push(update);
    this.#stopTimer ??= this.#clock.after(storeLimits.tabFrameMs, () => this.flush());
  }

  hear(update: Uint8Array): void {
    const extent = extentOf(update);
    if (extent !== undefined) this.#heard.add(extent);
  }

  flush(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    const updates = this.#updates.filter((update) => {
      const extent = extentOf(update);
      return extent === undefined || !this.#heard.covers(extent);
    });
    this.#updates = [];
    if (updates.length > 0) this.#say(mergeRecords(updates));
  }

  /** The session was replaced: what waits is of another one. */
  reset(): void {
    this.#heard = new Knowledge();
    this.#updates = [];
  }
}
