// Why bytes are refused. What a peer sends is judged, never thrown about: whoever
// reads gets either what was meant or the one rule that it breaks, found at the
// first byte that breaks it. The names are part of the wire (a `refused` command
// carries them), so none is ever renamed or used for something else.

export const wireRules = {
  truncated: 'the bytes end before what they announce',
  'trailing-bytes': 'something follows after the end',
  varint: 'a number is written longer than needed, or has more than 53 bits',
  text: 'a string is not well-formed UTF-8',

  'frame-type': 'no such type of frame',
  'frame-bytes': 'more bytes than such a frame may have',
  'auth-kind': 'no such kind of auth message',
  'barrier-bytes': 'a barrier is empty or too long',

  'client-count': 'too many clients',
  'struct-count': 'too many structs',
  'range-count': 'too many deletions',
  'type-count': 'too many new types',
  'client-twice': 'one client stands there twice',
  empty: 'a client is named and nothing follows',
  clock: 'a clock is not below 2^31',
  length: 'a length is 0',
  flags: 'a struct has flags that mean nothing for it',
  kind: 'a kind of content that a session does not hold',
  parent: 'a parent is neither a name nor an id',
  reference: 'a struct refers to itself, to a later one of its client, or to one on both sides',
  key: 'a key is __proto__ or too long',
  'range-order': 'deletions are not in order or overlap',

  'json-kind': 'a value that JSON does not have',
  'json-number': 'a number that is not finite',
  'json-depth': 'objects and arrays nested too deep',
  'json-nodes': 'too many values in one',
  'json-shape': 'not the JSON that belongs here',

  'command-version': 'another version of the protocol',
  'command-unknown': 'no such command',
  'command-shape': 'a command without what belongs to it',
} as const;

export type WireRule = keyof typeof wireRules;

/** Bytes that were refused. Nothing of them has had an effect. */
export interface Refusal {
  readonly ok: false;
  readonly rule: WireRule;
  /** The byte at or near which the rule is broken, counted from the start of what was read. */
  readonly at: number;
}

export function refusal(rule: WireRule, at = 0): Refusal {
  return { ok: false, rule, at };
}
