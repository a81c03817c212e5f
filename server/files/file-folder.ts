// Where files lie. Each has its final name only once all its bytes are on the disk and are
// those of its hash; until then it is among the parts, which a start throws away.
//
//     files/parts/<any id>                      on its way
//     files/<session>/<sha256>.<type's ending>  there
//
// Sessions are told apart by case, and some disks do not, so a capital is written as a
// tilde and its small letter.

import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSessionId } from '../../src/protocol/session-id.ts';
import { mediaTypeOfEnding, mediaTypes, type MediaType } from './media-type.ts';

export interface StoredFile {
  /** SHA-256 of its bytes, 64 hex digits in lower case. */
  readonly hash: string;
  readonly type: MediaType;
  readonly bytes: number;
}

const NAME = /^([0-9a-f]{64})\.([a-z0-9]+)$/;
const PARTS = 'parts';

export function isFileHash(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}

export class FileFolder {
  #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes what is missing, and takes away what uploads left that broke off. */
  async prepare(): Promise<void> {
    const parts = join(this.#root, PARTS);
    await rm(parts, { recursive: true, force: true });
    await mkdir(parts, { recursive: true, mode: 0o700 });
    await syncFolder(this.#root);
  }

  async sessions(): Promise<readonly string[]> {
    const names = await readdir(this.#root);
    return names.map(sessionOf).filter(isSessionId);
  }

  /** None where the session has no folder. */
  async list(session: string): Promise<readonly StoredFile[]> {
    const folder = this.#folder(session);
    const names = await readdir(folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const files: StoredFile[] = [];
    for (const name of names) {
      const [, hash = '', ending = ''] = NAME.exec(name) ?? [];
      const type = mediaTypeOfEnding(ending);
      if (type === undefined) continue;
      files.push({ hash, type, bytes: (await stat(join(folder, name))).size });
    }
    return files;
  }

  part(id: string): string {
    return join(this.#root, PARTS, id);
  }

  path(session: string, { hash, type }: StoredFile): string {
    return join(this.#folder(session), `${hash}.${mediaTypes[type]}`);
  }

  /** Gives a part, whose bytes are on the disk, its name. Durable when it answers. */
  async keep(part: string, session: string, file: StoredFile): Promise<void> {
    const folder = this.#folder(session);
    const made = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(this.#root);
    await rename(part, this.path(session, file));
    await syncFolder(folder);
  }

  /** Durable when it answers. */
  async removeSession(session: string): Promise<void> {
    await rm(this.#folder(session), { recursive: true, force: true });
    await syncFolder(this.#root);
  }

  #folder(session: string): string {
    const name = session.replaceAll(/[A-Z]/g, (capital) => `~${capital.toLowerCase()}`);
    return join(this.#root, name);
  }
}

function sessionOf(name: string): string {
  return name.replaceAll(/~([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function syncFolder(path: string): Promise<void> {
  // A platform on which a folder cannot be opened (Windows) flushes names by itself.
  const handle = await open(path, constants.O_RDONLY).catch(() => undefined);
  try {
    await handle?.sync();
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    await handle?.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
