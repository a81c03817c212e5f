// The few things that a journal asks of a disk. Everything the journal does to files goes
// through here, so that a test can be the disk: write less than it was given, tear a
// write, be full, fail, lose what it called durable, die in between.

import { constants } from 'node:fs';
import { open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface JournalFolder {
  /** Names of journal files, in any order. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<Uint8Array>;
  /** A new, empty file. Its name is durable after `sync`. */
  create(name: string): Promise<JournalFile>;
  remove(name: string): Promise<void>;
  /** Which files there are is durable afterwards. */
  sync(): Promise<void>;
}

export interface JournalFile {
  /** Writes at `at` and says how many bytes were taken; those are durable. */
  write(bytes: Uint8Array, at: number): Promise<number>;
  /** Cuts the file to a length; durable afterwards. */
  cut(length: number): Promise<void>;
  close(): Promise<void>;
}

const SHAPE = /^journal-\d{10}$/;

export function nodeJournalFolder(path: string): JournalFolder {
  return {
    list: async () => (await readdir(path)).filter((name) => SHAPE.test(name)),
    read: (name) => readFile(join(path, name)),
    create: (name) => createFile(join(path, name)),
    remove: (name) => unlink(join(path, name)),
    sync: () => syncFolder(path),
  };
}

/** File 17 is `journal-0000000017`, so that names sort as numbers do. */
export function journalName(number: number): string {
  return `journal-${String(number).padStart(10, '0')}`;
}

export function journalNumber(name: string): number {
  return Number(name.slice('journal-'.length));
}

/** A platform without O_DSYNC (Windows) pays one more call for the same. */
async function createFile(path: string): Promise<JournalFile> {
  const durable = constants.O_DSYNC as number | undefined;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (durable ?? 0);
  const handle = await open(path, flags, 0o600);
  return {
    async write(bytes, at) {
      const { bytesWritten } = await handle.write(bytes, 0, bytes.length, at);
      if (durable === undefined) await handle.datasync();
      return bytesWritten;
    },
    async cut(length) {
      await handle.truncate(length);
      await handle.sync();
    },
    close: () => handle.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
