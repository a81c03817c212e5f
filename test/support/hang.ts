// A guard against a test that waits for ever for another process or a socket. It is no
// expectation: nothing is judged by it, it only says what was waited for, long before the
// runner would end the whole file without a word.

import { systemClock } from '../../src/base/clock.ts';

/** Far beyond what a slow machine needs. */
const HANG_MS = 60_000;

/** The promise, or an error that names what never came. */
export function within<T>(promise: Promise<T>, what: string, ms: number = HANG_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = systemClock.after(ms, () =>
      reject(new Error(`waited ${ms} ms in vain for ${what}`)),
    );
    promise.then(resolve, reject).finally(cancel);
  });
}
