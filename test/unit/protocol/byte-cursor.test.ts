import * as encoding from 'lib0/encoding';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteCursor } from '../../../src/protocol/byte-cursor.ts';
import { ByteWriter } from '../../../src/protocol/byte-writer.ts';
import { runs } from '../../support/count.ts';

const lib0 = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};
const whole = fc.maxSafeNat();

describe('numbers', () => {
  test('are read as lib0 writes them, and written as it does', () => {
    fc.assert(
      fc.property(fc.oneof(whole, fc.nat(300), fc.nat(2 ** 31 - 1)), (value) => {
        const bytes = lib0((encoder) => encoding.writeVarUint(encoder, value));
        const out = new ByteWriter(1);
        out.varUint(value);
        expect(out.finish()).toEqual(bytes);
        const cursor = new ByteCursor(bytes);
        expect(cursor.varUint()).toBe(value);
        expect([cursor.left, cursor.fault]).toEqual([0, undefined]);
      }),
      runs(1_000, 100_000),
    );
  });

  test('with a sign are passed over as lib0 writes them', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -200, max: 200 })), (value) => {
        const cursor = new ByteCursor(lib0((encoder) => encoding.writeVarInt(encoder, value)));
        cursor.skipVarInt();
        expect([cursor.left, cursor.fault]).toEqual([0, undefined]);
      }),
      runs(1_000, 100_000),
    );
  });

  test.each([
    ['longer than needed', [0x80, 0x00]],
    ['longer than needed, by much', [0xff, 0x80, 0x80, 0x00]],
    ['of too many bits', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]],
    ['without an end', Array.from({ length: 20 }, () => 0xff)],
  ])('%s are refused', (_, bytes) => {
    const plain = new ByteCursor(Uint8Array.from(bytes));
    plain.varUint();
    expect(plain.fault).toBe('varint');
    const signed = new ByteCursor(Uint8Array.from(bytes));
    signed.skipVarInt();
    expect(signed.fault).toBe('varint');
  });

  test('that end too early are truncated', () => {
    const cursor = new ByteCursor(Uint8Array.of(0x80, 0x80));
    expect([cursor.varUint(), cursor.fault]).toEqual([0, 'truncated']);
  });
});

test('the first fault stays, and everything after it reads as nothing', () => {
  const cursor = new ByteCursor(Uint8Array.of(1, 0x80, 0x00, 7));
  expect(cursor.byte()).toBe(1);
  cursor.varUint();
  expect([cursor.byte(), cursor.varUint(), cursor.text(), cursor.left]).toEqual([0, 0, 0, 0]);
  expect(cursor.refusal()).toEqual({ ok: false, rule: 'varint', at: 1 });
});

test('a count of more than can follow is refused before anything is done with it', () => {
  const cursor = new ByteCursor(Uint8Array.of(3, 0, 0, 0, 0, 0));
  expect([cursor.count(2), cursor.fault]).toEqual([0, 'truncated']);
  expect(new ByteCursor(Uint8Array.of(2, 0, 0, 0, 0)).count(2)).toBe(2);
});

test('sizes beyond the end are refused', () => {
  const cursor = new ByteCursor(Uint8Array.of(4, 1, 2, 3));
  cursor.sized();
  expect(cursor.refusal().rule).toBe('truncated');
});
