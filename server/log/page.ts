// A page of a session from where its records are: the store, the tail, or both. Either
// may have a record that the other has too; none may be left out.

import type { LogRecord, Page } from './log.ts';
import type { StoredPage } from './store.ts';

/** The page, if the tail alone has all that comes after `afterSeq`. */
export function pageOfTail(
  tail: readonly LogRecord[],
  afterSeq: number,
  bytesMax: number,
  seq: number,
): Page | undefined {
  const first = tail[0];
  if (afterSeq >= seq) return { ok: true, snapshot: undefined, records: [], seq };
  if (first === undefined || first.seq > afterSeq + 1) return undefined;
  return { ok: true, snapshot: undefined, records: takeAfter(tail, afterSeq, bytesMax), seq };
}

export function mergePage(
  stored: StoredPage,
  tail: readonly LogRecord[],
  afterSeq: number,
  bytesMax: number,
  seq: number,
): Page {
  const { snapshot, records } = stored;
  const last = records.at(-1)?.seq ?? Math.max(afterSeq, snapshot?.through ?? 0);
  const used = records.reduce((sum, { bytes }) => sum + bytes.length, snapshot?.bytes.length ?? 0);
  const rest = last < stored.seq ? [] : takeAfter(tail, last, bytesMax - used, records.length > 0);
  return { ok: true, snapshot, records: [...records, ...rest], seq };
}

function takeAfter(
  tail: readonly LogRecord[],
  after: number,
  bytesMax: number,
  mayBeEmpty = false,
): readonly LogRecord[] {
  const taken: LogRecord[] = [];
  let bytes = 0;
  for (const record of tail) {
    if (record.seq <= after) continue;
    const isEnough = bytes >= bytesMax && (mayBeEmpty || taken.length > 0);
    if (isEnough || record.seq !== after + taken.length + 1) break;
    bytes += record.bytes.length;
    taken.push(record);
  }
  return taken;
}
