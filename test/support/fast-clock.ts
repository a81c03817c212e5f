// Time that passes faster than the world's, for what takes a client long in a real browser: the
// parts of the browser and of the network keep their own.

import { type Clock, systemClock } from '../../src/base/clock.ts';

export function fastClock(speed: number): Clock {
  const begun = systemClock.now();
  return {
    now: () => begun + (systemClock.now() - begun) * speed,
    after: (ms, callback) => systemClock.after(ms / speed, callback),
  };
}
