// The files of sessions: what parts of messages refer to by its hash. A file that is said
// to be there is on the disk, whole, and is never changed; the same file sent again is the
// same file. Everything of a session goes with it, also what is still on its way.

import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import { httpLimits } from '../http/limits.ts';
import { reasonOf } from '../log/fault.ts';
import { unavailable, type Unavailable } from '../log/refusal.ts';
import { FileFolder, type StoredFile } from './file-folder.ts';
import type { ByteRange } from './range.ts';
import { receive } from './receive.ts';
import { Shelf } from './shelf.ts';

export interface FileStoreOptions {
  /** Its own; made where it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Whether a session was deleted, and so must have no files any more. */
  readonly isDeleted: (session: string) => Promise<boolean>;
}

export type Put =
  | { readonly ok: true; readonly isNew: boolean; readonly file: StoredFile }
  | {
      readonly ok: false;
      /**
       * - `too-large` for a file, `session-full` of bytes or files
       * - `other-bytes` than the hash and the length say
       * - `broken-off` by its sender
       * - `missing`: the session ended meanwhile
       */
      readonly code: 'too-large' | 'session-full' | 'other-bytes' | 'broken-off' | 'missing';
    }
  | Unavailable;

export type FoundFile = { readonly ok: true; readonly file: StoredFile | undefined } | Unavailable;

/** Clears what a former process left. Rejects with the error of the disk. */
export async function openFileStore(options: FileStoreOptions): Promise<FileStore> {
  const folder = new FileFolder(options.folder);
  await folder.prepare();
  for (const session of await folder.sessions()) {
    if (await options.isDeleted(session)) await folder.removeSession(session);
  }
  return new FileStore(folder, options);
}

export class FileStore {
  #folder: FileFolder;
  #options: FileStoreOptions;
  #shelves = new Map<string, Shelf>();

  constructor(folder: FileFolder, options: FileStoreOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async find(session: string, hash: string): Promise<FoundFile> {
    return this.#answer(async () => ({
      ok: true,
      file: (await this.#shelf(session).files()).get(hash),
    }));
  }

  /** A file that was found. It may break off where the session ends meanwhile. */
  read(session: string, file: StoredFile, range?: ByteRange): Readable {
    const part = range === undefined ? {} : { start: range.first, end: range.last };
    return createReadStream(this.#folder.path(session, file), part);
  }

  /** `open` gives the bytes, and is only called where they are wanted. */
  async put(session: string, file: StoredFile, open: () => Readable): Promise<Put> {
    if (file.bytes > httpLimits.fileBytesMax) return { ok: false, code: 'too-large' };
    const shelf = this.#shelf(session);
    return this.#answer(() => shelf.use(() => this.#put(shelf, file, open)));
  }

  /** Durable when it answers. Rejects with the error of the disk; it can be asked again. */
  async eraseSession(session: string): Promise<void> {
    const shelf = this.#shelf(session);
    await shelf.use(() => shelf.close(() => this.#folder.removeSession(session)));
    this.#shelves.delete(session);
  }

  async #put(shelf: Shelf, file: StoredFile, open: () => Readable): Promise<Put> {
    const present = (await shelf.files()).get(file.hash);
    if (present !== undefined) return { ok: true, isNew: false, file: present };
    const giveBack = shelf.reserve(file.bytes);
    if (giveBack === undefined) return { ok: false, code: 'session-full' };
    const { clock, chance } = this.#options;
    const part = this.#folder.part(createId(chance));
    try {
      const received = await receive(open(), part, file, clock);
      if (received !== 'ok') return { ok: false, code: received };
      return await shelf.alone(() => this.#keep(shelf, part, file));
    } finally {
      giveBack();
      await rm(part, { force: true });
    }
  }

  async #keep(shelf: Shelf, part: string, file: StoredFile): Promise<Put> {
    const present = (await shelf.files()).get(file.hash);
    if (present !== undefined) return { ok: true, isNew: false, file: present };
    if (shelf.isClosed || (await this.#options.isDeleted(shelf.session))) {
      return { ok: false, code: 'missing' };
    }
    await this.#folder.keep(part, shelf.session, file);
    await shelf.add(file);
    return { ok: true, isNew: true, file };
  }

  #shelf(session: string): Shelf {
    const known = this.#shelves.get(session);
    // The one that was used last stands last.
    this.#shelves.delete(session);
    const shelf = known ?? new Shelf(session, () => this.#folder.list(session));
    this.#shelves.set(session, shelf);
    this.#makeRoom();
    return shelf;
  }

  #makeRoom(): void {
    for (const [session, shelf] of this.#shelves) {
      if (this.#shelves.size <= httpLimits.shelvesMax) return;
      if (!shelf.isBusy) this.#shelves.delete(session);
    }
  }

  async #answer<T>(act: () => Promise<T>): Promise<T | Unavailable> {
    try {
      return await act();
    } catch (error) {
      return unavailable(reasonOf(error));
    }
  }
}
