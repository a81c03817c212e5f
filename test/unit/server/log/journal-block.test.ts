// What a file of the journal says, and when what it does not say was torn or damaged.

import { describe, expect, test } from 'vitest';
import { encodeNote, encodeRecords, scan } from '../../../../server/log/journal-block.ts';
import { bytesOf } from '../../../../server/log/contract-case.ts';
import type { LogRecord } from '../../../../server/log/log.ts';

const salt = 77;
const note = { format: 1, number: 3, salt, ends: [[2, 900]] as const };
const record = (seq: number, size = 40): LogRecord => ({
  session: 'session-0123456789abcd',
  seq,
  bytes: bytesOf('w'.repeat(size)),
});
const first = encodeNote(note);
const second = encodeRecords(salt, 1, [record(1), record(2, 0)]);
const third = encodeRecords(salt, 2, [record(3, 2_000)]);
const whole = Buffer.concat([first, second, third]);
const seqs = (file: Uint8Array, end?: number): string => {
  const { records, ending } = scan(file, end);
  return `${records.map(({ seq }) => seq).join()} ${ending}`;
};
const withZeros = (from: number, to: number): Buffer => Buffer.from(whole).fill(0, from, to);

describe('a journal file', () => {
  test('is read as it was written', () => {
    const { note: read, records, bytes, ending } = scan(whole, undefined);
    expect({ read, bytes, ending }).toEqual({ read: note, bytes: whole.length, ending: 'clean' });
    expect(records).toHaveLength(3);
    expect(records[2]).toEqual({ ...record(3, 2_000), bytes: Buffer.from(record(3, 2_000).bytes) });
    expect(seqs(Buffer.alloc(0))).toBe(' clean');
  });

  test('that ends anywhere in its last block was torn there, and is true before', () => {
    const start = whole.length - third.length;
    for (let length = start + 1; length < whole.length; length += 13) {
      expect(seqs(whole.subarray(0, length))).toBe('1,2 torn');
    }
    for (let length = 1; length < first.length; length++) {
      expect(seqs(whole.subarray(0, length))).toBe(' torn');
    }
  });

  test('with sectors of the last block that were never written was torn', () => {
    expect(seqs(withZeros(1024, 1536))).toBe('1,2 torn');
    expect(seqs(withZeros(first.length + second.length, whole.length))).toBe('1,2 torn');
  });

  test('with any other byte is damaged, wherever it is', () => {
    for (let at = 0; at < whole.length; at++) {
      const spoilt = Buffer.from(whole);
      spoilt[at] = (spoilt[at] ?? 0) ^ 4;
      expect(seqs(spoilt)).toMatch(at < first.length ? /^ damaged$/ : /^(1,2)? damaged$/);
    }
  });

  test('that goes on behind what cannot be read is damaged, even where that looks torn', () => {
    const cut = Buffer.concat([first, second.subarray(0, 30), Buffer.alloc(600), third]);
    expect(seqs(cut)).toBe(' damaged');
  });

  test('is true to where a later file says, whatever lies behind it', () => {
    const end = first.length + second.length;
    expect(seqs(whole, end)).toBe('1,2 clean');
    expect(seqs(Buffer.concat([whole.subarray(0, end), bytesOf('rubbish')]), end)).toBe(
      '1,2 clean',
    );
    expect(seqs(whole.subarray(0, end - 1), end)).toBe(' damaged');
    expect(seqs(whole, 0)).toBe(' clean');
  });

  test('does not take words for a block, whatever they say', () => {
    const forged = { ...record(3), bytes: encodeRecords(0, 9, [record(9)]) };
    const last = encodeRecords(salt, 2, [forged]);
    const torn = Buffer.concat([first, second, last.subarray(0, last.length - 1)]);
    expect(seqs(torn)).toBe('1,2 torn');
  });
});
