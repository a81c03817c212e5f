// Each principal's own rows, for all of its devices that are connected here: a write goes
// to the log, and whoever looks at this desk is told that there is something new, which it
// then reads from the log in order. A principal can have a few writes under way at once.

import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import { httpLimits } from '../http/limits.ts';
import { Seats } from '../http/seats.ts';
import type { Row, Rows, RowsFull } from '../log/rows.ts';
import type { Unavailable } from '../log/refusal.ts';

export interface RowWrite {
  readonly key: string;
  /** JSON text; undefined removes. */
  readonly json: string | undefined;
  /** The seq of the row that the writer has seen. */
  readonly known: number;
}

export interface DeskBusy {
  readonly ok: false;
  readonly code: 'busy';
}

export type RowWriteAnswer =
  | { readonly ok: true; readonly row: Row }
  | RowsFull
  | DeskBusy
  | Unavailable;

export class Desk {
  #rows: Rows;
  #writes = createEmitter<string>();
  #seats = new Seats({
    max: httpLimits.rowWritesMax,
    perPrincipalMax: httpLimits.rowWritesPerPrincipalMax,
  });

  constructor(rows: Rows) {
    this.#rows = rows;
  }

  async write(principal: string, { key, json, known }: RowWrite): Promise<RowWriteAnswer> {
    const leave = this.#seats.take(principal);
    if (leave === undefined) return { ok: false, code: 'busy' };
    try {
      const written = await this.#rows.write(principal, key, json, known);
      if (written.ok) this.#writes.emit(principal);
      return written;
    } finally {
      leave();
    }
  }

  since(principal: string, after: number, limit: number): ReturnType<Rows['since']> {
    return this.#rows.since(principal, after, limit);
  }

  /** Something was written to this principal's desk. */
  onWrite(listener: (principal: string) => void): Unsubscribe {
    return this.#writes.subscribe(listener);
  }
}
