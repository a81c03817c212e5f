// Why an update that can be read is refused all the same. The names travel in `refused`
// commands beside those of the wire (src/protocol/refusal.ts), so none is ever renamed or
// used for something else.

import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import type { WireRule } from '../../src/protocol/refusal.ts';

export const gateRules = {
  'read-only': 'the sender may read, not write',
  right: 'the sender may not write there',
  'client-bound': 'a client that belongs to another principal',
  'client-refused': 'an earlier update of this client was refused',
  'server-client': 'a client that only the server writes under',
  root: 'a root that a session does not have',
  shape: 'a map entry without a key, a key without a map, or something else than words in a text',
  'parent-type': 'a parent that is no type',
  'type-depth': 'types nested too deep',
  'key-length': 'several values under one key',
  'right-origin': 'something is put before something else; entries are only ever appended',
  circle: 'two structs that wait for one another',
  'delete-count': 'too many deletions at once',
  'lane-lost': 'a lane of a claim that is over',
  lane: 'a reply that is not written under the lanes of the claim on its run, or such a lane elsewhere',
  author: 'words in a message of another principal',
  identity: 'the name of another principal, where whoever writes gives its own',
  bookkeeping: 'what only the server writes of a run',
  once: 'what is written once: a run, a request',
  'session-full': 'the session has as much in it as a session may have',
} as const;

export type GateRule = keyof typeof gateRules | WireRule;

/** Rules that say how much, which a stock client is told by another code. */
const sizeRules: ReadonlySet<GateRule> = new Set([
  'frame-bytes',
  'struct-count',
  'client-count',
  'range-count',
  'type-count',
  'delete-count',
  'session-full',
]);

/** How a stock peer is told, which knows no other way. */
export function farewellTo(rule: GateRule): CloseReason {
  return sizeRules.has(rule) ? closeReasons.tooLarge : closeReasons.refused;
}
