// Brings an older store to the format of this code. Before anything is changed, a copy of
// it is kept in `copies`, from which the older version can be started again; the change
// itself is one transaction. A copy counts once it has its final name. Deleting a session
// takes the copies away: its words would be in them.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defined } from '../../src/base/assert.ts';
import { HoldfastError } from '../../src/base/error.ts';
import { integer, type Connection } from './sqlite-connection.ts';
import { writeMeta } from './sqlite-meta.ts';
import { applicationId, storeFormat, tables } from './sqlite-schema.ts';

/** `migrations.get(3)` changes a store of format 3 into one of format 4. */
export type Migrations = ReadonlyMap<number, (connection: Connection) => void>;

/** Format 1 is the first. */
export const migrations: Migrations = new Map();

/** Copies of the store: from before a migration, and on their way to a backup. */
export const copiesFolder = 'copies';

export class LogOpenError extends HoldfastError<
  'log-newer' | 'log-not-ours' | 'log-locked' | 'log-damaged' | 'log-full'
> {
  override readonly name = 'LogOpenError';
}

export interface Migrating {
  readonly folder: string;
  readonly steps: Migrations;
  readonly target: number;
}

/** Makes the tables of an empty store, or changes those of an older one. */
export function migrate(connection: Connection, { folder, steps, target }: Migrating): void {
  const format = formatOf(connection);
  if (format === 'empty') {
    connection.fact(() => makeTables(connection));
    return;
  }
  if (format > target) {
    throw new LogOpenError(
      'log-newer',
      `This folder was written by a newer version (format ${format}, this one knows ${target}). Start that version, or put back the copy from before it.`,
      { facts: { format, known: target } },
    );
  }
  if (format === target) return;
  keepOldStore(connection, folder, format);
  connection.fact(() => {
    for (let at = format; at < target; at++) {
      defined(steps.get(at), `the migration from format ${at}`)(connection);
      connection.pass('in-migration');
    }
    connection.exec(`PRAGMA user_version = ${target}`);
    writeMeta(connection, 'format', target);
  });
}

export function copyName(format: number): string {
  return `format-${format}.sqlite`;
}

export function removeCopies(folder: string): void {
  rmSync(join(folder, copiesFolder), { recursive: true, force: true });
}

function formatOf(connection: Connection): number | 'empty' {
  const owner = integer(
    defined(connection.one('PRAGMA application_id'), 'a pragma'),
    'application_id',
  );
  const row = defined(connection.one('PRAGMA user_version'), 'a pragma');
  const objects = defined(connection.one('SELECT count(*) AS count FROM sqlite_schema'), 'a count');
  if (integer(objects, 'count') === 0 && owner === 0) return 'empty';
  if (owner === applicationId) return integer(row, 'user_version');
  throw new LogOpenError('log-not-ours', 'The database in this folder is not that of a log.');
}

function makeTables(connection: Connection): void {
  for (const table of tables) connection.exec(table);
  connection.exec(`PRAGMA application_id = ${applicationId}`);
  connection.exec(`PRAGMA user_version = ${storeFormat}`);
  writeMeta(connection, 'format', storeFormat);
  writeMeta(connection, 'floor', 0);
  writeMeta(connection, 'erasing', 0);
}

/** `VACUUM INTO` copies what is committed, under the lock that we hold; a file copy would lose that lock. */
function keepOldStore(connection: Connection, folder: string, format: number): void {
  const copies = join(folder, copiesFolder);
  const final = join(copies, copyName(format));
  if (existsSync(final)) return;
  mkdirSync(copies, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(copies)) {
    if (name.endsWith('.part')) rmSync(join(copies, name));
  }
  const part = `${final}.part`;
  connection.run('VACUUM INTO ?', part);
  const copy = new DatabaseSync(part);
  // Written whole and flushed, or the rename would be worth nothing.
  copy.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT');
  copy.close();
  renameSync(part, final);
}
