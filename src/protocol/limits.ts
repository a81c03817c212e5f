// Every bound of the wire, in one table, with its unit last in the name. They are
// checked while bytes are read, before anything is allocated for them, so each of
// them is also a bound on memory and on time. The budgets of an update leave room
// above the bounds of a session's writer (src/session/limits.ts): what can be
// written there in one step is accepted here.

import { assert } from '../base/assert.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** A whole frame, whatever it holds. */
  frameBytesMax: 8 * MiB + 16,

  /** One update as a peer sends it while it writes. */
  updateBytesMax: 256 * KiB,
  updateStructsMax: 5_000,
  updateClientsMax: 64,
  updateRangesMax: 500,
  updateTypesMax: 500,

  /** The one answer to SyncStep1, in which a peer uploads all that it wrote offline. */
  syncAnswerBytesMax: 8 * MiB,
  syncAnswerStructsMax: 100_000,
  syncAnswerClientsMax: 8_000,
  /** A stock peer names in each answer all that was ever deleted; how much of it may be new is the gate's. */
  syncAnswerRangesMax: 200_000,

  /** Clocks, and so lengths too, are below this. */
  clockBelow: 2 ** 31,
  /** What a varint may hold: clients of other Yjs ports have up to 53 bits. */
  varintBitsMax: 53,
  /** The key of a map, or the name of a root type. */
  keyBytesMax: 1 * KiB,
  /** Objects and arrays inside one another, in one JSON value. */
  jsonDepthMax: 16,
  /** Values in one JSON value, itself included. */
  jsonNodesMax: 20_000,
  /** Types inside one another, counted from the root, which is 0. */
  typeDepthMax: 8,

  stateVectorBytesMax: 64 * KiB,
  stateVectorClientsMax: 8_000,

  awarenessBytesMax: 256 * KiB,
  awarenessClientsMax: 1_000,
  /** What one client says of itself. */
  awarenessStateBytesMax: 4 * KiB,

  /** What a barrier carries is the sender's own affair, but short. */
  barrierBytesMax: 64,
  commandBytesMax: 64 * KiB,
  /** The reason in an auth frame. */
  reasonBytesMax: 1 * KiB,

  tokenBytesMax: 4 * KiB,
  /** The first frame of a connection: a token and its envelope. */
  helloBytesMax: 4 * KiB + 512,
  helloMsMax: 5_000,
  /** How long a token of a person may still be valid when it is shown; and what is advised. */
  tokenMsMax: 60 * 60 * 1_000,
  tokenAdvisedMs: 5 * 60 * 1_000,
  /** How far two clocks may be apart before a token counts as expired. */
  clockSkewMsMax: 30_000,
  tokenSessionsMax: 1_000,

  sessionIdCharsMin: 16,
  sessionIdCharsMax: 64,
  principalCharsMax: 256,
  nameCharsMax: 200,
  sentenceCharsMax: 2_000,
  /** Generations and incarnations: opaque words of the server. */
  wordCharsMax: 64,

  /** Lanes of one claim: one for the reply, one for each part that grows beside another. */
  claimLanesMax: 8,
  /** What a holder reports of what a run cost, as keys. */
  usageKeysMax: 64,
  /** Agents that a session is told of, by name. */
  agentNamesMax: 200,
  /** Runs that one agent connection may have at once. */
  agentRunsMax: 1_000,
  agentMessageBytesMax: 16 * KiB,

  /** A message of `WS /library`: a row, whose text is escaped once more, and its envelope. */
  libraryMessageBytesMax: 160 * KiB,
  /** What one may say without having been answered. */
  libraryRequestsMax: 32,
  titleCharsMax: 200,
  previewCharsMax: 200,
  /** Sessions in one message, or on one page. */
  listPageSessionsMax: 200,
  cursorCharsMax: 200,
  rowKeyCharsMax: 200,
  /** The value of a row, as JSON text in UTF-8. */
  rowBytesMax: 64 * KiB,
  /** Rows in one message. */
  rowsPageMax: 20,
  /** Rows of one principal. */
  rowsMax: 5_000,

  /** A stock client reconnects when it has heard nothing for 30 s, so something is sent this often. */
  heartbeatMs: 15_000,
  silenceMsMax: 30_000,
} as const;

/** What one update may hold. */
export interface UpdateBudget {
  readonly bytesMax: number;
  readonly structsMax: number;
  /** Clients with structs, and clients with deletions. */
  readonly clientsMax: number;
  readonly rangesMax: number;
  readonly typesMax: number;
}

/** An update as a peer sends it while it writes. */
export const updateBudget: UpdateBudget = {
  bytesMax: limits.updateBytesMax,
  structsMax: limits.updateStructsMax,
  clientsMax: limits.updateClientsMax,
  rangesMax: limits.updateRangesMax,
  typesMax: limits.updateTypesMax,
};

/** The answer to a SyncStep1 of the receiver, and nothing else. */
export const syncAnswerBudget: UpdateBudget = {
  bytesMax: limits.syncAnswerBytesMax,
  structsMax: limits.syncAnswerStructsMax,
  clientsMax: limits.syncAnswerClientsMax,
  rangesMax: limits.syncAnswerRangesMax,
  typesMax: limits.syncAnswerStructsMax,
};

const payloads = [
  limits.updateBytesMax,
  limits.syncAnswerBytesMax,
  limits.stateVectorBytesMax,
  limits.awarenessBytesMax,
  limits.barrierBytesMax,
  limits.commandBytesMax,
  limits.reasonBytesMax,
];
assert(Math.max(...payloads) < limits.frameBytesMax, 'every payload fits into a frame');
assert(limits.updateBytesMax < limits.syncAnswerBytesMax, 'an answer may hold many updates');
assert(limits.updateStructsMax < limits.syncAnswerStructsMax, 'an answer may hold many updates');
assert(limits.updateRangesMax < limits.syncAnswerRangesMax, 'an answer may hold many updates');
assert(limits.updateTypesMax < limits.updateStructsMax, 'a type is a struct');
assert(limits.clockBelow <= 2 ** 31, 'a clock fits into a small integer');
assert(limits.varintBitsMax === 53, 'what a double holds exactly');
assert(limits.tokenBytesMax < limits.helloBytesMax, 'a token fits into a hello');
assert(limits.helloBytesMax < limits.commandBytesMax, 'a hello is a command');
assert(limits.tokenAdvisedMs < limits.tokenMsMax, 'what is advised is allowed');
assert(limits.awarenessStateBytesMax < limits.awarenessBytesMax, 'a state fits into a frame');
assert(limits.heartbeatMs * 2 <= limits.silenceMsMax, 'one lost heartbeat cuts nobody');
assert(limits.rowBytesMax * 2 < limits.libraryMessageBytesMax, 'a row fits, escaped');
assert(limits.helloBytesMax < limits.libraryMessageBytesMax, 'a hello is a message');
