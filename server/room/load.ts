// Reads a session from the log into a ledger, in slices, so that a large one does not hold
// up the others.

import type { Log } from '../log/log.ts';
import type { Deleted, Missing, Unavailable } from '../log/refusal.ts';
import { Ledger } from './ledger.ts';
import type { RoomLimits } from './limits.ts';
import type { RoomReport } from './room-parts.ts';
import { decodeRoomRecord, type RoomRecord } from './record.ts';

export interface Loaded<From> {
  readonly ok: true;
  readonly ledger: Ledger<From>;
  readonly generation: string;
  readonly seq: number;
  /** The last record inside the snapshot. */
  readonly base: number;
  /** What follows the snapshot still holds words that it deletes. */
  readonly isStale: boolean;
}

/** What is stored is no session: nothing is made of it, and nothing written to it. */
export interface Unreadable {
  readonly ok: false;
  readonly code: 'unreadable';
}

const unreadable: Unreadable = { ok: false, code: 'unreadable' };

/** Whether there is no such session, or not any more. */
export const isGone = (code: string): boolean => code === 'missing' || code === 'deleted';

const SLICE_BYTES = 256 * 1024;

/** As `loadSession`, never rejecting, with what went wrong told. */
export async function loadReported<From>(
  { log, limits, yieldTurn, report }: LoadParts,
  session: string,
): ReturnType<typeof loadSession<From>> {
  let loaded: Awaited<ReturnType<typeof loadSession<From>>> = unreadable;
  try {
    loaded = await loadSession<From>(log, session, limits, yieldTurn);
  } catch (error) {
    report.broken(session, error);
  }
  if (!loaded.ok) report.loadFailed(session, loaded.code);
  return loaded;
}

interface LoadParts {
  readonly log: Log;
  readonly limits: RoomLimits;
  readonly yieldTurn: () => Promise<void>;
  readonly report: Pick<RoomReport, 'broken' | 'loadFailed'>;
}

export async function loadSession<From>(
  log: Log,
  session: string,
  limits: RoomLimits,
  yieldTurn: () => Promise<void>,
): Promise<Loaded<From> | Missing | Deleted | Unavailable | Unreadable> {
  const opened = await log.open(session);
  if (!opened.ok) return opened;
  const ledger = new Ledger<From>(limits);
  const { generation, base } = opened.head;
  let seq = 0;
  let isStale = false;
  for (;;) {
    const page = await log.read(session, seq);
    if (!page.ok) return page;
    if (page.snapshot !== undefined && seq > 0) return loadSession(log, session, limits, yieldTurn);
    const { snapshot, records } = page;
    const stored = [...(snapshot === undefined ? [] : [snapshot]), ...records];
    for (const one of stored) {
      const record = decodeRoomRecord(one.bytes);
      const taken = record && (await take(ledger, record, yieldTurn));
      if (taken === undefined) return unreadable;
      isStale ||= one !== snapshot && taken.words;
    }
    seq = records.at(-1)?.seq ?? snapshot?.through ?? seq;
    if (seq >= page.seq) return { ok: true, ledger, generation, seq, base, isStale };
  }
}

async function take<From>(
  ledger: Ledger<From>,
  { bindings, updates }: RoomRecord,
  yieldTurn: () => Promise<void>,
): Promise<{ readonly words: boolean } | undefined> {
  let words = false;
  let first = 0;
  let bytes = 0;
  for (let at = 0; at <= updates.length; at++) {
    const isEnd = at === updates.length;
    if (!isEnd && bytes < SLICE_BYTES) {
      bytes += updates[at]?.length ?? 0;
      continue;
    }
    // Copies: a view would keep the whole page in memory.
    const slice = updates.slice(first, at).map((update) => update.slice());
    const loaded = ledger.load({ bindings: first === 0 ? bindings : [], updates: slice });
    if (loaded === undefined) return undefined;
    words ||= loaded.words;
    if (isEnd) break;
    await yieldTurn();
    first = at;
    bytes = updates[at]?.length ?? 0;
  }
  return { words };
}
