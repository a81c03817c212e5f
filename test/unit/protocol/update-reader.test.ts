import { describe, expect, test } from 'vitest';
import { limits, syncAnswerBudget, updateBudget } from '../../../src/protocol/limits.ts';
import { wireRules } from '../../../src/protocol/refusal.ts';
import { keyOf, rootOf } from '../../../src/protocol/struct.ts';
import { copyStruct, readUpdate } from '../../../src/protocol/update.ts';
import { UpdateReader } from '../../../src/protocol/update-reader.ts';
import { bytesTakenBy } from '../../support/heap.ts';
import {
  block,
  deletions,
  gc,
  item,
  type Piece,
  skip,
  string,
  text,
  update,
  varUint,
} from '../../support/update-bytes.ts';

const list = <Value>(length: number, make: (index: number) => Value): Value[] =>
  Array.from({ length }, (_, index) => make(index));
const one = (structs: readonly Piece[]): Uint8Array => update([block(5, 0, structs)]);
const raw = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

/** Each breaks one rule and no other. */
const crafted: readonly (readonly [rule: string, what: string, bytes: Uint8Array])[] = [
  ['truncated', 'nothing at all', raw()],
  ['truncated', 'an end in the middle of a struct', one([string('abc')]).subarray(0, 12)],
  ['truncated', 'no delete set', one([string('abc')]).subarray(0, -1)],
  ['truncated', 'an announcement of 33 million structs', raw(1, 0xff, 0xff, 0xff, 0x0f, 5, 0, 0)],
  ['truncated', 'an announcement of 2^52 clients', raw(...varUint(2 ** 52))],
  ['truncated', 'an announcement of 2^52 deletions', raw(0, 1, 5, ...varUint(2 ** 52), 0, 1)],
  ['truncated', 'a text longer than the frame', one([item(4, ...varUint(2 ** 30), 97)])],
  ['truncated', 'bytes longer than the frame', one([item(3, ...varUint(2 ** 40), 97)])],
  ['truncated', 'more values than bytes', one([item(8, ...varUint(2 ** 30), 126)])],
  ['trailing-bytes', 'a byte behind the end', raw(...one([string('a')]), 0)],
  ['varint', 'a client written longer than needed', raw(1, 1, 0x85, 0, 0, ...string('a'), 0)],
  ['varint', 'a client of more than 53 bits', raw(1, 1, ...list(7, () => 0xff), 0x7f, 0, 0, 1, 0)],
  ['text', 'half a surrogate pair', one([item(4, 3, 0xed, 0xa0, 0x80)])],
  ['text', 'a letter written longer than needed', one([item(4, 2, 0xc1, 0x81)])],
  ['text', 'a name that is no text', one([[4, 1, 1, 0xff, ...text('a')]])],
  ['frame-bytes', 'one byte too many', new Uint8Array(limits.updateBytesMax + 1)],
  ['client-count', '65 clients', update(list(65, (i) => block(i, 0, [gc(1)])))],
  [
    'client-count',
    'deletions of 65 clients',
    update(
      [],
      list(65, (i) => deletions(i, [0, 1])),
    ),
  ],
  ['struct-count', '5,001 structs', one(list(5_001, () => gc(1)))],
  [
    'struct-count',
    '5,001 structs of two',
    update([
      block(
        6,
        0,
        list(5_000, () => gc(1)),
      ),
      block(5, 0, [gc(1)]),
    ]),
  ],
  [
    'range-count',
    '501 deletions of two',
    update([], [deletions(6, list(500, (i) => [i * 2, 1]).flat()), deletions(5, [0, 1])]),
  ],
  ['range-count', '501 deletions', update([], [deletions(5, list(501, (i) => [i * 2, 1]).flat())])],
  ['type-count', '501 new types', one(list(501, () => item(7, 0)))],
  [
    'client-twice',
    'two blocks of one client',
    update([block(5, 0, [gc(1)]), block(5, 1, [gc(1)])]),
  ],
  [
    'client-twice',
    'deletions of one client twice',
    update([], [deletions(5, [0, 1]), deletions(5, [3, 1])]),
  ],
  ['empty', 'a block without structs', update([block(5, 0, []), block(4, 0, [gc(1)])])],
  ['empty', 'a client without deletions', update([], [deletions(5, []), deletions(4, [0, 1])])],
  ['clock', 'a block that begins at 2^31', update([block(5, 2 ** 31, [gc(1)])])],
  ['clock', 'a struct that leads beyond 2^31', update([block(5, 2 ** 31 - 1, [gc(2)])])],
  ['clock', 'many structs that lead beyond 2^31', one([gc(2 ** 31 - 1), gc(2)])],
  ['clock', 'a struct of 2^53 - 1 clocks', one([gc(2 ** 53 - 1)])],
  ['clock', 'a deletion that leads beyond 2^31', update([], [deletions(5, [2 ** 31 - 1, 2])])],
  ['clock', 'an origin at 2^31', one([[0x84, 6, ...varUint(2 ** 31), ...text('a')]])],
  ['length', 'a GC of nothing', one([gc(0)])],
  ['length', 'a Skip of nothing', one([skip(0), gc(1)])],
  ['length', 'deleted content of nothing', one([item(1, 0)])],
  ['length', 'an empty text', one([string('')])],
  ['length', 'no values', one([item(8, 0, 126)])],
  ['length', 'a deletion of nothing', update([], [deletions(5, [3, 0])])],
  ['flags', 'a GC with an origin', one([[0x80, 1, 0, 0]])],
  ['flags', 'a Skip with a flag', one([[0x2a, 1, 0, 0]])],
  ['kind', 'legacy JSON', one([item(2, 1, ...text('1'))])],
  ['kind', 'an embed', one([item(5, ...text('{}'))])],
  ['kind', 'a format', one([item(6, ...text('bold'), ...text('true'))])],
  ['kind', 'a subdocument', one([item(9, ...text('guid'), 118, 0)])],
  ['kind', 'content of no kind', one([item(11, 0, 0)])],
  ['kind', 'a type of XML', one([item(7, 3, ...text('p'))])],
  ['parent', 'a parent that is neither', one([[4, 2, 0, 0, ...text('a')]])],
  ['reference', 'itself as origin', one([[0x84, 5, 0, ...text('a')]])],
  ['reference', 'its own future as parent', one([[4, 0, 5, 1, ...text('a')], item(7, 2)])],
  ['reference', 'its own future on the right', one([[0x44, 5, 7, ...text('a')]])],
  ['reference', 'one place on both sides', one([[0xc4, 6, 1, 6, 1, ...text('a')]])],
  ['key', '__proto__ as key', one([[0x28, 1, ...text('text'), ...text('__proto__'), 1, 126]])],
  ['key', '__proto__ as root', one([[4, 1, ...text('__proto__'), ...text('a')]])],
  [
    'key',
    'a key of 1,025 bytes',
    one([[0x28, 1, ...text('text'), ...text('k'.repeat(1_025)), 1, 126]]),
  ],
  ['range-order', 'deletions out of order', update([], [deletions(5, [3, 1, 0, 1])])],
  ['range-order', 'deletions that overlap', update([], [deletions(5, [0, 4, 3, 1])])],
  ['json-kind', 'a BigInt', one([item(8, 1, 122, 0, 0, 0, 0, 0, 0, 0, 1)])],
  ['json-kind', 'undefined', one([item(8, 1, 127)])],
  ['json-number', 'NaN', one([item(8, 1, 124, 0x7f, 0xc0, 0, 0)])],
  ['json-depth', 'arrays 17 deep', one([item(8, 1, ...list(17, () => [117, 1]).flat(), 126)])],
  [
    'json-depth',
    'arrays 20,000 deep',
    one([item(8, 1, ...list(20_000, () => [117, 1]).flat(), 126)]),
  ],
  [
    'json-nodes',
    '20,001 values in one',
    one([item(8, 1, 117, ...varUint(20_000), ...list(20_000, () => 126))]),
  ],
];

