// Every bound of an agent, in one table, with its unit last in the name. What a session or the
// wire bounds stands there; these are about how an agent behaves between them.

import { assert } from '../base/assert.ts';
import { limits as session } from '../session/limits.ts';

export const limits = {
  /** Words are gathered no longer than this while something is in flight. */
  gatherMsMax: 50,
  /** Handed on at once from here on, so that no update comes near the 256 KiB of a frame. */
  updateCharsMax: 32_000,
  /** Parts in one update: each takes a few structs of the 5,000 of a frame, and a type of its 500. */
  updatePartsMax: 50,
  /** Words that were taken and not handed on: above it a writer that asks is told to wait. */
  backlogCharsMax: 16_000,

  /** What one agent may write, all its runs together: far above what models give, far below what a server takes. */
  charsPerSecondMax: 60_000,
  burstChars: 30_000,

  /** How long a cancelled handler may add last words. */
  lastWordsMs: 2_000,
  /** How long a handler may go on when its process is told to stop. */
  drainMs: 10_000,
  /** How often a step is tried. */
  stepAttemptsMax: 3,
  /** The pause before a step is tried again; doubled each time. */
  stepPauseMs: 500,
  stepPauseMsMax: 30_000,
  /** How often a claim is renewed. It expires after 10 s, which the server says. */
  heartbeatMs: 3_000,
  /** How long a question waits that the server could not answer now. */
  askAgainMs: 500,
  /** After which a run is looked at again that was not to be had. */
  lookAgainMs: 2_000,
  /** Lanes asked for with a claim: one for the reply, the rest for parts that grow side by side. */
  claimLanes: 4,
  /** How long a granted run may take to be seen in the document. */
  grantSeenMsMax: 10_000,
  /** How long a session stays joined when its last run has ended. */
  lingerMs: 10_000,
  /** Twice what the server beats in: then the connection is taken for dead. */
  silenceMsMax: 32_000,
  /** How long before its end a token is renewed. */
  renewAheadMs: 30_000,
  renewMsMax: 24 * 60 * 60 * 1_000,
  /** How often a run is taken over before it fails. */
  attemptsMax: 3,
} as const;

assert(limits.updateCharsMax * 3 < session.promptBytesMax, 'what is handed on fits into a frame');
assert(limits.backlogCharsMax <= limits.updateCharsMax, 'a writer waits before words must go');
assert(limits.stepPauseMs <= limits.stepPauseMsMax, 'a pause grows up to its bound');
