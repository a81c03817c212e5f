// What one session has of files, as far as this process has looked: read from the disk
// once, and kept right from then on. What is on its way counts already, so that many
// uploads at once do not exceed what one after another may not.

import { httpLimits } from '../http/limits.ts';
import type { StoredFile } from './file-folder.ts';

export class Shelf {
  readonly session: string;
  #load: () => Promise<readonly StoredFile[]>;
  #files: Promise<Map<string, StoredFile>> | undefined;
  #bytes = 0;
  #reservedBytes = 0;
  #reservedFiles = 0;
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();
  #users = 0;
  #isClosed = false;

  constructor(session: string, load: () => Promise<readonly StoredFile[]>) {
    this.session = session;
    this.#load = load;
  }

  /** The session is gone: nothing is added any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether it must not be forgotten: there may be one of a session only. */
  get isBusy(): boolean {
    return this.#users > 0;
  }

  async use<T>(act: () => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await act();
    } finally {
      this.#users -= 1;
    }
  }

  /** By hash. Rejects with the error of the disk, and is read anew when it is asked again. */
  files(): Promise<ReadonlyMap<string, StoredFile>> {
    this.#files ??= this.#read();
    return this.#files;
  }

  /** Call what it returns when the upload is over. Undefined where there is no room. */
  reserve(bytes: number): (() => void) | undefined {
    const isFull =
      this.#bytes + this.#reservedBytes + bytes > httpLimits.sessionFileBytesMax ||
      this.#count + this.#reservedFiles >= httpLimits.sessionFilesMax;
    if (isFull) return undefined;
    this.#reservedBytes += bytes;
    this.#reservedFiles += 1;
    return () => {
      this.#reservedBytes -= bytes;
      this.#reservedFiles -= 1;
    };
  }

  async add(file: StoredFile): Promise<void> {
    (await this.#files)?.set(file.hash, file);
    this.#bytes += file.bytes;
    this.#count += 1;
  }

  /** One after another: a file that gets its name, and the end of all of them. */
  alone<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Takes all away. Where that fails, what is there counts again. */
  close(remove: () => Promise<void>): Promise<void> {
    return this.alone(async () => {
      this.#isClosed = true;
      this.#files = undefined;
      try {
        await remove();
      } catch (error) {
        this.#isClosed = false;
        throw error;
      }
    });
  }

  async #read(): Promise<Map<string, StoredFile>> {
    try {
      const files = await this.#load();
      this.#bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
      this.#count = files.length;
      return new Map(files.map((file) => [file.hash, file]));
    } catch (error) {
      this.#files = undefined;
      throw error;
    }
  }
}
