// Whether a socket still lives. A connection that is gone without a word looks open for minutes:
// after so long without a word from a server that says something every 15 s it is asked, and
// given up when it does not answer. When the device wakes it is asked at once. Anything that
// comes is a sign of life.

import type { Clock } from '../../base/clock.ts';
import { connectionLimits } from './limits.ts';

interface PulseParts {
  readonly clock: Clock;
  /** Makes the server say something. False: it would not. */
  readonly probe: () => boolean;
  /** Bytes that wait to be taken by the network: a question waits behind them. */
  readonly backlog: () => number;
  readonly dead: () => void;
}

export class Pulse {
  #parts: PulseParts;
  #heardAt: number;
  #stop: (() => void) | undefined;
  #isAsking = false;

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#heardAt = parts.clock.now();
    this.#watch(connectionLimits.quietMsMax);
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = this.#parts.clock.now();
    if (!this.#isAsking) return;
    this.#isAsking = false;
    this.#watch(connectionLimits.quietMsMax);
  }

  /** The device woke up: what was open need not be any more. */
  wake(): void {
    if (!this.#isAsking && this.#parts.probe()) this.#await(this.#parts.backlog());
  }

  end(): void {
    this.#stop?.();
  }

  /** The timer is not set anew for each message, but looks back when it is due. */
  #watch(ms: number): void {
    this.#set(ms, () => {
      const quiet = this.#parts.clock.now() - this.#heardAt;
      // A clock that was set back says nothing; then it is waited for once more.
      const left = quiet < 0 ? 0 : connectionLimits.quietMsMax - quiet;
      if (left > 0) return this.#watch(left);
      this.#parts.probe();
      this.#await(0);
    });
  }

  /** `backlog`: as long as it becomes smaller, somebody takes it. */
  #await(backlog: number): void {
    this.#isAsking = true;
    this.#set(connectionLimits.answerMsMax, () => {
      const left = this.#parts.backlog();
      if (left < backlog) this.#await(left);
      else this.#parts.dead();
    });
  }

  #set(ms: number, callback: () => void): void {
    this.#stop?.();
    this.#stop = this.#parts.clock.after(ms, callback);
  }
}
