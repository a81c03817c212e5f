// Every bound and term of a connection, in one table, with its unit last in the name. Those of
// what crosses the wire are in src/protocol/limits.ts.

import { assert } from '../../base/assert.ts';
import { limits as wire } from '../../protocol/limits.ts';

const KiB = 1024;

export const connectionLimits = {
  /** The first retry comes within this, at random; each further one within twice as long. */
  retryMs: 250,
  retryMsMax: 30_000,
  /** How long an app may take to give a token. */
  tokenMsMax: 30_000,
  /** From dialling to an open socket: a network that swallows it never says no. */
  openMsMax: 10_000,
  /** Without a step forward, between an open socket and the whole of the session. */
  syncMsMax: 20_000,
  /** A connection that lived for so long was a good one: the next retry is a first one again. */
  steadyMs: 5_000,
  /** The server says something every 15 s. After so long without a word it is asked... */
  quietMsMax: wire.heartbeatMs + 1_000,
  /** ...and has so long to answer, or the socket is dead. */
  answerMsMax: 4_000,
  /** An attempt that is older than this when the device wakes is begun anew. */
  staleMs: 2_000,

  /** The socket is given no more while it holds so much that was not sent. */
  backlogBytesMax: 512 * KiB,
  /** How often it is looked at again then; a WebSocket has no event for it. */
  backlogLookMs: 50,
  /** Larger texts and lists of values are sent in pieces. */
  pieceBytesMax: 60 * KiB,
  /** What the structs of one update frame may take; beside them stand heads. */
  chunkBytesMax: wire.updateBytesMax - 8 * KiB,

  /** A renewal comes not sooner than this, and not later. */
  renewMsMin: 5_000,
  renewMsMax: 24 * 60 * 60 * 1_000,
  /** What is left of a token of which nothing else is known: the clocks are far apart. */
  renewUnknownMs: 60_000,
  /** How long the server may take to judge a new token. */
  renewAnswerMsMax: 15_000,
} as const;

assert(
  connectionLimits.quietMsMax + connectionLimits.answerMsMax <= 20_000,
  'a half-open socket is found within 20 s',
);
assert(connectionLimits.quietMsMax > wire.heartbeatMs, 'a beat is given time to come');
assert(
  connectionLimits.chunkBytesMax + wire.updateClientsMax * 24 < wire.updateBytesMax,
  'a chunk and its heads are an update',
);
