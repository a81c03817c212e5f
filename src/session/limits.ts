// Every bound of a session document, in one table, with its unit last in the name.
// A writer is refused above a bound with a typed error; a reader leaves out what is
// above it and lists a fault, because other peers may run other code. The bounds
// stand below the budgets of the server's gate, so that what can be written here
// is also accepted there.

import { assert } from '../base/assert.ts';

export const limits = {
  /** Ids of messages, parts, runs and requests. */
  idCharsMax: 64,
  /** A principal's id: the `sub` of a token, which may be an address or a URL. */
  principalCharsMax: 256,
  nameCharsMax: 200,
  titleCharsMax: 200,
  /** A sentence: a reason, a comment, an error's message. */
  sentenceCharsMax: 2_000,
  urlCharsMax: 2_048,

  /** A prompt travels as one update frame, of which the gate takes 256 KiB. */
  promptBytesMax: 192 * 1024,
  promptPartsMax: 64,
  /** One JSON value inside a reply: a tool's input or output, the content of a data part. */
  valueBytesMax: 128 * 1024,
  jsonDepthMax: 16,
  /** A value inside a part: a copy in a fork holds it three levels deeper. */
  valueDepthMax: 13,
  jsonNodesMax: 20_000,

  replyPartsMax: 10_000,
  /** From this length on, the next append begins a new segment. */
  segmentSealChars: 2_000,
  /** No segment is ever longer: a longer append is cut into several. */
  segmentCharsMax: 4_000,
  /** What a reader takes for one segment before it stops reading. */
  segmentReadCharsMax: 64_000,

  /** How deep runs may nest below one another. */
  runDepthMax: 32,
  /** How many `replaced by` steps a reader follows. */
  replacementsMax: 64,

  /** The encoded document. At `budgetWarnRatio` a fault warns, at the whole writing is refused. */
  sessionBytesMax: 20 * 1024 * 1024,
  sessionStructsMax: 200_000,
  budgetWarnRatio: 0.8,

  /** Faults listed one by one; further ones are counted. */
  faultsListedMax: 100,
} as const;

assert(limits.segmentSealChars <= limits.segmentCharsMax, 'a sealed segment fits into one');
assert(limits.segmentCharsMax <= limits.segmentReadCharsMax, 'what is written can be read');
assert(limits.valueDepthMax + 3 <= limits.jsonDepthMax, 'a copied value is still JSON to a gate');
assert(limits.valueBytesMax < limits.promptBytesMax, 'a part fits into a frame');
assert(limits.budgetWarnRatio < 1, 'the warning comes before the refusal');
