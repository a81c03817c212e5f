// The name of a session on the wire: the last part of `/sync/:session`. Ours have
// 22 characters (128 bit, src/base/id.ts); other tools may bring their own, as long
// as nobody can guess them and every path, file and row can hold them.

import { limits } from './limits.ts';

const SHAPE = new RegExp(
  `^[A-Za-z0-9_-]{${limits.sessionIdCharsMin},${limits.sessionIdCharsMax}}$`,
);

/** Whether a foreign value names a session: 16 to 64 characters of `A-Za-z0-9_-`. */
export function isSessionId(value: unknown): value is string {
  return typeof value === 'string' && SHAPE.test(value);
}
