import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJson } from '../../../src/base/json.ts';
import { ByteCursor } from '../../../src/protocol/byte-cursor.ts';
import { jsonAt, JsonScan } from '../../../src/protocol/json-bytes.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { runs } from '../../support/count.ts';

type Any = Parameters<typeof encoding.writeAny>[1];

function bytesOf(value: unknown): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeAny(encoder, value as Any);
  return encoding.toUint8Array(encoder);
}

/** The rule by which the bytes are no JSON value, or undefined if they are one and nothing else. */
function scan(bytes: Uint8Array): string | undefined {
  const cursor = new ByteCursor(bytes);
  new JsonScan(cursor).value();
  return cursor.fault ?? (cursor.left > 0 ? 'left over' : undefined);
}

const bounds = { depthMax: limits.jsonDepthMax, nodesMax: limits.jsonNodesMax };
const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);

describe('[W3] [W4] a stored value', () => {
  test('[W3] [W4] passes exactly if it is JSON, and reads as it was written', () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(null, true, false, -0, 2 ** 40, undefined, Number.NaN, 7n, new Uint8Array(2)),
    );
    const anything = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(anything, (given) => {
        const value = given;
        const bytes = bytesOf(value);
        const passes = scan(bytes) === undefined;
        expect(passes).toBe(isJson(normal(value), bounds));
        expect(passes ? jsonAt(bytes, 0, 1) : [normal(value)]).toEqual([normal(value)]);
      }),
      runs(2_000, 200_000),
    );
  });

  test.each([
    ['undefined', [127], 'json-kind'],
    ['a BigInt', [122, 0, 0, 0, 0, 0, 0, 0, 1], 'json-kind'],
    ['bytes', [116, 1, 7], 'json-kind'],
    ['a tag that nothing has', [100], 'json-kind'],
    ['an entry that is undefined', [118, 1, 1, 97, 127], 'json-kind'],
    ['NaN as float32', [124, 0x7f, 0xc0, 0, 0], 'json-number'],
    ['-Infinity as float32', [124, 0xff, 0x80, 0, 0], 'json-number'],
    ['Infinity as float64', [123, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], 'json-number'],
    ['the key __proto__', [118, 1, 9, ...new TextEncoder().encode('__proto__'), 126], 'key'],
    ['half a surrogate', [119, 3, 0xed, 0xa0, 0x80], 'text'],
    ['half a surrogate in a key', [118, 1, 3, 0xed, 0xa0, 0x80, 126], 'text'],
    ['more entries than bytes', [117, 0xff, 0xff, 0x7f], 'truncated'],
    ['too few entries', [117, 2, 126], 'truncated'],
    ['a number in two ways', [125, 0x80, 0], 'varint'],
    ['half a float', [123, 0, 0, 0], 'truncated'],
  ])('[W4] is refused if it is %s', (_, bytes, rule) => {
    expect(scan(Uint8Array.from(bytes))).toBe(rule);
  });

  test('[W4] is as deep and as large as a session takes it, and no more', () => {
    expect(scan(bytesOf(nest(limits.jsonDepthMax)))).toBeUndefined();
    expect(scan(bytesOf(nest(limits.jsonDepthMax + 1)))).toBe('json-depth');
    const list = (count: number): Uint8Array => bytesOf(Array.from({ length: count }, () => null));
    expect(scan(list(limits.jsonNodesMax - 1))).toBeUndefined();
    expect(scan(list(limits.jsonNodesMax))).toBe('json-nodes');
  });

  test.each([
    [
      'an integer beyond 32 bits, as ports of Yjs write it',
      [125, 0x80, 0x80, 0x80, 0x80, 0x80, 1],
      2 ** 34,
    ],
    ['an integer as float64', [123, 0x40, 0x14, 0, 0, 0, 0, 0, 0], 5],
    ['an integer as float32', [124, 0x40, 0xa0, 0, 0], 5],
    ['minus zero', [125, 0x40], -0],
  ])('[W3] may hold %s', (_, list, value) => {
    const bytes = Uint8Array.from(list);
    expect(scan(bytes)).toBeUndefined();
    expect(jsonAt(bytes, 0, 1)).toEqual([value]);
  });
});

/** What lib0 makes of a value: objects of fast-check have no prototype. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value);
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries) {
    Object.defineProperty(copy, key, {
      value: normal(entry),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return copy;
}
