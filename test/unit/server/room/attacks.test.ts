// Attacks on documents, each named by the rule that it breaks. Every one is refused before a
// document sees it, changes nothing, and costs the gate next to nothing: what it costs is printed
// beside what a document would take to look at a token.

import { afterAll, describe, expect, test } from 'vitest';
import { performance } from 'node:perf_hooks';
import * as Y from 'yjs';
import { DocumentIndex } from '../../../../server/room/document-index.ts';
import {
  A,
  array,
  ask,
  B,
  deleted,
  everythingIn,
  indexOf,
  map,
  sample,
  struct,
  values,
  words,
} from '../../../support/gate.ts';
import {
  block,
  deletions,
  gc,
  type Piece,
  text,
  update,
  varUint,
} from '../../../support/update-bytes.ts';

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

const nestedArrays = (depth: number): Piece => [...many(depth, () => [117, 1]).flat(), 126];

const json = (content: Piece): Uint8Array =>
  update([block(B, 0, [struct(8, { in: 'meta', key: 'x' }, [1, ...content])])]);

interface Attack {
  readonly what: string;
  /** Its rule, or `gap` where nothing is stored and its sender is asked once. */
  readonly rule: string;
  readonly bytes: Uint8Array;
}

const attacks: readonly Attack[] = [
  {
    rule: 'length',
    what: 'nothing is deleted at no clocks',
    bytes: update([block(B, 0, [deleted({ in: 'messages' }, 0)])]),
  },
  { rule: 'length', what: 'garbage of no clocks', bytes: update([block(B, 0, [gc(0)])]) },
  {
    rule: 'length',
    what: 'words without words',
    bytes: update([block(B, 0, [words({ in: 'messages' }, 'a'), words({ origin: [B, 0] }, '')])]),
  },
  {
    rule: 'length',
    what: 'a thousand values of no values',
    bytes: update([
      block(
        B,
        0,
        many(1_000, () => struct(8, { in: 'messages' }, [0])),
      ),
    ]),
  },
  {
    rule: 'clock',
    what: 'garbage of more clocks than there are',
    bytes: update([
      block(
        B,
        0,
        many(20, () => [0, ...varUint(2 ** 53 - 1)]),
      ),
    ]),
  },
  {
    rule: 'client-bound',
    what: 'garbage under the next clocks of another',
    bytes: update([block(A, 11, [gc(1_000_000)])]),
  },
  {
    rule: 'client-bound',
    what: 'other words under the next clock of another',
    bytes: update([block(A, 11, [values({ origin: [A, 10] }, 9)])]),
  },
  {
    rule: 'truncated',
    what: 'a count of structs without structs',
    bytes: Uint8Array.from([1, ...varUint(33_554_431), B, 0]),
  },
  {
    rule: 'right-origin',
    what: 'a thousand entries that all stand before others',
    bytes: update([
      block(
        B,
        0,
        many(1_000, (at) => values({ right: at === 0 ? [A, 9] : [B, at - 1] }, 1)),
      ),
    ]),
  },
  {
    rule: 'range-order',
    what: 'thousands of deletions backwards',
    bytes: update([], [deletions(A, many(400, (at) => [800 - at * 2, 1]).flat())]),
  },
  {
    rule: 'range-count',
    what: 'thousands of deletions',
    bytes: update([], [deletions(A, many(5_000, (at) => [at * 2, 1]).flat())]),
  },
  {
    rule: 'type-depth',
    what: 'a chain of types',
    bytes: update([
      block(B, 0, [array({ in: 'messages' }), ...many(400, (at) => array({ in: [B, at] }))]),
    ]),
  },
  {
    rule: 'type-count',
    what: 'thousands of types',
    bytes: update([
      block(
        B,
        0,
        many(4_000, () => map({ in: 'messages' })),
      ),
    ]),
  },
  {
    rule: 'kind',
    what: 'thousands of formats',
    bytes: update([
      block(
        B,
        0,
        many(4_000, (at) => struct(6, { origin: [A, 6] }, [...text(`k${at}`), ...text('1')])),
      ),
    ]),
  },
  {
    rule: 'kind',
    what: 'thousands of documents',
    bytes: update([
      block(
        B,
        0,
        many(4_000, () => struct(9, { in: 'messages' }, [...text('g'), 118, 0])),
      ),
    ]),
  },
  {
    rule: 'frame-bytes',
    what: 'tens of thousands that wait for one',
    bytes: update([
      block(
        B,
        0,
        many(50_000, () => values({ origin: [A, 2 ** 30] }, 1)),
      ),
    ]),
  },
  {
    rule: 'gap',
    what: 'thousands that wait for one',
    bytes: update([
      block(
        B,
        0,
        many(4_000, () => values({ origin: [A, 2 ** 30] }, 1)),
      ),
    ]),
  },
  {
    rule: 'gap',
    what: 'hundreds of deletions of nobody',
    bytes: update([], [deletions(99, many(500, (at) => [at * 2, 1]).flat())]),
  },
  {
    rule: 'gap',
    what: 'a hole in the clocks',
    bytes: update([block(A, 99, [values({ origin: [A, 98] }, 1)])]),
  },
  {
    rule: 'gap',
    what: 'something good, then something with an origin that is nowhere',
    bytes: update([
      block(B, 0, [values({ in: 'meta', key: 'x' }, 1), values({ origin: [A, 999] }, 1)]),
    ]),
  },
  { rule: 'json-depth', what: 'lists in lists in lists', bytes: json(nestedArrays(8_000)) },
  {
    rule: 'key',
    what: 'a key named __proto__',
    bytes: update([block(B, 0, [values({ in: 'meta', key: '__proto__' }, 1)])]),
  },
  {
    rule: 'key',
    what: 'an object with a key named __proto__',
    bytes: json([118, 1, ...text('__proto__'), 118, 1, ...text('role'), 119, ...text('admin')]),
  },
  {
    rule: 'json-kind',
    what: 'a number of more bits than JSON has',
    bytes: json([122, 0, 0, 0, 0, 0, 0, 0, 1]),
  },
  { rule: 'json-kind', what: 'undefined', bytes: json([127]) },
  {
    rule: 'json-number',
    what: 'what is not a number',
    bytes: json([123, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]),
  },
  { rule: 'flags', what: 'a hole with a flag', bytes: update([block(B, 0, [[10 | 0x80, 1]])]) },
  { rule: 'flags', what: 'garbage with a flag', bytes: update([block(B, 0, [[0x20, 1]])]) },
  {
    rule: 'text',
    what: 'half a pair',
    bytes: update([block(B, 0, [struct(4, { in: 'messages' }, [3, 0xed, 0xa0, 0xbd])])]),
  },
  {
    rule: 'truncated',
    what: 'a string that is longer than the frame',
    bytes: update([block(B, 0, [struct(4, { in: 'messages' }, [120, 97])])]),
  },
  {
    rule: 'varint',
    what: 'a number that is written longer than it is',
    bytes: Uint8Array.from([0x80, 0, 0]),
  },
  {
    rule: 'client-twice',
    what: 'two blocks of one client',
    bytes: update([block(B, 0, [gc(1)]), block(B, 1, [gc(1)])]),
  },
  {
    rule: 'trailing-bytes',
    what: 'something behind the end',
    bytes: Uint8Array.from([...sample, 0]),
  },
  {
    rule: 'trailing-bytes',
    what: 'the other format of updates',
    bytes: Y.encodeStateAsUpdateV2(docWith('hello')),
  },
];

