// Whether a store is what was written. SQLite's own check finds pages that do not fit
// together; the checksums find bytes that fit and are wrong. What belongs to one session
// (its records and snapshot) is checked when it is read, so that the start does not cost
// as much as all words together, and so that one bad page does not close the others.

import { storeFault } from './fault.ts';
import { readClaims } from './sqlite-claims.ts';
import type { Connection } from './sqlite-connection.ts';
import { readMeta } from './sqlite-meta.ts';
import { storeFormat, tables } from './sqlite-schema.ts';
import { checkSessions } from './sqlite-sessions.ts';

/** What is wrong with it, in words for an operator; empty when nothing was found. */
export function checkStore(connection: Connection): readonly string[] {
  return [
    ...said(() => {
      const row = connection.one('PRAGMA quick_check(1)');
      if (row?.['quick_check'] !== 'ok') throw new Error(String(row?.['quick_check']));
    }),
    ...said(() => {
      const found = connection
        .all('SELECT sql FROM sqlite_schema')
        .map((row) => String(row['sql']));
      if (found.toSorted().join('\n') !== tables.toSorted().join('\n')) {
        throw new Error('its tables are not those that were made');
      }
    }),
    ...said(() => {
      if (readMeta(connection, 'format') !== storeFormat) throw new Error('two formats');
      readMeta(connection, 'floor');
      readMeta(connection, 'erasing');
    }),
    ...said(() => checkSessions(connection)),
    ...said(() => readClaims(connection)),
  ];
}

function said(check: () => void): readonly string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [storeFault(error).message];
  }
}
