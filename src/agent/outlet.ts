// When written words leave. At once while nothing of this run is in flight, because waiting for a
// timer would cost the reader; gathered while something is, because that halves the bytes
// everywhere; never longer than 50 ms, unless the agent has written more than its share.
//
//     wrote --quiet, within the share--> flush
//       |                                  ^
//       '--> gather --quiet | 50 ms -------'        (later where the bucket is overdrawn)

import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { ReplyWriter } from '../session/reply.ts';
import type { Bucket } from './bucket.ts';
import type { Hold } from './hold.ts';
import { limits } from './limits.ts';

export class Outlet {
  #reply: ReplyWriter;
  #hold: Hold;
  #clock: Clock;
  #bucket: Bucket;
  /** Since the last flush. */
  #chars = 0;
  #parts = 0;
  #timer: (() => void) | undefined;
  #waiting: (() => void)[] = [];
  #stopHearing: Unsubscribe;
  #closed = false;

  constructor(reply: ReplyWriter, hold: Hold, clock: Clock, bucket: Bucket) {
    this.#reply = reply;
    this.#hold = hold;
    this.#clock = clock;
    this.#bucket = bucket;
    this.#stopHearing = hold.onQuiet(() => this.#leave());
  }

  /** So many characters were written. */
  wrote(chars: number): void {
    this.#chars += chars;
    this.#leave();
  }

  /** A part was begun or changed; `chars` is about how much it holds. */
  changed(chars: number): void {
    this.#parts++;
    this.wrote(chars);
  }

  /** Hands on all that was written. */
  flush(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#closed) return;
    this.#bucket.spend(this.#chars);
    this.#chars = 0;
    this.#parts = 0;
    this.#reply.flush();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when there is room for more words. Whoever waits for it never outruns the wire. */
  room(): Promise<void> {
    if (this.#closed || this.#chars < limits.backlogCharsMax) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hands on nothing more. */
  close(): void {
    this.#timer?.();
    this.#timer = undefined;
    this.#closed = true;
    this.#stopHearing();
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  #leave(): void {
    if (this.#closed || (this.#chars === 0 && this.#parts === 0)) return;
    const isFull = this.#chars >= limits.updateCharsMax || this.#parts >= limits.updatePartsMax;
    if (isFull) return this.flush();
    if (!this.#hold.isQuiet) return this.#gather(limits.gatherMsMax);
    const wait = this.#bucket.wait;
    if (wait === 0) this.flush();
    else this.#gather(wait);
  }

  #gather(ms: number): void {
    this.#timer ??= this.#clock.after(ms, () => {
      this.#timer = undefined;
      const wait = this.#bucket.wait;
      if (wait === 0) this.flush();
      else this.#gather(wait);
    });
  }
}
