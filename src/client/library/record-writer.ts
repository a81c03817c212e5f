// Writes records behind the work: the latest value of each key, once a second at most, in the
// order in which the keys came. What the store cannot take it tells by itself; nothing here
// waits for it.

import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { libraryLimits as limits } from './limits.ts';
import type { Records } from './ports.ts';

export class RecordWriter {
  #records: Records;
  #clock: Clock;
  /** Undefined deletes. */
  #waiting = new Map<string, Json | undefined>();
  #work: Promise<void> = Promise.resolve();
  #stop: (() => void) | undefined;

  constructor(records: Records, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  put(key: string, value: Json | undefined): void {
    this.#waiting.set(key, value);
    this.#stop ??= this.#clock.after(limits.rowEveryMs, () => void this.flush());
  }

  /** Resolves when what was put is stored, or cannot be. */
  flush(): Promise<void> {
    this.#stop?.();
    this.#stop = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [key, value] of waiting) {
      const write = (): Promise<void> =>
        value === undefined ? this.#records.delete(key) : this.#records.set(key, value);
      this.#work = this.#work.then(write).catch(() => undefined);
    }
    return this.#work;
  }
}
