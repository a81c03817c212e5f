// What whoever keeps a log asks of it, also while others use it: one consistent copy of all
// that was answered so far, and whether what is stored is what was written. The words of
// sessions are not looked at here; who reads a session finds out about them.

import type { Unavailable } from './refusal.ts';

/** Where a check goes on: behind this row of this table. */
export interface CheckPlace {
  readonly table: string;
  readonly after: readonly string[];
}

export interface CheckStep {
  /** Rows that were looked at. */
  readonly rows: number;
  /** In words for an operator. */
  readonly faults: readonly string[];
  /** Undefined when all was looked at. */
  readonly next: CheckPlace | undefined;
}

export interface Upkeep {
  /**
   * Makes one file of all that was answered until now, and gives its path. It is for whoever
   * asked, to read and to remove; the next deletion of a session and the next start remove
   * it as well. Refused while the log is damaged.
   */
  copy(): Promise<{ readonly ok: true; readonly path: string } | Unavailable>;
  /** Looks at some rows, the first ones where no place is given. */
  check(place: CheckPlace | undefined): Promise<({ readonly ok: true } & CheckStep) | Unavailable>;
}

/** Of one step: few enough that nobody else waits long for the store. */
export const checkRowsMax = 500;
