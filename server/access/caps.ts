// How many connections somebody may have and make, counted by address before the token is
// looked at, and by principal after. Making them is counted in a bucket that fills up
// again with time (token bucket), so that a whole office may come back at once, and nobody
// for ever. What is counted is forgotten once it says nothing any more, and bounded: a
// stranger with many addresses must not fill our memory.

import { systemClock, type Clock } from '../../src/base/clock.ts';
import { addressCap, principalCap, type CapLimits } from './limits.ts';

export type CapVerdict =
  | {
      readonly ok: true;
      /** When the connection has ended, once or more often. */
      readonly release: () => void;
    }
  | CapRefusal;

export interface CapRefusal {
  readonly ok: false;
  readonly code: 'busy';
  /** `entries`: of too many different ones there are connections already. */
  readonly cap: 'open' | 'rate' | 'entries';
  /** When another try may be worth it. */
  readonly retryAfterMs: number;
}

interface Count {
  open: number;
  /** How many may be made at `at`. */
  left: number;
  at: number;
}

/** Without a release there is no time at which it would be better. */
const OPEN_RETRY_MS = 5_000;

export class Cap {
  #limits: CapLimits;
  #clock: Clock;
  #counts = new Map<string, Count>();
  #stopSweep: (() => void) | undefined;

  constructor(limits: CapLimits, clock: Clock = systemClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** How many addresses or principals are remembered. */
  get entries(): number {
    return this.#counts.size;
  }

  /** Asks for one more connection. One that is refused counts for nothing. */
  take(key: string): CapVerdict {
    const { openMax, entriesMax, perSecond } = this.#limits;
    const count = this.#counts.get(key) ?? this.#fresh();
    this.#fill(count);
    if (count.open >= openMax) return busy('open', OPEN_RETRY_MS);
    if (count.left < 1) return busy('rate', Math.ceil(((1 - count.left) / perSecond) * 1_000));
    if (!this.#counts.has(key) && this.#counts.size >= entriesMax) {
      return busy('entries', this.#limits.sweepMs);
    }
    count.open += 1;
    count.left -= 1;
    this.#counts.set(key, count);
    this.#sweepLater();
    let released = false;
    return {
      ok: true,
      release: () => {
        if (!released) count.open -= 1;
        released = true;
      },
    };
  }

  /** Ends the timer; what is counted stays right. */
  stop(): void {
    this.#stopSweep?.();
    this.#stopSweep = undefined;
  }

  #fresh(): Count {
    return { open: 0, left: this.#limits.burstMax, at: this.#clock.now() };
  }

  /** A clock that jumped back fills nothing, and takes nothing away. */
  #fill(count: Count): void {
    const now = this.#clock.now();
    const seconds = Math.max(0, now - count.at) / 1_000;
    count.left = Math.min(this.#limits.burstMax, count.left + seconds * this.#limits.perSecond);
    count.at = now;
  }

  #sweepLater(): void {
    this.#stopSweep ??= this.#clock.after(this.#limits.sweepMs, () => {
      this.#stopSweep = undefined;
      this.#sweep();
      if (this.#counts.size > 0) this.#sweepLater();
    });
  }

  #sweep(): void {
    for (const [key, count] of this.#counts) {
      this.#fill(count);
      if (count.open === 0 && count.left >= this.#limits.burstMax) this.#counts.delete(key);
    }
  }
}

export interface Caps {
  readonly address: Cap;
  readonly principal: Cap;
}

export interface CapsOptions {
  readonly clock?: Clock;
  readonly address?: Partial<CapLimits>;
  readonly principal?: Partial<CapLimits>;
}

export function createCaps(options: CapsOptions = {}): Caps {
  return {
    address: new Cap({ ...addressCap, ...options.address }, options.clock),
    principal: new Cap({ ...principalCap, ...options.principal }, options.clock),
  };
}

function busy(cap: CapRefusal['cap'], retryAfterMs: number): CapRefusal {
  return { ok: false, code: 'busy', cap, retryAfterMs };
}
