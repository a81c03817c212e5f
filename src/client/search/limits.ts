// Every bound of search on a device, in one table, with its unit last in the name.

import { assert } from '../../base/assert.ts';

export const searchLimits = {
  queryCharsMax: 200,
  resultsMax: 100,
  results: 20,
  /** Of a message, as much as is searched. */
  messageCharsMax: 20_000,
  /** Of a session. */
  sessionCharsMax: 1_000_000,
  /** Of all sessions; beyond it the ones that were used least recently are not searched. */
  indexCharsMax: 20_000_000,
  /** What is indexed in one turn: a few milliseconds. */
  sliceCharsMax: 8_000,
  snippetChars: 160,
  /** How long a session rests before what changed in it is indexed. */
  restMs: 1_000,
  /** A result as old as this counts half as much more as one of now. */
  recencyMs: 30 * 24 * 60 * 60 * 1_000,
  /** Shorter words are meant as they are written. */
  fuzzyCharsMin: 4,
  wordCharsMax: 64,
} as const;

assert(
  searchLimits.sliceCharsMax < searchLimits.messageCharsMax,
  'a long message is more than a slice',
);
assert(
  searchLimits.messageCharsMax < searchLimits.sessionCharsMax,
  'a session holds many messages',
);
