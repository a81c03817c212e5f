// Every bound of the library and the desk on a device, in one table, with its unit last in
// the name. What the wire bounds as well stands in src/protocol/limits.ts.

import { assert } from '../../base/assert.ts';
import { limits } from '../../protocol/limits.ts';

const MiB = 1024 * 1024;

export const libraryLimits = {
  /** The server says something every 15 s; whoever hears nothing for so long has lost it. */
  silenceMsMax: 20_000,
  /** From the wish for a token to the first answer. */
  dialMsMax: 20_000,
  /** How long the answer to a question may take that is asked because the device woke up. */
  probeMsMax: 5_000,
  /** A connection that held so long begins again with short pauses. */
  steadyMs: 10_000,
  retryBaseMs: 500,
  retryMsMax: 30_000,
  /** After the server said that there is too much at once. */
  busyMsMin: 5_000,
  /** How long before its end a token is renewed. */
  renewBeforeMs: 60_000,
  renewAgainMs: 15_000,
  /** A timer holds no longer than 24 days. */
  timerMsMax: 2 ** 31 - 1,

  /** Sessions of the list that a device remembers. */
  listSessionsMax: 10_000,
  /** How long a deletion can be taken back, where nothing else is said. */
  undoMs: 10_000,
  /** How long after that the word of another tab, that it was taken back, is waited for. */
  undoGraceMs: 500,
  deletionsMax: 1_000,
  /** Sessions that were deleted are remembered, so that a late word of them brings nothing back. */
  deletedMax: 2_000,

  /** A row is sent this often, and stored this often, at most. */
  rowEveryMs: 1_000,
  /** When another tab's write is sent for it, should that tab be gone. */
  rescueMs: 10_000,
  rowAgainMs: 2_000,

  /** Sessions that are fetched at once. */
  downloadsMax: 2,
  /** What is fetched to be read offline, where nothing else is said. */
  offlineSessions: 50,
  offlineBytes: 100 * MiB,
  /** How long a session rests before it is fetched again. */
  restMs: 5_000,
  fetchMsMax: 60_000,
} as const;

assert(limits.heartbeatMs < libraryLimits.silenceMsMax, 'a beat comes before it is missed');
assert(libraryLimits.probeMsMax < libraryLimits.silenceMsMax, 'a question is quicker than silence');
assert(libraryLimits.retryBaseMs < libraryLimits.retryMsMax, 'pauses grow');
