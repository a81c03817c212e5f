// Reads a backup from its beginning to its end, and believes nothing of it before the hash
// in its last line is right.

import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import {
  BackupError,
  backupFormat,
  lineBytesMax,
  readBegin,
  readLine,
  type Entry,
} from './backup-format.ts';

/** Takes the bytes of one file, in pieces that are gone when it resolves. */
export type Take = (entry: Entry, pieces: AsyncIterable<Uint8Array>) => Promise<void>;

const CHUNK_BYTES = 1024 * 1024;

/** How many files it holds. Rejects with a BackupError, or with what `take` rejects with. */
export async function readBackup(path: string, take: Take): Promise<number> {
  const handle = await open(path, 'r');
  try {
    return await readAll(new Input(handle, path), take);
  } finally {
    await handle.close();
  }
}

async function readAll(input: Input, take: Take): Promise<number> {
  const format = readBegin((await input.line()) ?? '');
  if (format === undefined) {
    throw new BackupError('not-a-backup', `${input.path} is no backup of Holdfast.`);
  }
  if (format > backupFormat) {
    const message = `${input.path} was made by a newer version (format ${format}, this one knows ${backupFormat}): restore it with that version.`;
    throw new BackupError('backup-newer', message);
  }
  for (let files = 0; ; files++) {
    const sha256 = input.digest();
    const read = readLine((await input.line()) ?? '');
    if (read === undefined) throw input.damaged('it ends too early, or something in it changed');
    if ('end' in read) {
      const isWhole = read.sha256 === sha256 && read.files === files && (await input.isAtEnd());
      if (isWhole) return files;
      throw input.damaged('what it holds is not what was written');
    }
    await take(read, input.pieces(read.bytes));
    input.assertTaken();
  }
}

class Input {
  readonly path: string;
  #handle: FileHandle;
  #hash = createHash('sha256');
  #buffer = Buffer.alloc(0);
  #left = 0;

  constructor(handle: FileHandle, path: string) {
    this.#handle = handle;
    this.path = path;
  }

  /** The next line without its end; undefined where there is none. */
  async line(): Promise<string | undefined> {
    let end = this.#buffer.indexOf(10);
    while (end === -1 && this.#buffer.length <= lineBytesMax && (await this.#fill())) {
      end = this.#buffer.indexOf(10);
    }
    if (end === -1 || end > lineBytesMax) return undefined;
    return this.#take(end + 1).toString('utf8', 0, end);
  }

  /** The next bytes, all of which have to be taken. */
  async *pieces(bytes: number): AsyncIterable<Uint8Array> {
    this.#left = bytes;
    while (this.#left > 0) {
      if (this.#buffer.length === 0 && !(await this.#fill())) {
        throw this.damaged('it ends too early');
      }
      const piece = this.#take(Math.min(this.#left, this.#buffer.length));
      this.#left -= piece.length;
      yield piece;
    }
  }

  assertTaken(): void {
    if (this.#left > 0) throw new Error('a file of a backup was not read to its end');
  }

  async isAtEnd(): Promise<boolean> {
    return this.#buffer.length === 0 && !(await this.#fill());
  }

  /** The hash of all that was taken so far. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }

  damaged(why: string): BackupError {
    return new BackupError('backup-damaged', `${this.path} is damaged: ${why}.`);
  }

  #take(bytes: number): Buffer {
    const taken = this.#buffer.subarray(0, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    this.#hash.update(taken);
    return taken;
  }

  async #fill(): Promise<boolean> {
    const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(CHUNK_BYTES));
    this.#buffer = Buffer.concat([this.#buffer, buffer.subarray(0, bytesRead)]);
    return bytesRead > 0;
  }
}
