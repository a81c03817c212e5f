// What is JSON and what only looks like it; one text for one value.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalJson,
  freezeJson,
  isJson,
  isJsonObject,
  type Json,
} from '../../../src/base/json.ts';
import { runs } from '../../support/count.ts';

const wide = { depthMax: 16, nodesMax: 10_000 };

const jsonValues = fc
  .jsonValue({ maxDepth: 6, noUnicodeString: false })
  .filter((value) => !JSON.stringify(value).includes('__proto__')) as fc.Arbitrary<Json>;

/** `depth` arrays around a value. */
function nested(depth: number, inner: unknown = 0): unknown {
  let value = inner;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('plain JSON', () => {
  test('is whatever JSON can say', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        expect(isJson(value, wide)).toBe(true);
      }),
      runs(200, 20_000),
    );
  });

  const circle: unknown[] = [];
  circle.push(circle);

  class Foreign {
    readonly a = 1;
  }

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a BigInt', 1n],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
    ['bytes', new Uint8Array(3)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['an object of a class', new Foreign()],
    ['an object without prototype', Object.create(null)],
    ['a wrapped string', Object('a')],
    ['a key named __proto__', JSON.parse('{"__proto__": 1}')],
    // oxlint-disable-next-line no-sparse-arrays -- a hole is what is tested
    ['a sparse array', [1, , 2]],
    ['an endless array that is empty', Array(2 ** 32 - 1)],
    ['a circle', circle],
    ['an entry that is undefined', { a: undefined }],
  ])('is not %s, at any depth', (_, value) => {
    expect(isJson(value, wide)).toBe(false);
    expect(isJson([value], wide)).toBe(false);
    expect(isJson({ a: { b: value } }, wide)).toBe(false);
  });

  test('is bounded in depth', () => {
    expect(isJson(nested(16), wide)).toBe(true);
    expect(isJson(nested(17), wide)).toBe(false);
    expect(isJson(nested(100_000), wide)).toBe(false);
    expect(isJson(7, { depthMax: 0, nodesMax: 1 })).toBe(true);
    expect(isJson([], { depthMax: 0, nodesMax: 1 })).toBe(false);
  });

  test('is bounded in nodes, keys and entries together', () => {
    const nodes = (value: unknown, nodesMax: number): boolean =>
      isJson(value, { depthMax: 16, nodesMax });
    expect([nodes([1, 2, 3], 4), nodes([1, 2, 3], 3)]).toEqual([true, false]);
    expect([nodes({ a: [1], b: 2 }, 4), nodes({ a: [1], b: 2 }, 3)]).toEqual([true, false]);
    expect(nodes(0, 0)).toBe(false);
  });

  test('is refused after as many steps as are allowed, however large it is', () => {
    let read = 0;
    const huge = new Proxy(Array(1_000_000).fill(0), {
      get: (target, key) => (read++, Reflect.get(target, key)),
      has: (target, key) => (read++, Reflect.has(target, key)),
    });
    expect(isJson(huge, { depthMax: 2, nodesMax: 100 })).toBe(false);
    expect(read).toBeLessThan(300);
  });
});

test('an object with keys is neither an array nor null', () => {
  expect([{}, { a: 1 }].map(isJsonObject)).toEqual([true, true]);
  expect([null, [], 'a', 1, undefined, true].some(isJsonObject)).toBe(false);
});

describe('canonical JSON', () => {
  test('says the value, and nothing about the order of its keys', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(shuffled(value))).toBe(text);
      }),
      runs(200, 20_000),
    );
  });

  test('is one text for one value, another one for another', () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (a, b) => {
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(canonicalJson(a) === canonicalJson(b)).toBe(same);
      }),
      runs(200, 20_000),
    );
  });

  test('is written as RFC 8785 writes it', () => {
    // The example of its section 3.2.2, and the keys of 3.2.3.
    const example = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, 1: 4, '\ud83d\ude00': 5, '\u0080': 6 };
    expect(Object.keys(JSON.parse(canonicalJson(keys)) as object)[0]).toBe('1');
    expect(canonicalJson(keys)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    expect(canonicalJson(-0)).toBe('0');
  });

  test('leaves out entries that are undefined', () => {
    expect(canonicalJson({ b: undefined, a: [{ c: undefined }] })).toBe('{"a":[{}]}');
  });
});

/** The value with the keys of every object in reverse. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, entry]) => [key, entry && shuffled(entry)]));
}

/** The value with the keys of every object in order, for a comparison that is not ours. */
function sorted(value: Json): unknown {
  if (Array.isArray(value)) return { array: value.map(sorted) };
  if (!isJsonObject(value)) return value;
  const keys = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => [key, entry === undefined ? 0 : sorted(entry)]);
  return { keys };
}

describe('freezing', () => {
  test('reaches every level and returns the same value', () => {
    const value = { a: [{ b: 1 }], c: { d: {} } };
    expect(freezeJson(value)).toBe(value);
    expect(() => {
      (value.a[0] ?? { b: 0 }).b = 2;
    }).toThrow(TypeError);
    expect(() => Object.assign(value.c.d, { e: 1 })).toThrow(TypeError);
    expect(() => value.a.push({ b: 3 })).toThrow(TypeError);
  });

  test('lets plain values be', () => {
    for (const value of ['a', 1, true, null, undefined]) expect(freezeJson(value)).toBe(value);
  });
});
