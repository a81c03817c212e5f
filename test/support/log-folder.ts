// A data folder from outside: all its bytes, and what an opened log finds in it.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readAll, textOf } from '../../server/log/contract-case.ts';
import type { Log } from '../../server/log/log.ts';

/** Every file below a folder, by its path. */
export function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((path) => statSync(path).isFile());
}

/** The files that hold these words somewhere in their bytes. */
export function filesWith(folder: string, words: string): readonly string[] {
  return filesOf(folder).filter((path) => readFileSync(path).includes(words));
}

/** All texts of a session whose snapshots are texts joined by line ends; what it is refused with otherwise. */
export async function textsOf(log: Log, id: string): Promise<readonly string[] | string> {
  const first = await log.read(id, 0, 1);
  if (!first.ok) return first.code === 'unavailable' ? `unavailable: ${first.reason}` : first.code;
  const all = await readAll(log, 0, id).catch((error: unknown) => String(error));
  if (typeof all === 'string') return all;
  const { snapshot, texts } = all;
  return snapshot === undefined ? texts : [...textOf(snapshot.bytes).split('\n'), ...texts];
}
