// How the store lies in SQLite. SQLite has no checksum of its own for what is in its
// pages, so each row carries one over all that it says. Nothing is indexed beside its
// table: every table is one tree, and the words lie in two of them.

import { crc32 } from 'node:zlib';

/** The format that this code writes: `user_version`, and a row of `meta`, which has a checksum. */
export const storeFormat = 1;

/** "HFLG", so that nobody's other database is taken for a log. */
export const applicationId = 0x48464c47;

export const tables: readonly string[] = [
  'CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID, STRICT',
  'CREATE TABLE sessions (name TEXT PRIMARY KEY, generation TEXT NOT NULL, seq INTEGER NOT NULL, base INTEGER NOT NULL, deleted INTEGER NOT NULL, bytes INTEGER NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID, STRICT',
  'CREATE TABLE records (session TEXT NOT NULL, seq INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (session, seq)) WITHOUT ROWID, STRICT',
  'CREATE TABLE snapshots (session TEXT PRIMARY KEY, through INTEGER NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL, room BLOB NOT NULL) WITHOUT ROWID, STRICT',
  'CREATE TABLE claims (session TEXT NOT NULL, run TEXT NOT NULL, holder TEXT NOT NULL, epoch INTEGER NOT NULL, living INTEGER NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (session, run)) WITHOUT ROWID, STRICT',
  'CREATE TABLE members (session TEXT NOT NULL, principal TEXT NOT NULL, role TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (session, principal)) WITHOUT ROWID, STRICT',
  'CREATE TABLE memberships (principal TEXT NOT NULL, session TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (principal, session)) WITHOUT ROWID, STRICT',
  'CREATE TABLE links (digest TEXT PRIMARY KEY, session TEXT NOT NULL, role TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID, STRICT',
  'CREATE TABLE session_links (session TEXT NOT NULL, digest TEXT NOT NULL, role TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (session, digest)) WITHOUT ROWID, STRICT',
  'CREATE TABLE summaries (session TEXT PRIMARY KEY, activity INTEGER NOT NULL, json TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID, STRICT',
  'CREATE TABLE rows (principal TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, json TEXT, alternative TEXT, crc INTEGER NOT NULL, PRIMARY KEY (principal, key)) WITHOUT ROWID, STRICT',
];

/** What a row says, as one number: its fields with their kinds and lengths, so that none runs into the next. */
export function rowChecksum(...fields: readonly (string | number | null | Uint8Array)[]): number {
  let crc = 0;
  for (const field of fields) {
    const bytes = field instanceof Uint8Array ? field : Buffer.from(String(field));
    const kind = field instanceof Uint8Array ? 'bytes' : field === null ? 'null' : typeof field;
    crc = crc32(bytes, crc32(`${kind}:${bytes.length}:`, crc));
  }
  return crc;
}
