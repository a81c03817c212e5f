// Every bound of the HTTP side, its files, its list and its desk, in one table, with its
// unit last in the name. What the wire bounds as well stands in src/protocol/limits.ts.

import { assert } from '../../src/base/assert.ts';
import { limits } from '../../src/protocol/limits.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const httpLimits = {
  /** Path and query; it may carry a token. */
  targetCharsMax: 8 * KiB,
  headerBytesMax: 16 * KiB,
  headersMsMax: 10_000,
  /** A whole request: an upload over a slow line is the longest. */
  requestMsMax: 300_000,
  /** A connection on which nothing moves. */
  idleMsMax: 120_000,
  keepAliveMs: 65_000,
  jsonBodyBytesMax: 512 * KiB,
  jsonBodyMsMax: 10_000,
  /** How long what nobody reads may still come after its answer, so that the answer is not cut off. */
  lingerMsMax: 5_000,
  readyMsMax: 2_000,
  /** When to come back after an answer that says so. */
  retryAfterSeconds: 5,

  /** Transcripts and states that are made or wait to be made. */
  rendersMax: 16,
  rendersPerPrincipalMax: 4,
  renderMsMax: 15_000,
  renderHeapMbMax: 512,
  /** What a session may hold to be made into a transcript or one update. */
  stateBytesMax: 64 * MiB,
  renderedBytesMax: 64 * MiB,
  /** Below it, compression costs more than it saves. */
  compressedBytesMin: 1 * KiB,

  /** The web app is kept in memory, with what is compressed of it. */
  webFilesMax: 5_000,
  webBytesMax: 64 * MiB,
  /** A year: what has its hash in its name never changes. */
  immutableSeconds: 31_536_000,

  fileBytesMax: 25 * MiB,
  sessionFileBytesMax: 500 * MiB,
  sessionFilesMax: 2_000,
  /** Files on their way, of all sessions. */
  uploadsMax: 32,
  uploadsPerPrincipalMax: 8,
  /** How long an upload may pause. */
  uploadIdleMsMax: 30_000,
  /** Sessions whose files this process remembers. */
  shelvesMax: 1_000,

  /** How often what a session looks like from outside is written, and how soon at first. */
  summaryEveryMs: 1_000,
  summarySoonMs: 50,
  /** Sessions on a page of the list, where nobody asks for another number. */
  listPageSessions: 50,

  /** Writes to desks that are under way. */
  rowWritesMax: 64,
  rowWritesPerPrincipalMax: 4,
  /** What waits for one reader of the library who does not take it. */
  libraryBufferBytesMax: 1 * MiB,
  /** News that wait for a reader's page. */
  libraryHeldMax: 1_000,
  /** Sessions of one principal of which changes are told live. */
  membershipsMax: 50_000,
  membershipsPage: 1_000,

  /** How long a browser may remember what pages of other origins may ask. */
  preflightSeconds: 600,

  /** Names that a metric may give to one label. */
  labelValuesMax: 100,
} as const;

assert(limits.tokenBytesMax < httpLimits.targetCharsMax, 'a token fits into a query');
assert(httpLimits.stateBytesMax <= httpLimits.renderedBytesMax, 'a state can be given as it is');
assert(httpLimits.jsonBodyMsMax < httpLimits.requestMsMax, 'a body is a part of a request');
assert(httpLimits.fileBytesMax <= httpLimits.sessionFileBytesMax, 'a file fits into a session');
assert(httpLimits.uploadIdleMsMax < httpLimits.requestMsMax, 'a pause is a part of a request');
