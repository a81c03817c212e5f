// The files of sessions as they lie in a data folder: each is named for the hash of its
// bytes, so whether it is what was uploaded can be seen without asking anybody. What lies
// among the parts is on its way and nobody's yet.
//
//     files/<session>/<sha256>.<type's ending>

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const filesFolder = 'files';

const PARTS = 'parts';
const NAME = /^(?<hash>[0-9a-f]{64})\.[a-z0-9]+$/;

/** By its way from the data folder, with slashes; in order. */
export async function filesIn(data: string): Promise<readonly string[]> {
  const folders = (await namesIn(join(data, filesFolder))).filter((name) => name !== PARTS);
  const found: string[] = [];
  for (const folder of folders) {
    const names = await namesIn(join(data, filesFolder, folder));
    found.push(...names.map((name) => `${filesFolder}/${folder}/${name}`));
  }
  return found;
}

/** What is wrong with a file; undefined also where it was erased meanwhile. */
export async function fileFault(data: string, file: string): Promise<string | undefined> {
  const hash = NAME.exec(file.split('/').at(-1) ?? '')?.groups?.['hash'];
  if (hash === undefined) return `${file} is no file of a session`;
  const digest = createHash('sha256');
  try {
    await pipeline(createReadStream(join(data, file)), digest);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return `${file} cannot be read (${String(codeOf(error))})`;
  }
  return digest.digest('hex') === hash ? undefined : `${file} is not what was uploaded`;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
