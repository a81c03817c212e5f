// Merges what a session has so far into one snapshot. What is merged and how is the
// caller's: the log only promises that the range that was given to `merge` is the range
// that is deleted. Whatever is appended meanwhile stays.

import type { Compacted, Log, LogRecord, Read, Snapshot } from './log.ts';

export interface Merged {
  readonly snapshot: Uint8Array;
  /** What the room wants to find beside it. */
  readonly index: Uint8Array;
}

/** All of a session up to some record: its snapshot, if it has one, and what follows. */
export interface Range {
  readonly snapshot: Snapshot | undefined;
  readonly records: readonly LogRecord[];
}

/** Runs off the log's path and may take its time. Undefined leaves everything as it is. */
export type Merge = (range: Range) => Promise<Merged | undefined>;

export type CompactedSession =
  | Compacted
  | { readonly ok: false; readonly code: 'nothing-to-merge' };

/**
 * A conflict when another compaction came first: nothing is lost, the next one begins
 * with its snapshot. Holds all that it merges in memory.
 */
export async function compactSession(
  log: Log,
  session: string,
  merge: Merge,
): Promise<CompactedSession> {
  const range = await readAll(log, session);
  if (!range.ok) return range;
  const last = range.records.at(-1);
  const merged = last === undefined ? undefined : await merge(range);
  if (merged === undefined || last === undefined) return { ok: false, code: 'nothing-to-merge' };
  return log.compact(session, last.seq, merged.snapshot, merged.index);
}

async function readAll(
  log: Log,
  session: string,
): Promise<(Range & { readonly ok: true }) | (Read & { readonly ok: false })> {
  let snapshot: Snapshot | undefined;
  let records: LogRecord[] = [];
  let seq = 0;
  for (;;) {
    const page = await log.read(session, seq);
    if (!page.ok) return page;
    if (page.snapshot !== undefined) {
      // Also when somebody compacted between two pages: it stands for all that came before.
      snapshot = page.snapshot;
      records = [];
    }
    records.push(...page.records);
    seq = records.at(-1)?.seq ?? snapshot?.through ?? 0;
    if (seq >= page.seq) return { ok: true, snapshot, records };
  }
}
