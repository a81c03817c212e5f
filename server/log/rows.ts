// What is each principal's own, on every device: drafts, read marks, pins, settings. The
// last write wins, in the order in which the log took them; the value that it replaced
// without having known it is kept beside it, as the one alternative, until it is written
// to again by somebody who knows it. So nobody's words are lost to a race.

import { limits as wireLimits } from '../../src/protocol/limits.ts';
import type { Unavailable } from './refusal.ts';

export interface Row {
  readonly key: string;
  /** JSON text; undefined where the row was removed. */
  readonly json: string | undefined;
  /** Rises with every write of this principal. */
  readonly seq: number;
  /** JSON text that lost. */
  readonly alternative: string | undefined;
}

/** How many rows one principal may have. */
export interface RowLimits {
  /** With a value, or one that lost. */
  readonly rowsMax: number;
  /** And with those that were removed, which stay so that every device hears of it. */
  readonly keptRowsMax: number;
}

export const rowLimits: RowLimits = {
  rowsMax: wireLimits.rowsMax,
  keptRowsMax: 4 * wireLimits.rowsMax,
};

/** The principal has as many rows as it may: another row has to go first. */
export interface RowsFull {
  readonly ok: false;
  readonly code: 'full';
}

export const rowsFull: RowsFull = { ok: false, code: 'full' };

export interface Rows {
  /**
   * `knownSeq` is the seq of the row that the writer had seen, 0 for none. A row that was
   * written since keeps its value as the alternative. Undefined removes.
   */
  write(
    principal: string,
    key: string,
    json: string | undefined,
    knownSeq: number,
    limits?: RowLimits,
  ): Promise<{ readonly ok: true; readonly row: Row } | RowsFull | Unavailable>;
  /** What was written after `afterSeq`, in order of seq. */
  since(
    principal: string,
    afterSeq: number,
    limit: number,
  ): Promise<{ readonly ok: true; readonly rows: readonly Row[] } | Unavailable>;
}

/** What a write makes of the row that stands there. */
export function overwrite(
  present: Row | undefined,
  write: { key: string; json: string | undefined; seq: number; knownSeq: number },
): Row {
  const { key, json, seq, knownSeq } = write;
  const raced = present !== undefined && present.seq > knownSeq && present.json !== json;
  return { key, json, seq, alternative: raced ? (present.json ?? present.alternative) : undefined };
}

/** Whether a row may be written, by what is there already. */
export function hasRoom(
  write: { readonly before: Row | undefined; readonly after: Row },
  counts: { readonly rows: number; readonly kept: number },
  limits: RowLimits,
): boolean {
  const { before, after } = write;
  const isNew = before === undefined;
  const grows = holds(after) && !holds(before);
  return (!isNew || counts.kept < limits.keptRowsMax) && (!grows || counts.rows < limits.rowsMax);
}

export function holds(row: Row | undefined): boolean {
  return row?.json !== undefined || row?.alternative !== undefined;
}
