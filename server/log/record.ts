// One record in bytes, in the journal and in the store alike, and its checksum, which
// covers its session and place too: the right words in the wrong place are wrong words.
//
//     u32 length of what follows the checksum | u32 CRC-32 of it |
//     u8 length of the session's id | id | u48 seq | bytes         (little endian)

import { crc32 } from 'node:zlib';
import { assert } from '../../src/base/assert.ts';
import type { LogRecord } from './log.ts';

const PREFIX_BYTES = 8;
const SEQ_BYTES = 6;
const SESSION_SHAPE = /^[A-Za-z0-9_-]{1,64}$/;

/** A batch is some frames of at most 8 MiB; four bytes of length would hold more. */
const recordBytesMax = 64 * 1024 * 1024;

/** CRC-32 (IEEE 802.3) of a record as it lies in the journal behind its checksum. */
export function checksum({ session, seq, bytes }: LogRecord): number {
  return crc32(bytes, crc32(head(session, seq)));
}

/**
 * Fails for what no record can hold. A log asks before anything is queued: an assertion
 * inside the loop that writes would end it, and leave every later append waiting.
 */
export function assertWritable(session: string, bytes?: Uint8Array): void {
  assert(SESSION_SHAPE.test(session), `no session is called ${session}`);
  const size = bytes?.length ?? 0;
  assert(size <= recordBytesMax, `a batch of ${size} bytes is too large`);
}

/** How many bytes a record takes. */
export function recordBytes({ session, bytes }: LogRecord): number {
  return PREFIX_BYTES + 1 + session.length + SEQ_BYTES + bytes.length;
}

/** Writes a record at `at`. Returns where the next one begins. */
export function writeRecord(into: Buffer, at: number, record: LogRecord): number {
  const { session, seq, bytes } = record;
  const start = at + PREFIX_BYTES;
  const idEnd = start + 1 + session.length;
  const end = idEnd + SEQ_BYTES + bytes.length;
  into[start] = session.length;
  into.write(session, start + 1, 'latin1');
  into.writeUIntLE(seq, idEnd, SEQ_BYTES);
  into.set(bytes, idEnd + SEQ_BYTES);
  into.writeUInt32LE(end - start, at);
  into.writeUInt32LE(crc32(into.subarray(start, end)), at + 4);
  return end;
}

/** The record at `at` and where the next begins, or undefined where the bytes are none. */
export function decodeRecord(
  body: Buffer,
  at: number,
): { readonly record: LogRecord; readonly end: number } | undefined {
  const start = at + PREFIX_BYTES;
  if (start + 1 > body.length) return undefined;
  const end = start + body.readUInt32LE(at);
  if (end > body.length || end <= start) return undefined;
  if (crc32(body.subarray(start, end)) !== body.readUInt32LE(at + 4)) return undefined;
  const idEnd = start + 1 + body.readUInt8(start);
  if (idEnd + SEQ_BYTES > end) return undefined;
  const session = body.toString('latin1', start + 1, idEnd);
  const seq = body.readUIntLE(idEnd, SEQ_BYTES);
  return { record: { session, seq, bytes: body.subarray(idEnd + SEQ_BYTES, end) }, end };
}

function head(session: string, seq: number): Buffer {
  assertWritable(session);
  const bytes = Buffer.allocUnsafe(1 + session.length + SEQ_BYTES);
  bytes.writeUInt8(session.length, 0);
  bytes.write(session, 1, 'latin1');
  bytes.writeUIntLE(seq, 1 + session.length, SEQ_BYTES);
  return bytes;
}