describe('an update that breaks one rule', () => {
  test.each(crafted)('[W4] is refused by it: %s, %s', (rule, _, bytes) => {
    expect(readUpdate(bytes)).toMatchObject({ ok: false, rule });
  });

  test('[W4] there is such an update for every rule that an update can break', () => {
    const others = ['frame-type', 'auth-kind', 'barrier-bytes', 'json-shape'];
    const inUpdates = Object.keys(wireRules).filter(
      (rule) => !others.includes(rule) && !rule.startsWith('command-'),
    );
    expect(new Set(crafted.map(([rule]) => rule))).toEqual(new Set(inUpdates));
  });

  test.each(crafted)('[W5] costs next to nothing: %s, %s', (_rule, _what, bytes) => {
    const pull = (): unknown => {
      const reader = new UpdateReader(bytes);
      while (reader.nextStruct());
      while (reader.nextRange());
      return reader.refusal;
    };
    expect(bytesTakenBy(pull)).toBeLessThan(bytes.length * 4 + 512 * 1024);
  });
});

describe('[W5] memory', () => {
  const everything = { ...syncAnswerBudget, structsMax: 2 ** 30, rangesMax: 2 ** 30 };

  test.each([
    [
      'structs',
      update([
        block(
          2 ** 45,
          0,
          list(300_000, () => gc(1)),
        ),
      ]),
    ],
    [
      'references',
      update([
        block(
          2 ** 45,
          1,
          list(50_000, () => [0x81, ...varUint(2 ** 50), 7, 1]),
        ),
      ]),
    ],
    ['deletions', update([], [deletions(2 ** 45, list(200_000, (i) => [i * 2, 1]).flat())])],
    ['values', one([[...item(8), ...varUint(200_000), ...list(200_000, () => 126)]])],
  ])('[W5] of many %s is a small multiple of the frame, garbage included', (_, bytes) => {
    const pull = (): number => {
      const reader = new UpdateReader(bytes, everything);
      let sum = 0;
      while (reader.nextStruct()) sum += reader.originClient + reader.clock;
      while (reader.nextRange()) sum += reader.length;
      expect(reader.refusal).toBeUndefined();
      return sum;
    };
    expect(bytesTakenBy(pull)).toBeLessThan(bytes.length * 8 + 1024 * 1024);
  });
});

