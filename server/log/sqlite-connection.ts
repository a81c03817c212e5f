// One SQLite file, opened the one way in which it may be: for this process alone, every
// commit flushed, what is deleted overwritten. The exclusive lock is the lock of the whole
// data folder: a second server on it is refused, and the lock goes with the process,
// however that ends.

import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { PassStore } from './crash-point.ts';
import { storeFault, StoreFault } from './fault.ts';
import { rowChecksum } from './sqlite-schema.ts';

export type SqliteRow = Readonly<Record<string, SQLOutputValue>>;
export type SqliteValue = string | number | null | Uint8Array;

export class Connection {
  readonly db: DatabaseSync;
  readonly pass: PassStore;
  #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, pass: PassStore) {
    this.db = db;
    this.pass = pass;
  }

  all(sql: string, ...values: readonly SqliteValue[]): readonly SqliteRow[] {
    return this.#guard(() => this.#prepare(sql).all(...values));
  }

  one(sql: string, ...values: readonly SqliteValue[]): SqliteRow | undefined {
    return this.#guard(() => this.#prepare(sql).get(...values));
  }

  run(sql: string, ...values: readonly SqliteValue[]): number {
    return this.#guard(() => Number(this.#prepare(sql).run(...values).changes));
  }

  exec(sql: string): void {
    this.#guard(() => this.db.exec(sql));
  }

  /** All of it, durable, or nothing of it. */
  transaction<T>(body: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = body();
      this.exec('COMMIT');
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk is one).
      if (this.db.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
    return result;
  }

  /** A transaction whose result must not hang on the write-ahead log: that has gone when it answers. */
  fact<T>(body: () => T): T {
    const result = this.transaction(body);
    this.checkpoint();
    return result;
  }

  /** Moves all that was committed into the file itself and empties the write-ahead log. */
  checkpoint(): void {
    const row = this.one('PRAGMA wal_checkpoint(TRUNCATE)');
    if (row?.['busy'] !== 0) throw new StoreFault('locked', 'the store is in use', false);
  }

  /** Prepared again when it is next needed: before the shape of the file changes. */
  forgetStatements(): void {
    this.#statements.clear();
  }

  close(): void {
    this.forgetStatements();
    this.db.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw storeFault(error);
    }
  }
}

/** Opens or makes the file. Throws a StoreFault: `locked` where another process has it. */
export function openSqlite(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('PRAGMA secure_delete = ON');
    db.exec('PRAGMA trusted_schema = OFF');
    // Takes the lock now and not at the first write.
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    return db;
  } catch (error) {
    db?.close();
    throw storeFault(error);
  }
}

/** Checks a row against its checksum: what is not what was written is never handed on. */
export function sound(row: SqliteRow, ...fields: readonly SqliteValue[]): SqliteRow {
  if (row['crc'] === rowChecksum(...fields)) return row;
  throw new StoreFault('damaged', 'a row is not what was written', true);
}

export function text(row: SqliteRow, column: string): string {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw new StoreFault('damaged', `${column} is no text`, true);
}

export function textOrNull(row: SqliteRow, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: SqliteRow, column: string): number {
  const value = row[column];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new StoreFault('damaged', `${column} is no number`, true);
}

export function blob(row: SqliteRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new StoreFault('damaged', `${column} is no bytes`, true);
}
