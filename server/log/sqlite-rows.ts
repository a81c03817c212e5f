// Each principal's own rows in the store. The count of a principal's writes is the
// highest seq among its rows: rows are emptied, never taken away.

import { defined } from '../../src/base/assert.ts';
import { hasRoom, overwrite, type Row, type RowLimits } from './rows.ts';
import {
  integer,
  sound,
  text,
  textOrNull,
  type Connection,
  type SqliteRow,
} from './sqlite-connection.ts';
import { rowChecksum } from './sqlite-schema.ts';
import type { StoreActions } from './store.ts';

export function rowActions(connection: Connection): Pick<StoreActions, 'writeRow' | 'rowsSince'> {
  return {
    writeRow: (principal, key, json, knownSeq, limits) =>
      connection.fact(() => write(connection, { principal, key, json, knownSeq }, limits)),
    rowsSince: (principal, afterSeq, limit) =>
      connection
        .all(
          'SELECT * FROM rows WHERE principal = ? AND seq > ? ORDER BY seq LIMIT ?',
          principal,
          afterSeq,
          limit,
        )
        .map((row) => decodeRow(principal, row)),
  };
}

interface RowWrite {
  readonly principal: string;
  readonly key: string;
  readonly json: string | undefined;
  readonly knownSeq: number;
}

function write(
  connection: Connection,
  { principal, key, json, knownSeq }: RowWrite,
  limits: RowLimits,
): Row | undefined {
  const counted = defined(connection.one(COUNTS, principal), 'a count');
  const find = 'SELECT * FROM rows WHERE principal = ? AND key = ?';
  const present = connection.one(find, principal, key);
  const before = present === undefined ? undefined : decodeRow(principal, present);
  const seq = integer(counted, 'seq') + 1;
  const row = overwrite(before, { key, json, seq, knownSeq });
  const counts = { rows: integer(counted, 'held'), kept: integer(counted, 'kept') };
  if (!hasRoom({ before, after: row }, counts, limits)) return undefined;
  putRow(connection, principal, row);
  return row;
}

const COUNTS = `
  SELECT coalesce(max(seq), 0) AS seq, count(*) AS kept,
    count(coalesce(json, alternative)) AS held
  FROM rows WHERE principal = ?`;

function putRow(connection: Connection, principal: string, row: Row): void {
  const { key, seq, json = null, alternative = null } = row;
  const crc = rowChecksum(principal, key, seq, json, alternative);
  const sql = 'INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)';
  connection.run(sql, principal, key, seq, json, alternative, crc);
}

function decodeRow(principal: string, row: SqliteRow): Row {
  const key = text(row, 'key');
  const seq = integer(row, 'seq');
  const json = textOrNull(row, 'json');
  const alternative = textOrNull(row, 'alternative');
  sound(row, principal, key, seq, json, alternative);
  return { key, seq, json: json ?? undefined, alternative: alternative ?? undefined };
}
