// A journal file in bytes: blocks, one after another, each of which is one write.
//
//     note block | records block | records block | ...
//
//     u32 magic | u32 length of the body | u32 number in the file | u32 CRC-32 of the body |
//     u32 CRC-32 of this header, begun with the salt of the file | body
//
// The next write begins when the last one is durable. So a block that cannot be read is a
// torn write, which nobody was told of, only if nothing follows it and if it looks torn:
// the file ends in it, or whole sectors of it were never written and are zeros. All else
// is damage, and what is damaged is never cut away. The salt is random, so that nobody's
// words can look like a block.

import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { LogRecord } from './log.ts';
import { decodeRecord, recordBytes, writeRecord } from './record.ts';

/** The format of journal files that this code writes. */
export const journalFormat = 1;

const NOTE = 0x4e4a4648;
const RECORDS = 0x524a4648;
const HEADER_BYTES = 20;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/** What stands at the start of a file. */
export interface Note {
  readonly format: number;
  readonly number: number;
  readonly salt: number;
  /**
   * For every earlier file that was not yet in the store: the length up to which it is
   * true. What lies behind it was refused, and could not be cut away at the time.
   */
  readonly ends: readonly (readonly [number: number, bytes: number])[];
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const noteSchema: v.GenericSchema<unknown, Note> = v.object({
  format: whole,
  number: whole,
  salt: whole,
  ends: v.array(v.tuple([whole, whole])),
});

/** What was found in a file. */
export interface Scan {
  /** Undefined where not even the note was written whole. */
  readonly note: Note | undefined;
  readonly records: readonly LogRecord[];
  /** The length up to which the file is true. */
  readonly bytes: number;
  readonly ending: 'clean' | 'torn' | 'damaged';
}

export function encodeNote(note: Note): Uint8Array {
  const body = Buffer.from(JSON.stringify(note));
  const block = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  block.set(body, HEADER_BYTES);
  return finish(block, NOTE, 0, 0);
}

/** `number` counts the blocks of the file; the note is 0. */
export function encodeRecords(
  salt: number,
  number: number,
  records: readonly LogRecord[],
): Uint8Array {
  const bytes = records.reduce((sum, record) => sum + recordBytes(record), HEADER_BYTES);
  const block = Buffer.allocUnsafe(bytes);
  let at = HEADER_BYTES;
  for (const record of records) at = writeRecord(block, at, record);
  return finish(block, RECORDS, salt, number);
}

/** Reads a file up to where it is true. `end` is what a later note says of it. */
export function scan(file: Uint8Array, end: number | undefined): Scan {
  const bytes = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, end ?? Infinity));
  const records: LogRecord[] = [];
  const first = readHeader(bytes, 0, 0);
  const note = first?.magic === NOTE && first.number === 0 ? readNote(bytes, first) : undefined;
  let at = note === undefined ? 0 : (first?.end ?? 0);
  const told = (ending: Scan['ending']): Scan => ({ note, records, bytes: at, ending });
  if (note === undefined) return told(bytes.length === 0 ? 'clean' : judge(bytes, 0, 0, 0));
  for (let number = 1; at < bytes.length; number++) {
    const header = readHeader(bytes, at, note.salt);
    const found = header?.number === number ? readRecords(bytes, header) : undefined;
    if (header === undefined || found === undefined) {
      // Where another note says that this file is true to its end, nothing in it can be torn.
      return told(end === undefined ? judge(bytes, at, note.salt, number) : 'damaged');
    }
    records.push(...found);
    at = header.end;
  }
  const short = end !== undefined && file.length < end;
  return told(short ? 'damaged' : 'clean');
}

interface Header {
  readonly magic: number;
  readonly number: number;
  readonly crc: number;
  readonly start: number;
  readonly end: number;
}

/** Writes the header before a body that stands in its place. */
function finish(block: Buffer, magic: number, salt: number, number: number): Buffer {
  const body = block.subarray(HEADER_BYTES);
  block.writeUInt32LE(magic, 0);
  block.writeUInt32LE(body.length, 4);
  block.writeUInt32LE(number, 8);
  block.writeUInt32LE(crc32(body), 12);
  block.writeUInt32LE(crc32(block.subarray(0, 16), salt), 16);
  return block;
}

/** The header at `at`, if it is one; its body may be cut off. */
function readHeader(bytes: Buffer, at: number, salt: number): Header | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const crc = crc32(bytes.subarray(at, at + 16), salt);
  if (crc !== bytes.readUInt32LE(at + 16)) return undefined;
  const start = at + HEADER_BYTES;
  return {
    magic: bytes.readUInt32LE(at),
    number: bytes.readUInt32LE(at + 8),
    crc: bytes.readUInt32LE(at + 12),
    start,
    end: start + bytes.readUInt32LE(at + 4),
  };
}

/** The body, if it is all there and what was written. */
function readBody(bytes: Buffer, { start, end, crc }: Header): Buffer | undefined {
  if (end > bytes.length) return undefined;
  const body = bytes.subarray(start, end);
  return crc32(body) === crc ? body : undefined;
}

function readNote(bytes: Buffer, header: Header): Note | undefined {
  const body = readBody(bytes, header);
  if (body === undefined) return undefined;
  try {
    return v.parse(noteSchema, JSON.parse(body.toString('utf8')));
  } catch {
    return undefined;
  }
}

function readRecords(bytes: Buffer, header: Header): readonly LogRecord[] | undefined {
  const body = header.magic === RECORDS ? readBody(bytes, header) : undefined;
  if (body === undefined) return undefined;
  const records: LogRecord[] = [];
  for (let at = 0; at < body.length;) {
    const found = decodeRecord(body, at);
    if (found === undefined) return undefined;
    records.push(found.record);
    at = found.end;
  }
  return records;
}

/** Whether what begins at `at` and is no block was torn or damaged. */
function judge(bytes: Buffer, at: number, salt: number, number: number): 'torn' | 'damaged' {
  const header = readHeader(bytes, at, salt);
  if (header !== undefined && header.end > bytes.length) return 'torn';
  if (hasLaterBlock(bytes, at, salt, number)) return 'damaged';
  if (at + HEADER_BYTES > bytes.length) return 'torn';
  const end = header?.end ?? at + HEADER_BYTES;
  return hasEmptySector(bytes, at, end) ? 'torn' : 'damaged';
}

function hasLaterBlock(bytes: Buffer, at: number, salt: number, number: number): boolean {
  const magic = Buffer.allocUnsafe(4);
  magic.writeUInt32LE(RECORDS);
  for (let found = bytes.indexOf(magic, at + 1); found !== -1;) {
    const header = readHeader(bytes, found, salt);
    if (header !== undefined && header.number > number) return true;
    found = bytes.indexOf(magic, found + 1);
  }
  return false;
}

/** Whether some sector's part of the range was never written. */
function hasEmptySector(bytes: Buffer, from: number, to: number): boolean {
  for (let start = from; start < to;) {
    const end = Math.min(to, start - (start % SECTOR_BYTES) + SECTOR_BYTES);
    if (bytes.subarray(start, end).every((byte) => byte === 0)) return true;
    start = end;
  }
  return false;
}
