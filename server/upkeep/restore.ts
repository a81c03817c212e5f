// Puts a backup back into a folder that is empty or not there. All of it is written and
// proved beside what will be used: only when the hash is right and the log opens without a
// fault does it get its place, the log last, because a folder without a log holds nothing.
// Every session is of a new generation then: devices that know what came after the backup
// must not go on as if it were still there.

import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openEmbeddedLog } from '../log/embedded.ts';
import { LogOpenError } from '../log/migration.ts';
import { BackupError, storeEntry, type Entry } from './backup-format.ts';
import { readBackup } from './backup-reader.ts';
import { syncFolder, syncFolders } from './backup-writer.ts';

export interface RestoreOptions {
  readonly from: string;
  readonly data: string;
  /** Names what is not finished. */
  readonly id: string;
}

/** What a folder that is a disk of its own may hold. */
const OF_THE_DISK = 'lost+found';

/** Rejects with a BackupError or the error of the disk, and leaves the folder as it was then. */
export async function restore({
  from,
  data,
  id,
}: RestoreOptions): Promise<{ readonly sessions: number; readonly files: number }> {
  const made = await mkdir(data, { recursive: true, mode: 0o700 });
  const stage = join(data, `restoring-${id}`);
  try {
    await assertEmpty(data);
    await mkdir(stage, { mode: 0o700 });
    const files = await unpack(from, stage);
    const sessions = await prove(stage, from);
    await syncFolders(stage);
    await putInPlace(stage, data);
    return { sessions, files };
  } catch (error) {
    await rm(stage, { recursive: true, force: true });
    if (made !== undefined) await rmdir(data).catch(() => undefined);
    throw error;
  }
}

async function assertEmpty(data: string): Promise<void> {
  const names = (await readdir(data)).filter((name) => name !== OF_THE_DISK);
  if (names.length === 0) return;
  const message = `${data} is not empty: restore into an empty folder, and use that one when all is well.`;
  throw new BackupError('not-empty', message);
}

/** How many files of sessions there were. */
async function unpack(from: string, stage: string): Promise<number> {
  let files = 0;
  const seen = new Set<string>();
  await readBackup(from, async (entry, pieces) => {
    if (seen.has(entry.file)) throw damaged(from, 'it holds a file twice');
    seen.add(entry.file);
    if (entry.file.startsWith('files/')) files += 1;
    await writeEntry(stage, entry, pieces);
  });
  if (!seen.has(storeEntry)) throw damaged(from, 'it holds no log');
  return files;
}

async function writeEntry(
  stage: string,
  { file }: Entry,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const path = join(stage, file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const piece of pieces) await handle.writeFile(piece);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Opens the log as a restored one. How many sessions it has. */
async function prove(stage: string, from: string): Promise<number> {
  const log = await openRestored(join(stage, 'log'), from);
  try {
    if (log.faults.length > 0) throw damaged(from, log.faults.join('; '));
    let sessions = 0;
    for (let after = ''; ;) {
      const listing = await log.list(after, 1_000);
      if (!listing.ok) throw damaged(from, 'its log cannot be read');
      sessions += listing.sessions.length;
      const last = listing.sessions.at(-1);
      if (last === undefined) return sessions;
      after = last.session;
    }
  } finally {
    await log.close();
  }
}

async function openRestored(
  folder: string,
  from: string,
): Promise<Awaited<ReturnType<typeof openEmbeddedLog>>> {
  try {
    return await openEmbeddedLog({ folder, restored: true });
  } catch (error) {
    if (!(error instanceof LogOpenError)) throw error;
    if (error.code === 'log-newer') {
      const message = `${from} was made by a newer version: restore it with that version. (${error.message})`;
      throw new BackupError('backup-newer', message, { cause: error });
    }
    if (error.code === 'log-full') throw error;
    throw damaged(from, error.message);
  }
}

async function putInPlace(stage: string, data: string): Promise<void> {
  const names = (await readdir(stage)).toSorted((one, other) => rank(one) - rank(other));
  for (const name of names) await rename(join(stage, name), join(data, name));
  await rmdir(stage);
  await syncFolder(data);
}

const rank = (name: string): number => (name === 'log' ? 1 : 0);

function damaged(from: string, why: string): BackupError {
  return new BackupError('backup-damaged', `${from} is damaged: ${why.replace(/\.$/, '')}.`);
}
