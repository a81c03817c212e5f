// The app's one place that reads the time and waits: what a component needs of it is passed on
// from here, and a test of a pure part hands in a clock of its own.

import type { Clock } from 'holdfast';

export const clock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
