// Empties the journal into the store, in the background: in the order of the journal, one
// transaction at a time, some moments after the records came, so that a move takes many.
// A journal file is removed when nothing in it is needed any more and the store no longer
// hangs on its own write-ahead log. While the store cannot take anything, what is in the
// journal waits in memory, up to a bound, and is tried again.

import type { Clock } from '../../src/base/clock.ts';
import type { Pass } from './crash-point.ts';
import { storeFault, type StoreFault } from './fault.ts';
import type { Journal } from './journal.ts';
import type { Store } from './store.ts';
import type { Tail } from './tail.ts';

export interface MoverLimits {
  /** How long records wait for others to be moved with. */
  readonly waitMs: number;
  /** With so much waiting, nothing more is waited for. */
  readonly waitBytesMax: number;
  readonly moveBytesMax: number;
  readonly retryMs: number;
}

export const moverLimits: MoverLimits = {
  waitMs: 1_000,
  waitBytesMax: 1024 * 1024,
  moveBytesMax: 2 * 1024 * 1024,
  retryMs: 1_000,
};

export interface MoverParts {
  readonly tail: Tail;
  readonly journal: Journal;
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: MoverLimits;
  readonly pass: Pass | undefined;
  /** Called with every fault, and with undefined when a move went well. */
  readonly onFault: (fault: StoreFault | undefined) => void;
}

export class Mover {
  #parts: MoverParts;
  #moving: Promise<void> | undefined;
  #timer: (() => void) | undefined;
  #stopped = false;

  constructor(parts: MoverParts) {
    this.#parts = parts;
  }

  /** Something came: moves it at a good time. */
  nudge(): void {
    const { tail, limits } = this.#parts;
    if (tail.bytes >= limits.waitBytesMax) this.#start();
    else this.#startIn(limits.waitMs);
  }

  /** Moves all that is durable now, and removes the files that this empties. Rejects with a StoreFault. */
  async flush(): Promise<void> {
    const { tail } = this.#parts;
    for (const until = tail.added; tail.dropped < until;) await this.#step();
    // One that is under way may have begun before the files were closed.
    await this.#moving;
    if (this.#removable(this.#parts.journal.current).length > 0) await this.#step();
  }

  /** No move begins any more by itself. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.();
    this.#timer = undefined;
  }

  /** The move under way, or a new one. */
  #step(): Promise<void> {
    this.#moving ??= this.#move().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  #start(): void {
    if (this.#moving !== undefined || this.#stopped) return;
    const { tail, limits } = this.#parts;
    const again = (ms: number): void => {
      if (tail.dropped < tail.added) this.#startIn(ms);
    };
    this.#step().then(
      () => (tail.bytes >= limits.waitBytesMax ? this.#start() : again(limits.waitMs)),
      () => again(limits.retryMs),
    );
  }

  #startIn(ms: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = this.#parts.clock.after(ms, () => {
      this.#timer = undefined;
      this.#start();
    });
  }

  async #move(): Promise<void> {
    const { tail, journal, store, clock, limits, pass, onFault } = this.#parts;
    const records = tail.oldest(limits.moveBytesMax);
    const floor = tail.fileAfter(records.length) ?? journal.current;
    try {
      if (pass !== undefined) await pass('before-move');
      await store.move(records, floor, clock.now());
      if (pass !== undefined) await pass('after-move');
      tail.drop(records.length);
      const done = this.#removable(floor);
      if (done.length > 0) await store.checkpoint();
      for (const file of done) await journal.remove(file);
    } catch (error) {
      const fault = storeFault(error);
      onFault(fault);
      throw fault;
    }
    onFault(undefined);
  }

  #removable(floor: number): readonly number[] {
    return this.#parts.journal.closed.filter((file) => file < floor);
  }
}
