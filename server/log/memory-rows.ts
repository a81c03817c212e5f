// Rows in memory.

import {
  hasRoom,
  holds,
  overwrite,
  rowLimits,
  rowsFull,
  type Row,
  type RowLimits,
  type Rows,
} from './rows.ts';

type Answer<Method extends keyof Rows> = Awaited<ReturnType<Rows[Method]>>;

interface Desk {
  seq: number;
  readonly rows: Map<string, Row>;
}

export class MemoryRows implements Rows {
  #desks = new Map<string, Desk>();

  async write(
    principal: string,
    key: string,
    json: string | undefined,
    knownSeq: number,
    limits: RowLimits = rowLimits,
  ): Promise<Answer<'write'>> {
    const desk = this.#desks.get(principal) ?? { seq: 0, rows: new Map<string, Row>() };
    this.#desks.set(principal, desk);
    const before = desk.rows.get(key);
    const row = overwrite(before, { key, json, seq: desk.seq + 1, knownSeq });
    const rows = [...desk.rows.values()].filter(holds).length;
    const counts = { rows, kept: desk.rows.size };
    if (!hasRoom({ before, after: row }, counts, limits)) return rowsFull;
    desk.seq += 1;
    desk.rows.set(key, row);
    return { ok: true, row };
  }

  async since(principal: string, afterSeq: number, limit: number): Promise<Answer<'since'>> {
    const rows = [...(this.#desks.get(principal)?.rows.values() ?? [])];
    const newer = rows.filter(({ seq }) => seq > afterSeq).toSorted((a, b) => a.seq - b.seq);
    return { ok: true, rows: newer.slice(0, limit) };
  }
}
