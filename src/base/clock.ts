// Where the package gets its time. A clock is passed in wherever time matters, so
// that a test turns it by hand and a world replays from its seed. Wall-clock time
// is used for stamps that people read; nothing here is monotonic, so no order and
// no lease may hang on `now` alone.

export interface Clock {
  /** Milliseconds since 1970 (UTC). May jump, in both directions. */
  now(): number;
  /** Calls back once after `ms` milliseconds, unless the returned function was called before. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export interface ManualClock extends Clock {
  /** Moves time on and calls what falls due, in order of its time, then of its making. */
  advance(ms: number): void;
}

/** A clock that stands still until it is advanced. Starts at `start` milliseconds. */
export function manualClock(start = 0): ManualClock {
  let now = start;
  let timers: { due: number; callback: () => void }[] = [];
  const nextDue = (until: number): (typeof timers)[number] | undefined => {
    let first: (typeof timers)[number] | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  };
  return {
    now: () => now,
    after(ms, callback) {
      const timer = { due: now + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = now + ms;
      for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
        const due = timer;
        timers = timers.filter((other) => other !== due);
        now = Math.max(now, due.due);
        due.callback();
      }
      // A callback may have advanced it further.
      now = Math.max(now, until);
    },
  };
}