describe('what stands at its limit', () => {
  test.each([
    ['64 clients', update(list(64, (i) => block(i, 0, [gc(1)])))],
    ['5,000 structs', one(list(5_000, () => gc(1)))],
    ['500 deletions', update([], [deletions(5, list(500, (i) => [i * 2, 1]).flat())])],
    ['500 types', one(list(500, () => item(7, 0)))],
    ['the last clock', update([block(5, 2 ** 31 - 1, [gc(1)])], [deletions(5, [2 ** 31 - 1, 1])])],
    ['the largest client', update([block(2 ** 53 - 1, 0, [gc(1)])])],
    ['the longest key', one([[0x28, 1, ...text('map'), ...text('k'.repeat(1_024)), 1, 126]])],
    ['arrays 16 deep', one([item(8, 1, ...list(16, () => [117, 1]).flat(), 126)])],
    ['deletions that touch', update([], [deletions(5, [0, 4, 4, 1])])],
    ['nothing', update([])],
  ])('[W3] is read: %s', (_, bytes) => {
    expect(readUpdate(bytes)).toMatchObject({ ok: true });
  });

  test('[W3] an answer may hold what an update may not, up to its own limit', () => {
    const many = one(list(5_001, () => gc(1)));
    expect(readUpdate(many, updateBudget)).toMatchObject({ rule: 'struct-count' });
    expect(readUpdate(many, syncAnswerBudget)).toMatchObject({ ok: true });
    const most = one(list(limits.syncAnswerStructsMax + 1, () => gc(1)));
    expect(readUpdate(most, syncAnswerBudget)).toMatchObject({ rule: 'struct-count' });
  });
});

test('[W3] a struct says where its bytes stand, so that they can be kept', () => {
  const struct = [0x28, 1, ...text('map'), ...text('key'), 1, 126];
  const bytes = one([gc(3), struct]);
  const read = readUpdate(bytes);
  const found = read.ok ? read.structs[1] : undefined;
  expect(found).toMatchObject({ client: 5, clock: 3, length: 1, kind: 'json', keyed: true });
  if (found === undefined) return;
  expect([rootOf(bytes, found), keyOf(bytes, found)]).toEqual(['map', 'key']);
  expect([...bytes.subarray(found.start, found.end)]).toEqual(struct);
  expect([...bytes.subarray(found.contentStart, found.end)]).toEqual([1, 126]);
});

test('[W4] a fault far behind still refuses the whole', () => {
  const reader = new UpdateReader(update([block(5, 0, [gc(1), gc(0)])]));
  expect([reader.nextStruct(), reader.refusal]).toEqual([true, undefined]);
  expect([reader.nextStruct(), reader.nextRange()]).toEqual([false, false]);
  expect(reader.refusal).toMatchObject({ rule: 'length' });
});

test('a struct that is kept stays as it was when the reader moves on', () => {
  const reader = new UpdateReader(one([gc(3), string('ab')]));
  expect(reader.nextStruct()).toBe(true);
  const kept = copyStruct(reader);
  expect(reader.nextStruct()).toBe(true);
  expect([kept.kind, kept.clock, kept.length]).toEqual(['gc', 0, 3]);
  expect([reader.kind, reader.clock, reader.length]).toEqual(['string', 3, 2]);
});

test('ranges can be pulled without the structs before them', () => {
  const reader = new UpdateReader(update([block(5, 0, [gc(1)])], [deletions(4, [2, 3])]));
  expect(reader.nextRange()).toBe(true);
  expect([reader.client, reader.clock, reader.length]).toEqual([4, 2, 3]);
  expect([reader.nextRange(), reader.nextRange(), reader.refusal]).toEqual([
    false,
    false,
    undefined,
  ]);
});
