// Sessions in the store: where each stands, its records, its snapshot, its tombstone.

import { checksum } from './record.ts';
import { StoreFault } from './fault.ts';
import type { ListedSession, LogRecord, Snapshot } from './log.ts';
import {
  blob,
  integer,
  sound,
  text,
  type Connection,
  type SqliteRow,
} from './sqlite-connection.ts';
import { setRole } from './sqlite-members.ts';
import { rowChecksum } from './sqlite-schema.ts';
import { writeMeta } from './sqlite-meta.ts';
import type { StoreActions, StoredHead, StoredPage } from './store.ts';

interface SessionRow extends StoredHead {
  readonly bytes: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

type SessionActions = Pick<
  StoreActions,
  'head' | 'create' | 'renewGenerations' | 'move' | 'read' | 'compact' | 'bury' | 'list'
>;

export function sessionActions(connection: Connection): SessionActions {
  return {
    head: (session) => readSession(connection, session),
    create: (session, generation, now, first) => {
      const at = { createdAt: now, changedAt: now };
      const fresh = { session, generation, seq: 0, base: 0, deleted: false, bytes: 0, ...at };
      connection.fact(() => {
        writeSession(connection, fresh);
        if (first !== undefined) setRole(connection, session, first.principal, first.role);
      });
    },
    renewGenerations: (generation) => {
      connection.fact(() => {
        for (const row of connection.all('SELECT * FROM sessions')) {
          writeSession(connection, { ...decodeSession(row), generation });
        }
      });
    },
    move: (records, floor, now) => {
      connection.transaction(() => {
        moveRecords(connection, records, now);
        writeMeta(connection, 'floor', floor);
        connection.pass('in-move');
      });
    },
    read: (session, afterSeq, bytesMax) => readPage(connection, session, afterSeq, bytesMax),
    compact: (session, snapshot, now) =>
      connection.fact(() => compact(connection, session, snapshot, now)),
    bury: (session) => {
      connection.fact(() => bury(connection, session));
    },
    list: (after, limit) => list(connection, after, limit),
  };
}

/** Reads every session's row, so that one that lies is found at the start and not in the middle of a day. */
export function checkSessions(connection: Connection): void {
  for (const row of connection.all('SELECT * FROM sessions')) decodeSession(row);
}

/** Living or deleted. */
export function readSession(connection: Connection, session: string): SessionRow | undefined {
  const row = connection.one('SELECT * FROM sessions WHERE name = ?', session);
  return row === undefined ? undefined : decodeSession(row);
}

function decodeSession(row: SqliteRow): SessionRow {
  const session: SessionRow = {
    session: text(row, 'name'),
    generation: text(row, 'generation'),
    seq: integer(row, 'seq'),
    base: integer(row, 'base'),
    deleted: integer(row, 'deleted') === 1,
    bytes: integer(row, 'bytes'),
    createdAt: integer(row, 'created'),
    changedAt: integer(row, 'changed'),
  };
  sound(row, ...fieldsOf(session));
  return session;
}

function fieldsOf(row: SessionRow): readonly (string | number)[] {
  const { session, generation, seq, base, deleted, bytes, createdAt, changedAt } = row;
  return [session, generation, seq, base, deleted ? 1 : 0, bytes, createdAt, changedAt];
}

function writeSession(connection: Connection, row: SessionRow): void {
  const fields = fieldsOf(row);
  const sql = 'INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)';
  connection.run(sql, ...fields, rowChecksum(...fields));
}

function known(connection: Connection, session: string): SessionRow {
  const row = readSession(connection, session);
  if (row !== undefined) return row;
  throw new StoreFault('damaged', 'records of a session that nobody created', true);
}

function moveRecords(connection: Connection, records: readonly LogRecord[], now: number): void {
  const changed = new Map<string, SessionRow>();
  for (const record of records) {
    const row = changed.get(record.session) ?? known(connection, record.session);
    if (row.deleted || record.seq <= row.seq) continue;
    if (record.seq !== row.seq + 1) throw new StoreFault('damaged', 'records are missing', true);
    const { session, seq, bytes } = record;
    connection.run(
      'INSERT INTO records VALUES (?, ?, ?, ?)',
      session,
      seq,
      checksum(record),
      bytes,
    );
    changed.set(session, { ...row, seq, bytes: row.bytes + bytes.length, changedAt: now });
  }
  for (const row of changed.values()) writeSession(connection, row);
}

function readPage(
  connection: Connection,
  session: string,
  afterSeq: number,
  bytesMax: number,
): StoredPage | 'deleted' {
  const { base, seq, deleted } = known(connection, session);
  if (deleted) return 'deleted';
  const snapshot = afterSeq < base ? readSnapshot(connection, session, base) : undefined;
  const records: LogRecord[] = [];
  let bytes = snapshot?.bytes.length ?? 0;
  const first = Math.max(afterSeq, base) + 1;
  for (let next = first; next <= seq && (bytes < bytesMax || records.length === 0); next++) {
    const record = readRecord(connection, session, next);
    bytes += record.bytes.length;
    records.push(record);
  }
  return { snapshot, records, seq };
}

function readRecord(connection: Connection, session: string, seq: number): LogRecord {
  const sql = 'SELECT crc, bytes FROM records WHERE session = ? AND seq = ?';
  const row = connection.one(sql, session, seq);
  if (row === undefined) throw new StoreFault('damaged', 'a record is missing', true);
  const record = { session, seq, bytes: blob(row, 'bytes') };
  if (integer(row, 'crc') === checksum(record)) return record;
  throw new StoreFault('damaged', 'a record is not what was written', true);
}

function readSnapshot(connection: Connection, session: string, base: number): Snapshot {
  const row = connection.one('SELECT * FROM snapshots WHERE session = ?', session);
  if (row === undefined) throw new StoreFault('damaged', 'a snapshot is missing', true);
  const bytes = blob(row, 'bytes');
  const index = blob(row, 'room');
  sound(row, session, base, bytes, index);
  return { through: base, bytes, index };
}

function compact(
  connection: Connection,
  session: string,
  snapshot: Snapshot,
  now: number,
): 'done' | 'conflict' {
  const row = known(connection, session);
  const { through, bytes, index } = snapshot;
  if (row.deleted || through <= row.base || through > row.seq) return 'conflict';
  // Everything before and in the range must be sound, or damage would be merged away.
  let freed = row.base === 0 ? 0 : readSnapshot(connection, session, row.base).bytes.length;
  for (let seq = row.base + 1; seq <= through; seq++) {
    freed += readRecord(connection, session, seq).bytes.length;
  }
  connection.run('DELETE FROM records WHERE session = ? AND seq <= ?', session, through);
  const crc = rowChecksum(session, through, bytes, index);
  const sql = 'INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)';
  connection.run(sql, session, through, crc, bytes, index);
  const total = row.bytes - freed + bytes.length;
  writeSession(connection, { ...row, base: through, bytes: total, changedAt: now });
  readSnapshot(connection, session, through);
  connection.pass('in-compaction');
  return 'done';
}

const tablesOfSession = [
  'records',
  'snapshots',
  'claims',
  'members',
  'memberships',
  'links',
  'session_links',
  'summaries',
] as const;

function bury(connection: Connection, session: string): void {
  for (const table of tablesOfSession) {
    connection.run(`DELETE FROM ${table} WHERE session = ?`, session);
  }
  writeSession(connection, { ...known(connection, session), deleted: true, bytes: 0 });
  writeMeta(connection, 'erasing', 1);
  connection.pass('in-deletion');
}

function list(connection: Connection, after: string, limit: number): readonly ListedSession[] {
  const sql = 'SELECT * FROM sessions WHERE name > ? AND deleted = 0 ORDER BY name LIMIT ?';
  return connection.all(sql, after, limit).map((found) => {
    const { deleted: _, ...row } = decodeSession(found);
    return row;
  });
}
