// The time of one party of a world: that of all, as long as it lives. What falls due while it
// stands still happens when it goes on.

import type { Clock } from '../../src/base/clock.ts';

export interface Fate {
  readonly isDead: () => boolean;
  /** Does it now, or when the party goes on. */
  readonly due: (act: () => void) => void;
}

export function mortalClock(clock: Clock, { isDead, due }: Fate): Clock {
  return {
    now: () => clock.now(),
    after: (ms, callback) => {
      let isOff = false;
      const stop = clock.after(ms, () => {
        if (isDead()) return;
        due(() => {
          if (!isOff && !isDead()) callback();
        });
      });
      return () => {
        isOff = true;
        stop();
      };
    },
  };
}
