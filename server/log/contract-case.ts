// The shape of a case, and the few words in which the cases are written.

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { ManualClock } from '../../src/base/clock.ts';
import type { Head, Log, LogRecord, Page, Snapshot } from './log.ts';

export interface LogWorld {
  readonly log: Log;
  /** The clock that the log was given. */
  readonly clock: ManualClock;
  /** Closes the log and opens what it left; undefined where nothing outlives it. */
  readonly reopen: (() => Promise<Log>) | undefined;
}

export interface LogCase {
  /** Stable: a list of what an implementation fails names it by this. */
  readonly id: string;
  readonly run: (world: LogWorld) => Promise<void>;
}

/** A session that exists, and what it is called. */
export const session = 'session-0123456789abcd';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export async function created(log: Log, id = session): Promise<Head> {
  const answer = await log.create(id);
  if (!answer.ok) throw new Error(`create: ${answer.code}`);
  return answer.head;
}

/** Appends each text as a record of its own. */
export async function appended(log: Log, texts: readonly string[], id = session): Promise<void> {
  for (const text of texts) {
    const opened = await log.open(id);
    if (!opened.ok) throw new Error(`open: ${opened.code}`);
    const { seq } = opened.head;
    deepStrictEqual(await log.append(id, seq, [], bytesOf(text)), { ok: true, seq: seq + 1 });
  }
}

/** Everything after `afterSeq`, page by page, as a room would read it. */
export async function readAll(
  log: Log,
  afterSeq = 0,
  id = session,
  bytesMax?: number,
): Promise<{ snapshot: Snapshot | undefined; texts: readonly string[]; pages: number }> {
  let snapshot: Snapshot | undefined;
  let records: LogRecord[] = [];
  let seq = afterSeq;
  for (let pages = 1; ; pages++) {
    const page: Page = await pageOf(log, seq, id, bytesMax);
    if (page.snapshot !== undefined) {
      snapshot = page.snapshot;
      records = [];
      seq = page.snapshot.through;
    }
    for (const record of page.records) {
      strictEqual(record.seq, ++seq, 'a hole in a page');
      strictEqual(record.session, id);
      records.push(record);
    }
    if (seq >= page.seq) return { snapshot, texts: records.map((r) => textOf(r.bytes)), pages };
    strictEqual(page.records.length > 0 || page.snapshot !== undefined, true, 'a page of nothing');
  }
}

async function pageOf(log: Log, seq: number, id: string, bytesMax?: number): Promise<Page> {
  const page = await log.read(id, seq, bytesMax);
  if (!page.ok) throw new Error(`read: ${page.code}`);
  return page;
}

/** The code of a refusal, or `ok`. */
export function codeOf(answer: { readonly ok: boolean; readonly code?: string }): string {
  return answer.ok ? 'ok' : (answer.code ?? 'no code');
}
