// Makes a backup of a data folder, also while a server runs on it: a consistent copy of the
// log, the files of sessions, and the folder's secret where it is asked for. Files come
// after the log, so that the log names none that is not there; a file never changes, so it
// does not matter when it is read.

import { access, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { secretEntry, storeEntry } from './backup-format.ts';
import { assertReplaceable, writeBackup, type Source } from './backup-writer.ts';
import { filesIn } from './files-check.ts';
import type { LogReader } from './reader.ts';
import type { Unavailable } from '../log/refusal.ts';

export interface BackupOptions {
  readonly data: string;
  readonly to: string;
  readonly createdAt: number;
  readonly id: string;
  /** Its path, to be taken along; not where it is undefined. */
  readonly secret: string | undefined;
  /** How many bytes of about how many are written. */
  readonly onProgress: (bytes: number, of: number) => void;
}

export type BackedUp =
  | { readonly ok: true; readonly files: number; readonly bytes: number }
  | Unavailable;

/** A deletion takes the copy away where it was not opened yet; then another is made. */
const TRIES = 5;

export async function backUp(log: LogReader, options: BackupOptions): Promise<BackedUp> {
  if (options.secret !== undefined) await access(options.secret);
  await assertReplaceable(options.to);
  for (let left = TRIES; ; left--) {
    const copied = await log.upkeep.copy();
    if (!copied.ok) return copied;
    try {
      return await write(copied.path, options);
    } catch (error) {
      if (left === 0 || !isGone(error, copied.path)) throw error;
    } finally {
      await rm(copied.path, { force: true });
    }
  }
}

async function write(copy: string, options: BackupOptions): Promise<BackedUp> {
  const { data, to, createdAt, id, secret, onProgress } = options;
  const files = await filesIn(data);
  const sources: readonly Source[] = [
    { file: storeEntry, path: copy, isOurs: true },
    ...files.map((file) => ({ file, path: join(data, file) })),
    ...(secret === undefined ? [] : [{ file: secretEntry, path: secret }]),
  ];
  const total = await bytesOf(sources);
  const onBytes = (written: number): void => onProgress(written, total);
  const { bytes } = await writeBackup({ to, id, createdAt, sources, onBytes });
  return { ok: true, files: files.length, bytes };
}

function isGone(error: unknown, path: string): boolean {
  const { code, path: missing } = Object(error) as { code?: unknown; path?: unknown };
  return code === 'ENOENT' && missing === path;
}

async function bytesOf(sources: readonly Source[]): Promise<number> {
  let bytes = 0;
  for (const { path } of sources) bytes += (await stat(path).catch(() => ({ size: 0 }))).size;
  return bytes;
}