function docWith(words_: string): Y.Doc {
  const doc = new Y.Doc();
  doc.getArray('messages').push([words_]);
  return doc;
}

const costs: { readonly what: string; readonly rule: string; readonly ms: number }[] = [];

/** The median of a few runs, in milliseconds. */
function costOf(bytes: Uint8Array): number {
  const times = many(15, () => {
    const index = indexOf('ann', sample);
    const start = performance.now();
    ask(index, bytes, { principal: 'eve' });
    return performance.now() - start;
  });
  return times.toSorted((one, other) => one - other)[7] ?? 0;
}

describe('refused, with nothing changed', () => {
  test.each(attacks)('[W155] [F23] $rule: $what', ({ rule, what, bytes }) => {
    const index = indexOf('ann', sample);
    const before = everythingIn(index);
    const verdict = ask(index, bytes, { principal: 'eve' });
    const found = verdict.ok ? 'taken' : verdict.code === 'gap' ? 'gap' : verdict.rule;
    expect(found).toBe(rule);
    expect(everythingIn(index)).toBe(before);
    costs.push({ rule, what, ms: costOf(bytes) });
  });

  test('[W155] what is said to be refused is refused in an answer too, or left out', () => {
    // An answer may be larger.
    const sizes = ['frame-bytes', 'type-count', 'range-count'];
    for (const { rule, bytes, what } of attacks.filter((one) => !sizes.includes(one.rule))) {
      const index = indexOf('ann', sample);
      const verdict = ask(index, bytes, { principal: 'eve', isAnswer: true });
      const found = verdict.ok ? verdict.leftOut > 0 : verdict.code === 'refused';
      expect(found, `${rule}: ${what}`).toBe(true);
    }
  });
});

test('[W155] one key, written a thousand times from nowhere, is one entry to whoever asks', () => {
  const index = new DocumentIndex();
  const start = performance.now();
  const one = update([
    block(
      B,
      0,
      many(4_900, (at) => values({ in: 'meta', key: 'x' }, at % 60)),
    ),
  ]);
  expect(ask(index, one)).toMatchObject({ ok: true });
  costs.push({ rule: 'taken', what: 'a key written 4,900 times', ms: performance.now() - start });
  const { deleted: gone } = index;
  expect([...gone].reduce((sum, { length }) => sum + length, 0)).toBe(4_899);
});

afterAll(() => {
  const dearest = costs.toSorted((one, other) => other.ms - one.ms).slice(0, 5);
  const lines = dearest.map(({ rule, what, ms }) => `${ms.toFixed(2)} ms ${rule}: ${what}`);
  console.log(`attacks: ${costs.length}, the dearest of them\n${lines.join('\n')}`);
});
