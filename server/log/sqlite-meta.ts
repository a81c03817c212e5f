// The few numbers that the store knows about itself.

import { StoreFault } from './fault.ts';
import { integer, sound, type Connection } from './sqlite-connection.ts';
import { rowChecksum } from './sqlite-schema.ts';

export type MetaKey =
  /** The same as `user_version`, with a checksum. */
  | 'format'
  /** Journal files below it are no longer needed. */
  | 'floor'
  /** 1 from a deletion until no file has its words any more. */
  | 'erasing';

export function writeMeta(connection: Connection, key: MetaKey, value: number): void {
  const crc = rowChecksum(key, value);
  connection.run('INSERT OR REPLACE INTO meta VALUES (?, ?, ?)', key, value, crc);
}

export function readMeta(connection: Connection, key: MetaKey): number {
  const row = connection.one('SELECT * FROM meta WHERE key = ?', key);
  if (row === undefined) throw new StoreFault('damaged', `the store does not know ${key}`, true);
  const value = integer(row, 'value');
  sound(row, key, value);
  return value;
}
