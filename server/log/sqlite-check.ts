// Looks at the store's rows, some at a time: whether each is what was written, whether what
// stands in two tables stands in both, and whether everything belongs to a living session.
// Records and snapshots are only counted here; they are read with their session.

import { assert } from '../../src/base/assert.ts';
import { storeFault } from './fault.ts';
import {
  integer,
  sound,
  text,
  type Connection,
  type SqliteRow,
  type SqliteValue,
} from './sqlite-connection.ts';
import type { StoreActions } from './store.ts';
import type { CheckPlace, CheckStep } from './upkeep.ts';

/** Read with their session, and large. */
const counted: readonly string[] = ['records', 'snapshots'];

/** The order of a row's checksum, where it is not that of its columns. */
const orders: Readonly<Record<string, readonly string[]>> = {
  session_links: ['digest', 'session', 'role'],
};

/** Where a row has to stand a second time: the table, and the columns that name it there. */
const twins: Readonly<Record<string, readonly [table: string, ...columns: readonly string[]]>> = {
  members: ['memberships', 'principal', 'session'],
  memberships: ['members', 'session', 'principal'],
  links: ['session_links', 'session', 'digest', 'role'],
  session_links: ['links', 'digest', 'session', 'role'],
};

export function checkActions(connection: Connection): Pick<StoreActions, 'check'> {
  return { check: (place, rowsMax) => checkSome(connection, place, rowsMax) };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

function checkSome(
  connection: Connection,
  place: CheckPlace | undefined,
  rowsMax: number,
): CheckStep {
  const names = tableNames(connection);
  const name = place?.table ?? names[0];
  if (name === undefined) return { rows: 0, faults: [], next: undefined };
  assert(names.includes(name), `no table is called ${name}`);
  const table = tableOf(connection, name);
  const rows = rowsAfter(connection, table, place?.after ?? [], rowsMax);
  const faults = rows.flatMap((row) => faultsOf(connection, table, row));
  const last = rows.at(-1);
  if (last !== undefined && rows.length === rowsMax) {
    return { rows: rows.length, faults, next: { table: name, after: keyOf(table, last) } };
  }
  const following = names[names.indexOf(name) + 1];
  const next = following === undefined ? undefined : { table: following, after: [] };
  return { rows: rows.length, faults, next };
}

function tableNames(connection: Connection): readonly string[] {
  return connection
    .all("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .map((row) => text(row, 'name'))
    .filter((name) => !counted.includes(name));
}

function tableOf(connection: Connection, name: string): Table {
  const infos = connection.all('SELECT name, pk FROM pragma_table_info(?)', name);
  const key = infos
    .filter((info) => integer(info, 'pk') > 0)
    .toSorted((one, other) => integer(one, 'pk') - integer(other, 'pk'));
  const names = (rows: readonly SqliteRow[]): readonly string[] =>
    rows.map((row) => text(row, 'name'));
  return { name, columns: names(infos).filter((column) => column !== 'crc'), key: names(key) };
}

function rowsAfter(
  connection: Connection,
  { name, key }: Table,
  after: readonly string[],
  rowsMax: number,
): readonly SqliteRow[] {
  const columns = key.join();
  const behind = after.length === 0 ? '' : `WHERE (${columns}) > (${after.map(() => '?').join()})`;
  const sql = `SELECT * FROM ${name} ${behind} ORDER BY ${columns} LIMIT ?`;
  return connection.all(sql, ...after, rowsMax);
}

const keyOf = ({ key }: Table, row: SqliteRow): readonly string[] =>
  key.map((column) => text(row, column));

function faultsOf(connection: Connection, table: Table, row: SqliteRow): readonly string[] {
  const { name } = table;
  const here = `${name} ${keyOf(table, row).join(' ')}`;
  try {
    sound(row, ...(orders[name] ?? table.columns).map((column) => plain(row, column)));
    const faults = name === 'sessions' ? countFaults(connection, row) : [];
    const twin = twins[name];
    if (twin !== undefined && !hasTwin(connection, twin, row)) faults.push(`${twin[0]} lacks it`);
    if (table.columns.includes('session') && !isLiving(connection, text(row, 'session'))) {
      faults.push('its session does not exist');
    }
    return faults.map((fault) => `${here}: ${fault}`);
  } catch (error) {
    return [`${here}: ${storeFault(error).message}`];
  }
}

function plain(row: SqliteRow, column: string): SqliteValue {
  const value = row[column] ?? null;
  assert(typeof value !== 'bigint' && !(value instanceof ArrayBuffer), 'numbers are small');
  return value;
}

function hasTwin(
  connection: Connection,
  [table, ...columns]: readonly [string, ...(readonly string[])],
  row: SqliteRow,
): boolean {
  const where = columns.map((column) => `${column} = ?`).join(' AND ');
  const values = columns.map((column) => plain(row, column));
  return connection.one(`SELECT 1 FROM ${table} WHERE ${where}`, ...values) !== undefined;
}

function isLiving(connection: Connection, session: string): boolean {
  const sql = 'SELECT 1 FROM sessions WHERE name = ? AND deleted = 0';
  return connection.one(sql, session) !== undefined;
}

/** Whether a session's records are those from its base to its seq, and its snapshot is there. */
function countFaults(connection: Connection, row: SqliteRow): string[] {
  const session = text(row, 'name');
  const isDeleted = integer(row, 'deleted') === 1;
  const base = isDeleted ? 0 : integer(row, 'base');
  const records = isDeleted ? 0 : integer(row, 'seq') - base;
  const sql =
    'SELECT count(*) AS count, coalesce(min(seq), ? + 1) AS first FROM records WHERE session = ?';
  const found = connection.one(sql, base, session);
  const snapshots = connection.one(
    'SELECT count(*) AS count FROM snapshots WHERE session = ?',
    session,
  );
  const faults: string[] = [];
  if (found === undefined || integer(found, 'count') !== records)
    faults.push('records are missing');
  else if (integer(found, 'first') !== base + 1) faults.push('records are out of place');
  const isMerged = base > 0;
  if (snapshots === undefined || (integer(snapshots, 'count') === 1) !== isMerged) {
    faults.push(isMerged ? 'its snapshot is missing' : 'a snapshot of nothing');
  }
  return faults;
}
