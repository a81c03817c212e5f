// A consistent copy of the store, for whoever keeps backups. `VACUUM INTO` copies what is
// committed and leaves out what was deleted, under the lock that we hold; copying the file
// would lose that lock. It lies among the copies of older formats, so that a deletion, which
// takes those away, takes it away too: no file of the folder keeps what was deleted.

import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copiesFolder } from './migration.ts';
import type { Connection } from './sqlite-connection.ts';

const SHAPE = /^backup-.*\.sqlite/;

export function copyStore(connection: Connection, folder: string, id: string): string {
  const copies = join(folder, copiesFolder);
  mkdirSync(copies, { recursive: true, mode: 0o700 });
  const path = join(copies, `backup-${id}.sqlite`);
  try {
    connection.run('VACUUM INTO ?', path);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  return path;
}

/** What an earlier process left, because it or its reader ended in the middle. */
export function removeLeftCopies(folder: string): void {
  const copies = join(folder, copiesFolder);
  if (!existsSync(copies)) return;
  for (const name of readdirSync(copies)) {
    if (SHAPE.test(name)) rmSync(join(copies, name), { force: true });
  }
}
