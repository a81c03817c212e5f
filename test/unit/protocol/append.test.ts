import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../src/base/assert.ts';
import { seededChance } from '../../../src/base/chance.ts';
import { type Append, readAppend } from '../../../src/protocol/append.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { NONE } from '../../../src/protocol/struct.ts';
import { readUpdate } from '../../../src/protocol/update.ts';
import { textOf } from '../../../src/protocol/utf8.ts';
import { encodeAppend } from '../../../src/session/append.ts';
import { count, runs } from '../../support/count.ts';
import { damage } from '../../support/mutants.ts';

const client = fc.oneof(fc.nat(300), fc.nat(2 ** 32 - 1), fc.maxSafeNat());
const clock = fc.oneof(
  fc.integer({ min: 1, max: 400 }),
  fc.integer({ min: 1, max: 2 ** 31 - 100 }),
);
const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

/** The append that a full reading of the bytes finds in them. */
function foundByReader(bytes: Uint8Array): Append | undefined {
  const update = readUpdate(bytes);
  if (!update.ok || update.structs.length !== 1 || update.ranges.length > 0) return undefined;
  const struct = defined(update.structs[0], 'a struct');
  const follows = struct.originClient === struct.client && struct.originClock === struct.clock - 1;
  const isPlain = struct.kind === 'string' && struct.rightClient === NONE && !struct.keyed;
  if (!follows || !isPlain) return undefined;
  const { length, end } = struct;
  const textStart =
    bytes.length - 1 - (end - struct.contentStart - sizeBytes(bytes, struct.contentStart));
  return { client: struct.client, clock: struct.clock, length, textStart, textEnd: end };
}

function sizeBytes(bytes: Uint8Array, at: number): number {
  let end = at;
  while ((bytes[end] ?? 0) >= 0x80) end++;
  return end + 1 - at;
}

describe('[W7] the quick look at an append', () => {
  test('[W7] knows every append that a session writes', () => {
    fc.assert(
      fc.property(client, clock, words, (id, at, text) => {
        const bytes = encodeAppend(id, at, text);
        const found = defined(readAppend(bytes), 'an append');
        expect(found).toEqual(foundByReader(bytes));
        expect([found.client, found.clock, found.length]).toEqual([id, at, text.length]);
        expect(textOf(bytes, found.textStart, found.textEnd)).toBe(text);
      }),
      runs(1_000, 100_000),
    );
  });

  test('[W7] knows the appends that Yjs itself sends', () => {
    const doc = new Y.Doc();
    const text = doc.getText('text');
    text.insert(0, 'begin');
    const found: unknown[] = [];
    doc.on('update', (bytes: Uint8Array) => found.push(readAppend(bytes)?.length));
    for (const piece of ['a', ' word', '😀', '日本']) text.insert(text.length, piece);
    expect(found).toEqual([1, 5, 2, 2]);
  });

  test('[W7] never says what the full reader does not say', () => {
    const chance = seededChance(7);
    const tries = count(30_000, 1_000_000);
    let appends = 0;
    for (let i = 0; i < tries; i++) {
      const one = encodeAppend(
        1 + (i % 300) * (i % 7 === 0 ? 2 ** 24 : 1),
        1 + (i % 500),
        'ä words',
      );
      const bytes = damage(chance, one, encodeAppend(5, 6, '😀'));
      const found = readAppend(bytes);
      if (found !== undefined) appends++;
      expect(found, Buffer.from(bytes).toString('hex')).toEqual(foundByReader(bytes));
    }
    expect(appends).toBeGreaterThan(tries / 100);
  });

  test('[W7] leaves what is too long or too late to the reader', () => {
    const long = encodeAppend(5, 6, 'x'.repeat(limits.updateBytesMax));
    expect(readAppend(long)).toBeUndefined();
    expect(readAppend(encodeAppend(5, 2 ** 31 - 2, 'abc'))).toBeUndefined();
    expect(readAppend(encodeAppend(5, 2 ** 31 - 3, 'abc'))?.length).toBe(3);
  });

  test.each([
    ['as an append should be', [1, 1, 5, 6, 0x84, 5, 5, 1, 97, 0], true],
    ['a client longer than needed', [1, 1, 0x85, 0, 6, 0x84, 0x85, 0, 5, 1, 97, 0], false],
    ['a clock longer than needed', [1, 1, 5, 0x86, 0, 0x84, 5, 0x85, 0, 1, 97, 0], false],
    ['a size longer than needed', [1, 1, 5, 6, 0x84, 5, 5, 0x81, 0, 97, 0], false],
    ['a client without an end', [1, 1, ...Array.from({ length: 12 }, () => 0xff), 0], false],
    ['nothing before it', [1, 1, 5, 0, 0x84, 5, 0x80, 0, 1, 97, 0], false],
    ['the words of another before it', [1, 1, 5, 6, 0x84, 4, 5, 1, 97, 0], false],
    ['something deleted', [1, 1, 5, 6, 0x84, 5, 5, 1, 97, 1, 5, 1, 0, 1], false],
    ['no words', [1, 1, 5, 6, 0x84, 5, 5, 0, 0], false],
  ])('[W7] %s: %j', (_, list, isAppend) => {
    const bytes = Uint8Array.from(list);
    expect(readAppend(bytes) !== undefined).toBe(isAppend);
    expect(readAppend(bytes)).toEqual(foundByReader(bytes));
  });
});
