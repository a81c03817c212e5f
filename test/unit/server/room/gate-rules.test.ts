// The rules of the gate, each by its name, on updates that break it and nothing else.

import { describe, expect, test } from 'vitest';
import { DocumentIndex } from '../../../../server/room/document-index.ts';
import { gateRules } from '../../../../server/room/rule.ts';
import {
  A,
  array,
  ask,
  type Asked,
  B,
  deleted,
  everythingIn,
  indexOf,
  map,
  sample,
  struct,
  textType,
  values,
  words,
} from '../../../support/gate.ts';
import { block, deletions, gc, text, update, varUint } from '../../../support/update-bytes.ts';

const known = (): DocumentIndex => indexOf('ann', sample);

/** An entry of a list in a list in a list ... */
const nested = (depth: number): Uint8Array =>
  update([
    block(B, 0, [
      array({ in: 'messages' }),
      ...Array.from({ length: depth }, (_, at) => array({ in: [B, at] })),
    ]),
  ]);

interface Broken {
  readonly rule: string;
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly asked?: Asked;
}

const broken: readonly Broken[] = [
  {
    rule: 'read-only',
    what: 'a write of somebody who may only read',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { roots: [] },
  },
  {
    rule: 'read-only',
    what: 'a gap of somebody who may only read',
    bytes: update([block(B, 7, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { roots: [] },
  },
  {
    rule: 'right',
    what: 'a message of somebody who may only annotate',
    bytes: update([block(B, 0, [map({ in: 'messages' })])]),
    asked: { roots: ['annotations', 'participants'] },
  },
  {
    rule: 'right',
    what: 'a deletion in another root',
    bytes: update([], [deletions(A, [7, 1])]),
    asked: { roots: ['annotations'] },
  },
  {
    rule: 'client-bound',
    what: 'words under the client of another principal',
    bytes: update([block(A, 11, [values({ origin: [A, 10] }, 3)])]),
    asked: { principal: 'eve' },
  },
  {
    rule: 'client-bound',
    what: 'another principal that claims the next clocks as garbage',
    bytes: update([block(A, 11, [gc(1_000_000)])]),
    asked: { principal: 'eve' },
  },
  {
    rule: 'client-bound',
    what: 'another principal that claims the next clocks as deleted',
    bytes: update([block(A, 11, [deleted({ origin: [A, 10] }, 1)])]),
    asked: { principal: 'eve' },
  },
  {
    rule: 'client-refused',
    what: 'a client of which something was refused',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { refused: [B] },
  },
  {
    rule: 'root',
    what: 'a root that no session has',
    bytes: update([block(B, 0, [values({ in: 'elsewhere', key: 'x' }, 1)])]),
  },
  {
    rule: 'root',
    what: 'a root without a name',
    bytes: update([block(B, 0, [values({ in: '', key: 'x' }, 1)])]),
  },
  {
    rule: 'shape',
    what: 'an entry of a map without a key',
    bytes: update([block(B, 0, [values({ in: 'meta' }, 1)])]),
  },
  {
    rule: 'shape',
    what: 'an entry of a list with a key',
    bytes: update([block(B, 0, [values({ in: 'messages', key: 'x' }, 1)])]),
  },
  {
    rule: 'shape',
    what: 'words in a list',
    bytes: update([block(B, 0, [words({ in: 'messages' }, 'x')])]),
  },
  {
    rule: 'shape',
    what: 'words under a key',
    bytes: update([block(B, 0, [words({ in: 'meta', key: 'x' }, 'x')])]),
  },
  {
    rule: 'shape',
    what: 'a value in a text',
    bytes: update([block(B, 0, [values({ in: [A, 1] }, 1)])]),
  },
  {
    rule: 'shape',
    what: 'a type in a text',
    bytes: update([block(B, 0, [map({ origin: [A, 6] })])]),
  },
  {
    rule: 'parent-type',
    what: 'a parent that is a value',
    bytes: update([block(B, 0, [values({ in: [A, 7] }, 1)])]),
  },
  { rule: 'type-depth', what: 'types nested nine deep', bytes: nested(8) },
  {
    rule: 'key-length',
    what: 'two living values under one key',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1, 2)])]),
  },
  {
    rule: 'key-length',
    what: 'two values under one key, of which one is deleted',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1, 2)])], [deletions(B, [0, 1])]),
  },
  {
    rule: 'key-length',
    what: 'two values behind one that has a key',
    bytes: update([block(B, 0, [values({ origin: [A, 7] }, 1, 2)])]),
  },
  {
    rule: 'right-origin',
    what: 'an entry before another one',
    bytes: update([block(B, 0, [values({ right: [A, 9] }, 1)])]),
  },
  {
    rule: 'right-origin',
    what: 'an entry between two',
    bytes: update([block(B, 0, [values({ origin: [A, 9], right: [A, 10] }, 1)])]),
  },
  {
    rule: 'right-origin',
    what: 'an entry before another one, of which the beginning is known',
    bytes: update([block(A, 9, [values({ right: [A, 0] }, 1, 2, 3)])]),
  },
  {
    rule: 'circle',
    what: 'two structs that wait for one another',
    bytes: update([
      block(B + 1, 0, [values({ origin: [B, 0] }, 1)]),
      block(B, 0, [values({ origin: [B + 1, 0] }, 1)]),
    ]),
  },
  {
    rule: 'delete-count',
    what: 'more deletions than fit',
    bytes: update([], [deletions(A, [2, 1, 4, 1, 6, 1])]),
    asked: { limits: { newDeletionsMax: 2 } },
  },
  {
    rule: 'identity',
    what: 'who somebody else is',
    bytes: update([block(B, 0, [values({ in: 'participants', key: 'ann' }, 1)])]),
    asked: { principal: 'eve' },
  },
  {
    rule: 'author',
    what: 'words in a message of another principal',
    bytes: update([block(B, 0, [words({ origin: [A, 6] }, 'and bye')])]),
    asked: { principal: 'eve' },
  },
  {
    rule: 'session-full',
    what: 'more bytes than the session has left',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { bytesLeft: 3 },
  },
  {
    rule: 'session-full',
    what: 'more clients than a peer can say what it has of',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { limits: { sessionClientsMax: 1 } },
  },
  {
    rule: 'session-full',
    what: 'more structs than a session has',
    bytes: update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]),
    asked: { limits: { sessionStructsMax: 5 } },
  },
];

