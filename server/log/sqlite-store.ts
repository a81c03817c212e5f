// The store on SQLite, as synchronous actions on one connection: what the store's thread
// runs, and a test without a thread.

import { join } from 'node:path';
import { checkActions } from './sqlite-check.ts';
import { claimActions, readClaims } from './sqlite-claims.ts';
import { Connection, openSqlite } from './sqlite-connection.ts';
import type { PassStore } from './crash-point.ts';
import { checkStore } from './integrity.ts';
import { memberActions } from './sqlite-members.ts';
import { readMeta, writeMeta } from './sqlite-meta.ts';
import { migrate, migrations, removeCopies } from './migration.ts';
import { rowActions } from './sqlite-rows.ts';
import { storeFormat } from './sqlite-schema.ts';
import { sessionActions } from './sqlite-sessions.ts';
import { summaryActions } from './sqlite-summaries.ts';
import { copyStore, removeLeftCopies } from './store-copy.ts';
import type { StoreActions, StoreStart } from './store.ts';

/** The file of the store in its folder; SQLite keeps another beside it. */
export const storeName = 'store.sqlite';

/** Opens the store of a folder. Throws a StoreFault. */
export function openSqliteStore(folder: string, pass: PassStore): StoreActions {
  return sqliteStore(new Connection(openSqlite(join(folder, storeName)), pass), folder);
}

/** Nothing is read or written before `start`. */
export function sqliteStore(connection: Connection, folder: string): StoreActions {
  return {
    start: () => start(connection, folder),
    checkpoint: () => connection.checkpoint(),
    erase: () => erase(connection, folder),
    ...sessionActions(connection),
    ...claimActions(connection),
    ...memberActions(connection),
    ...rowActions(connection),
    ...summaryActions(connection),
    ...checkActions(connection),
    copy: (id) => copyStore(connection, folder, id),
    close: () => connection.close(),
  };
}

function start(connection: Connection, folder: string): StoreStart {
  removeLeftCopies(folder);
  migrate(connection, { folder, steps: migrations, target: storeFormat });
  const faults = checkStore(connection);
  // With damage, nothing more is read than what is asked for, and nothing is written.
  if (faults.length > 0) return { floor: 0, claims: [], faults, erasing: false };
  connection.checkpoint();
  const floor = readMeta(connection, 'floor');
  const erasing = readMeta(connection, 'erasing') === 1;
  return { floor, claims: readClaims(connection), faults, erasing };
}

/**
 * Overwriting what is deleted is not enough: when SQLite moves rows between pages, it
 * leaves their bytes in the part of a page that is no longer used (seen in one of four
 * trials). Only building the file anew leaves them nowhere.
 */
function erase(connection: Connection, folder: string): void {
  connection.pass('before-erasure');
  removeCopies(folder);
  connection.forgetStatements();
  connection.exec('VACUUM');
  connection.checkpoint();
  connection.fact(() => writeMeta(connection, 'erasing', 0));
}
