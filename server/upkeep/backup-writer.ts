// Writes a backup beside where it shall be, and gives it its name when all of it is on the
// disk: whatever ends in the middle, no backup is half a one, and the last one stays until
// the next is whole. Only its owner may read it: it holds the words of all sessions.

import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { assert } from '../../src/base/assert.ts';
import { beginLine, endLine, entryLine, BackupError, readBegin } from './backup-format.ts';

/** A file that goes into a backup. */
export interface Source {
  /** Its name in the backup. */
  readonly file: string;
  readonly path: string;
  /** Nobody else needs it: it is removed as soon as it is open. */
  readonly isOurs?: boolean;
}

const CHUNK_BYTES = 1024 * 1024;

export interface BackupPlan {
  readonly to: string;
  /** Names what is not finished, so that two who write to one name do not meet. */
  readonly id: string;
  readonly createdAt: number;
  readonly sources: readonly Source[];
  readonly onBytes: (bytes: number) => void;
}

/** How many files and bytes it holds. It takes the place of whatever is there. Rejects with the error of the disk, and leaves nothing then. */
export async function writeBackup(
  plan: BackupPlan,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const { to, id } = plan;
  const folder = dirname(to);
  const part = join(folder, `.${basename(to)}.${id}.part`);
  const handle = await open(part, 'wx', 0o600);
  try {
    const written = await write(handle, plan);
    await handle.sync();
    await handle.close();
    await rename(part, to);
    await syncFolder(folder);
    return written;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

/** Somebody's other file is not written over: the name may be a mistake. */
export async function assertReplaceable(to: string): Promise<void> {
  const handle = await open(to, 'r').catch((error: unknown) => {
    if (Reflect.get(Object(error), 'code') === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    const [first = ''] = buffer.subarray(0, bytesRead).toString('latin1').split('\n');
    if (bytesRead === 0 || readBegin(first) !== undefined) return;
  } finally {
    await handle.close();
  }
  const message = `${to} is there already and is no backup: choose another name.`;
  throw new BackupError('backup-in-the-way', message);
}

async function write(
  handle: FileHandle,
  { createdAt, sources, onBytes }: BackupPlan,
): Promise<{ files: number; bytes: number }> {
  const out = new Output(handle, onBytes);
  await out.write(Buffer.from(beginLine(createdAt)));
  let files = 0;
  for (const source of sources) if (await copy(source, out)) files += 1;
  await out.write(Buffer.from(endLine({ files, sha256: out.digest() })));
  return { files, bytes: out.bytes };
}

class Output {
  bytes = 0;
  #handle: FileHandle;
  #hash: Hash = createHash('sha256');
  #onBytes: (bytes: number) => void;

  constructor(handle: FileHandle, onBytes: (bytes: number) => void) {
    this.#handle = handle;
    this.#onBytes = onBytes;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    for (let at = 0; at < piece.length;) {
      at += (await this.#handle.write(piece, at)).bytesWritten;
    }
    this.bytes += piece.length;
    this.#onBytes(this.bytes);
  }

  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}

/** False where the file is no longer there: its session was deleted meanwhile. */
async function copy({ file, path, isOurs = false }: Source, out: Output): Promise<boolean> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (!isOurs && Reflect.get(Object(error), 'code') === 'ENOENT') return false;
    throw error;
  }
  try {
    if (isOurs && process.platform !== 'win32') await rm(path, { force: true });
    const { size } = await handle.stat();
    await out.write(Buffer.from(entryLine({ file, bytes: size })));
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let left = size; left > 0;) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(left, buffer.length));
      assert(bytesRead > 0, `${file} became shorter while it was read`);
      await out.write(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
  } finally {
    await handle.close();
    if (isOurs) await rm(path, { force: true });
  }
  return true;
}

export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes durable that a folder and all below it are there. Their bytes must be so already. */
export async function syncFolders(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    const below = join(path, name);
    if ((await stat(below)).isDirectory()) await syncFolders(below);
  }
  await syncFolder(path);
}
