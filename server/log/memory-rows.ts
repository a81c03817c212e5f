// Rows in memory.

import { overwrite, type Row, type Rows } from './rows.ts';

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
  ): Promise<Answer<'write'>> {
    const desk = this.#desks.get(principal) ?? { seq: 0, rows: new Map<string, Row>() };
    this.#desks.set(principal, desk);
    desk.seq += 1;
    const row = overwrite(desk.rows.get(key), { key, json, seq: desk.seq, knownSeq });
    desk.rows.set(key, row);
    return { ok: true, row };
  }

  async since(principal: string, afterSeq: number, limit: number): Promise<Answer<'since'>> {
    const rows = [...(this.#desks.get(principal)?.rows.values() ?? [])];
    const newer = rows.filter(({ seq }) => seq > afterSeq).toSorted((a, b) => a.seq - b.seq);
    return { ok: true, rows: newer.slice(0, limit) };
  }
}