describe('refused', () => {
  test.each(broken)('[W155] [W156] [W157] $rule: $what', ({ rule, bytes, asked }) => {
    const index = known();
    const before = everythingIn(index);
    for (const isAnswer of [false, true]) {
      const verdict = ask(index, bytes, { ...asked, isAnswer });
      // Whoever may only read is not asked, and so never answers.
      if (isAnswer && rule === 'read-only') continue;
      expect(verdict).toMatchObject({ ok: false, code: 'refused', rule });
      expect(everythingIn(index)).toBe(before);
    }
  });

  test('[W155] every rule but that of the server own clients has a case', () => {
    const tried = new Set(broken.map(({ rule }) => rule));
    // Those of runs and lanes have theirs in authorship.test.ts.
    const elsewhere = ['server-client', 'lane-lost', 'lane', 'bookkeeping', 'once'];
    const rules = Object.keys(gateRules).filter((rule) => !elsewhere.includes(rule));
    expect(rules.filter((rule) => !tried.has(rule))).toEqual([]);
  });

  test('[W156] server-client: words under a client of the server', () => {
    const index = new DocumentIndex();
    index.table.enter(B, '');
    const bytes = update([block(B, 0, [values({ in: 'meta', key: 'x' }, 1)])]);
    expect(ask(index, bytes)).toMatchObject({ code: 'refused', rule: 'server-client' });
  });

  test('[W155] what is good beside what is not goes with it', () => {
    const index = known();
    const before = everythingIn(index);
    const bytes = update([
      block(B + 1, 0, [
        map({ in: 'messages' }),
        textType({ in: [B + 1, 0], key: 'body' }),
        words({ in: [B + 1, 1] }, 'fine'),
        values({ in: 'meta', key: 'new key' }, 1),
      ]),
      block(A, 11, [values({ origin: [A, 10] }, 3)]),
      block(B, 0, [values({ in: 'elsewhere', key: 'x' }, 1)]),
    ]);
    expect(ask(index, bytes)).toMatchObject({ rule: 'root', client: B, clock: 0 });
    expect(everythingIn(index)).toBe(before);
    expect(index.table.findKey('new key')).toBeUndefined();
    expect(index.table.writer(B + 1)).toBeUndefined();
  });
});

test('[W155] other bytes than an update are refused by what is wrong with them', () => {
  const index = known();
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['truncated', sample.slice(0, -3)],
    ['trailing-bytes', Uint8Array.from([...sample, 0])],
    ['client-twice', update([block(B, 0, [gc(1)]), block(B, 1, [gc(1)])])],
    ['struct-count', Uint8Array.from([1, ...varUint(5_001), B, 0, ...new Uint8Array(20_000)])],
    ['kind', update([block(B, 0, [struct(9, { in: 'messages' }, text('x'))])])],
    ['length', update([block(B, 0, [gc(0)])])],
  ];
  for (const [rule, bytes] of cases) {
    expect(ask(index, bytes)).toMatchObject({ ok: false, code: 'refused', rule });
  }
});
