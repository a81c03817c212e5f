// Each principal's own rows in the store. The count of a principal's writes is the
// highest seq among its rows: rows are emptied, never taken away.

import { overwrite, type Row } from './rows.ts';
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
    writeRow: (principal, key, json, knownSeq) =>
      connection.fact(() => {
        const sql = 'SELECT coalesce(max(seq), 0) AS seq FROM rows WHERE principal = ?';
        const last = connection.one(sql, principal);
        const seq = last === undefined ? 1 : integer(last, 'seq') + 1;
        const find = 'SELECT * FROM rows WHERE principal = ? AND key = ?';
        const present = connection.one(find, principal, key);
        const before = present === undefined ? undefined : decodeRow(principal, present);
        const row = overwrite(before, { key, json, seq, knownSeq });
        putRow(connection, principal, row);
        return row;
      }),
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
