import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { limits } from '../../../src/protocol/limits.ts';
import { readStateVector, writeStateVector } from '../../../src/protocol/state-vector.ts';
import { runs } from '../../support/count.ts';
import { bytesTakenBy } from '../../support/heap.ts';
import { varUint } from '../../support/update-bytes.ts';

const raw = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

describe('[W10] a state vector', () => {
  test('[W10] is read and written as Yjs does', () => {
    const entry = fc.tuple(fc.oneof(fc.nat(200), fc.maxSafeNat()), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 20 }), (entries) => {
        const clocks = new Map(entries);
        const bytes = Y.encodeStateVector(clocks);
        expect(writeStateVector(clocks)).toEqual(bytes);
        const read = readStateVector(bytes);
        expect(read.ok && new Map(read.clocks)).toEqual(Y.decodeStateVector(bytes));
      }),
      runs(500, 50_000),
    );
  });

  test.each([
    ['truncated', raw(2, 1, 1)],
    ['truncated', raw(...varUint(2 ** 50), 1, 1)],
    ['trailing-bytes', raw(1, 1, 1, 0)],
    ['varint', raw(1, 0x81, 0, 1)],
    ['client-twice', raw(2, 5, 1, 5, 2)],
    ['clock', raw(1, 5, ...varUint(2 ** 31 + 1))],
    ['frame-bytes', new Uint8Array(limits.stateVectorBytesMax + 1)],
    ['client-count', writeStateVector(new Map(Array.from({ length: 8_001 }, (_, i) => [i, 1])))],
  ])('[W10] is refused by the rule %s', (rule, bytes) => {
    expect(readStateVector(bytes)).toMatchObject({ ok: false, rule });
    expect(bytesTakenBy(() => readStateVector(bytes))).toBeLessThan(bytes.length * 4 + 512 * 1024);
  });
});
