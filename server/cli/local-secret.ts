// The secret of a data folder: what signs the tokens of a server that was given no other.
// It is made at the first need, by whoever needs it first, a server or a command; both may
// come at once, and then both have the same. It is a line of text, so that it can also be
// given to another server as AUTH_SECRET.

import { chmod, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chance } from '../../src/base/chance.ts';
import { HoldfastError } from '../../src/base/error.ts';
import { createId } from '../../src/base/id.ts';
import { randomText } from '../access/secret.ts';

export const secretFile = 'secret';

const SECRET_BYTES = 32;
const SHAPE = /^[A-Za-z0-9_-]{43}$/;

export class LocalSecretError extends HoldfastError<'secret-unusable'> {
  override readonly name = 'LocalSecretError';
}

/** 256 random bits in 43 characters. Throws a LocalSecretError where it can be neither read nor made. */
export async function localSecret(folder: string, chance: Chance): Promise<string> {
  const path = join(folder, secretFile);
  try {
    return (await readSecret(path)) ?? (await makeSecret(folder, path, chance));
  } catch (cause) {
    if (cause instanceof LocalSecretError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new LocalSecretError(
      'secret-unusable',
      `The secret in ${folder} cannot be used: ${why}.`,
      {
        cause,
      },
    );
  }
}

async function readSecret(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const secret = text.trim();
  if (!SHAPE.test(secret)) {
    throw new LocalSecretError(
      'secret-unusable',
      `${path} does not hold a secret: delete it and a new one is made, which signs everybody out.`,
    );
  }
  await closeToOthers(path);
  return secret;
}

/** A copy of a folder may have lost who may read it. Some file systems know no such thing. */
async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o600).catch(() => undefined);
}

/** Written beside and then linked: it is there whole or not at all, and the first to link it has made it. */
async function makeSecret(folder: string, path: string, chance: Chance): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const part = `${path}.${createId(chance)}.part`;
  try {
    const file = await open(part, 'wx', 0o600);
    try {
      await file.writeFile(`${randomText(chance, SECRET_BYTES)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await putInPlace(part, path);
  } finally {
    await rm(part, { force: true });
  }
  const made = await readSecret(path);
  if (made !== undefined) return made;
  throw new LocalSecretError('secret-unusable', `${path} was taken away while it was made.`);
}

async function putInPlace(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // A file system without links (a memory stick): the last of two would win, not the first.
    await rename(part, path);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
