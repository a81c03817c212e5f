// One value that changes, as React sees it: it stands still between two frames, so that
// all components of one render see the same moment, and it listens to its source only
// while somebody listens to it. While nobody does it reads the source itself, because
// nothing of it is on any screen.

import { reportUncaught, type Unsubscribe } from '../base/emitter.ts';
import type { Flushed, Frames } from './frames.ts';

export interface Source<Value> {
  /** The value as of now; the same object while nothing changes. */
  read(): Value;
  /** Calls back whenever `read` may give another value. */
  listen(changed: () => void): Unsubscribe;
}

export class Feed<Value> implements Flushed {
  /** What a server renders, and a page while it takes over what a server rendered. */
  readonly blank: Value;
  #source: Source<Value>;
  #frames: Frames;
  #listeners = new Set<() => void>();
  #live: { value: Value; readonly stop: Unsubscribe } | undefined;

  constructor(source: Source<Value>, frames: Frames, blank: Value) {
    this.#source = source;
    this.#frames = frames;
    this.blank = blank;
  }

  /** Bound, because React takes it as a function. */
  readonly read = (): Value => (this.#live === undefined ? this.#source.read() : this.#live.value);

  /** Calls back in the frame after a change. */
  readonly subscribe = (listener: () => void): Unsubscribe => {
    const own = (): void => listener();
    this.#live ??= {
      stop: this.#source.listen(() => this.#frames.request(this)),
      value: this.#source.read(),
    };
    this.#listeners.add(own);
    return () => {
      if (this.#listeners.delete(own) && this.#listeners.size === 0) this.#rest();
    };
  };

  advance(): void {
    if (this.#live !== undefined) this.#live.value = this.#source.read();
  }

  announce(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        reportUncaught(error);
      }
    }
  }

  #rest(): void {
    this.#frames.forget(this);
    this.#live?.stop();
    this.#live = undefined;
  }
}
