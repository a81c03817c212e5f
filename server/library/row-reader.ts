// Brings the desk to one reader: everything after what it has, in order, page by page, each
// when the one before was taken; and whenever there is something new, what follows. Nothing
// is kept meanwhile, and nothing is skipped: the log is the queue.

import { limits } from '../../src/protocol/limits.ts';
import type { Unavailable } from '../log/refusal.ts';
import type { Row } from '../log/rows.ts';
import type { Desk } from './desk.ts';

export class RowReader {
  #desk: Pick<Desk, 'since'>;
  #principal: string;
  #after: number;
  #send: (rows: readonly Row[], more: boolean) => Promise<void>;
  #isReading = false;
  /** How often it was asked for what is new. */
  #asked = 0;
  #isClosed = false;

  constructor(
    desk: Pick<Desk, 'since'>,
    principal: string,
    after: number,
    send: (rows: readonly Row[], more: boolean) => Promise<void>,
  ) {
    this.#desk = desk;
    this.#principal = principal;
    this.#after = after;
    this.#send = send;
  }

  /** Brings what is new. The first time, says so too where there is nothing. */
  async read(isFirst = false): Promise<{ readonly ok: true } | Unavailable> {
    this.#asked += 1;
    if (this.#isReading) return { ok: true };
    this.#isReading = true;
    try {
      for (let mustSay = isFirst; ; mustSay = false) {
        const asked = this.#asked;
        const read = await this.#pages(mustSay);
        if (!read.ok || asked === this.#asked) return read;
      }
    } finally {
      this.#isReading = false;
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #pages(mustSay: boolean): Promise<{ readonly ok: true } | Unavailable> {
    for (let isFirst = mustSay; ; isFirst = false) {
      const found = await this.#desk.since(this.#principal, this.#after, limits.rowsPageMax + 1);
      if (!found.ok) return found;
      const rows = found.rows.slice(0, limits.rowsPageMax);
      const more = found.rows.length > rows.length;
      if (this.#isClosed || (rows.length === 0 && !isFirst)) return { ok: true };
      this.#after = rows.at(-1)?.seq ?? this.#after;
      await this.#send(rows, more);
      if (!more) return { ok: true };
    }
  }
}
