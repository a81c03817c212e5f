// A backup is one file: a line of JSON that says what it is, then each file of it behind a
// line that says its name and length, and a last line with the hash of all before it. It can
// be written and read in one go, and is whole only with its last line.
//
//     {"holdfast":"backup","format":1,"createdAt":"2026-11-20T..."}
//     {"file":"log/store.sqlite","bytes":81920}
//     ...81920 bytes...
//     {"end":true,"files":1,"sha256":"..."}

import * as v from 'valibot';
import { HoldfastError } from '../../src/base/error.ts';

export const backupFormat = 1;

/** No line of a backup is longer. */
export const lineBytesMax = 16 * 1024;

export const storeEntry = 'log/store.sqlite';
export const secretEntry = 'secret';

export class BackupError extends HoldfastError<
  'not-a-backup' | 'backup-damaged' | 'backup-newer' | 'backup-in-the-way' | 'not-empty'
> {
  override readonly name = 'BackupError';
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const beginSchema = v.object({ holdfast: v.literal('backup'), format: whole });
const entrySchema = v.object({ file: v.pipe(v.string(), v.check(isOurs)), bytes: whole });
const endSchema = v.object({ end: v.literal(true), files: whole, sha256: v.string() });

export type Entry = v.InferOutput<typeof entrySchema>;
export type End = v.InferOutput<typeof endSchema>;

/** Whether a backup holds files of this name: no other is ever written, so none leads elsewhere. */
function isOurs(file: string): boolean {
  return file === storeEntry || file === secretEntry || /^files(\/[\w~-][\w.~-]*){2}$/.test(file);
}

export function beginLine(createdAt: number): string {
  const at = new Date(createdAt).toISOString();
  return line({ holdfast: 'backup', format: backupFormat, createdAt: at });
}

export const entryLine = (entry: Entry): string => line(entry);

export const endLine = (end: Omit<End, 'end'>): string => line({ end: true, ...end });

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** The format of a backup by its first line; undefined where it is none. */
export function readBegin(text: string): number | undefined {
  const read = v.safeParse(beginSchema, parse(text));
  return read.success ? read.output.format : undefined;
}

/** Undefined for a line that is neither. */
export function readLine(text: string): Entry | End | undefined {
  const read = v.safeParse(v.union([entrySchema, endSchema]), parse(text));
  return read.success ? read.output : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
