// One session as it is stored: its snapshot and the records behind it, as of the moment at
// which the last page of them was read. A log may be compacted meanwhile, so reading begins
// again where a page puts a snapshot in the place of what was read already.

import type { Head, LogRecord, Snapshot } from '../log/log.ts';
import type { Deleted, Missing, Unavailable } from '../log/refusal.ts';
import type { LogReader } from './reader.ts';

export interface StoredSession {
  readonly ok: true;
  readonly head: Head;
  readonly snapshot: Snapshot | undefined;
  /** Behind the snapshot, in their order. */
  readonly records: readonly LogRecord[];
}

/** Records are not numbered as they must be. */
export interface Broken {
  readonly ok: false;
  readonly code: 'broken';
  /** The record that should have come. */
  readonly seq: number;
}

export type Stored = StoredSession | Broken | Missing | Deleted | Unavailable;

export async function readStored(
  log: Pick<LogReader, 'open' | 'read'>,
  session: string,
): Promise<Stored> {
  const opened = await log.open(session);
  if (!opened.ok) return opened;
  let snapshot: Snapshot | undefined;
  const records: LogRecord[] = [];
  for (let seq = 0; ;) {
    const page = await log.read(session, seq);
    if (!page.ok) return page;
    if (page.snapshot !== undefined) {
      snapshot = page.snapshot;
      records.length = 0;
      seq = snapshot.through;
    }
    for (const record of page.records) {
      if (record.seq !== ++seq) return { ok: false, code: 'broken', seq };
      records.push(record);
    }
    if (seq >= page.seq) {
      const base = snapshot?.through ?? 0;
      return { ok: true, head: { ...opened.head, seq, base }, snapshot, records };
    }
    // A page of nothing while there is more would go on for ever.
    if (page.records.length === 0 && page.snapshot === undefined) {
      return { ok: false, code: 'broken', seq: seq + 1 };
    }
  }
}
