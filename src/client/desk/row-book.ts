// The desk as this device knows it: the rows that the server told, and over them what was
// written here and is not there yet, the latest of each key only. It decides what is shown,
// what a write may claim to have seen, and what lost; it sends and stores nothing.
//
// A write says which seq of its row its author had seen. While it waits, nothing that comes
// counts as seen, since it is not shown: the server then keeps the value that loses, and so
// do we, until somebody settled it.

import { isJsonObject } from '../../base/json.ts';
import { parseJson } from '../../protocol/json-text.ts';
import type { DeskRow } from '../../protocol/library.ts';

/** Written here or in another tab, and not known to be on the server. */
export interface PendingWrite {
  readonly key: string;
  /** Tells it from other writes of the same key. */
  readonly id: string;
  /** JSON text; missing removes the row. */
  readonly json?: string | undefined;
  /** The seq that its author had seen. */
  readonly known: number;
}

export class RowBook {
  #rows = new Map<string, DeskRow>();
  #pending = new Map<string, PendingWrite>();
  #lost = new Map<string, string>();
  #seq = 0;

  /** All up to here was told. */
  get seq(): number {
    return this.#seq;
  }

  get pending(): Iterable<PendingWrite> {
    return this.#pending.values();
  }

  /** The JSON text that counts now. */
  value(key: string): string | undefined {
    const written = this.#pending.get(key);
    return written === undefined ? this.#rows.get(key)?.json : written.json;
  }

  /** The JSON text of a value that lost and was not settled. */
  lost(key: string): string | undefined {
    const lost = this.#lost.get(key);
    return lost === this.value(key) ? undefined : lost;
  }

  row(key: string): DeskRow | undefined {
    return this.#rows.get(key);
  }

  waiting(key: string): PendingWrite | undefined {
    return this.#pending.get(key);
  }

  /** Keys of values that count now. */
  *keys(prefix: string): Iterable<string> {
    for (const key of new Set([...this.#rows.keys(), ...this.#pending.keys()])) {
      if (key.startsWith(prefix) && this.value(key) !== undefined) yield key;
    }
  }

  write(key: string, json: string | undefined, id: string): PendingWrite {
    const before = this.#pending.get(key);
    const known = before?.known ?? this.#rows.get(key)?.seq ?? 0;
    const write = { key, id, json, known };
    this.adopt(write);
    return write;
  }

  /** A write of another tab, or of an earlier day. */
  adopt(write: PendingWrite): void {
    this.#pending.set(write.key, write);
    if (write.json === undefined) this.#lost.delete(write.key);
  }

  /** A row as the server has it. Returns whether it was news. */
  take(row: DeskRow): boolean {
    const { key, json, seq } = row;
    if (seq <= (this.#rows.get(key)?.seq ?? 0)) return false;
    this.#rows.set(key, row);
    const written = this.#pending.get(key);
    if (written !== undefined && isCovered(key, written.json, json)) this.#pending.delete(key);
    if (row.alternative !== undefined) this.#lost.set(key, row.alternative);
    if (json === undefined) this.#lost.delete(key);
    return true;
  }

  /** All rows up to this seq were told. */
  toldUpTo(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
  }

  /** The write is in the log, as this row. A later write of the same key goes on from it. */
  answered(id: string, row: DeskRow): void {
    this.take(row);
    const written = this.#pending.get(row.key);
    if (written === undefined) return;
    if (written.id === id) this.#pending.delete(row.key);
    else this.#pending.set(row.key, { ...written, known: Math.max(written.known, row.seq) });
  }

  /** What another tab found to be done. */
  drop(key: string, id: string): void {
    if (this.#pending.get(key)?.id === id) this.#pending.delete(key);
  }

  settle(key: string): boolean {
    return this.#lost.delete(key);
  }

  keepLost(key: string, json: string): void {
    this.#lost.set(key, json);
  }

  /**
   * Whether the server's answer denies what it told: a seq that was all told, of a row that
   * was not. So its log was put back to an earlier day, and all has to be told again.
   */
  contradicts(row: DeskRow): boolean {
    return row.seq <= this.#seq && (this.#rows.get(row.key)?.seq ?? 0) < row.seq;
  }

  /** Of what the server told nothing counts any more. What was written here still does. */
  forgetRows(): readonly string[] {
    const keys = [...this.#rows.keys()];
    this.#rows.clear();
    this.#seq = 0;
    for (const write of this.#pending.values())
      this.#pending.set(write.key, { ...write, known: 0 });
    return keys;
  }
}

/** Whether what the server has makes the write needless. A read mark never goes back. */
function isCovered(key: string, written: string | undefined, row: string | undefined): boolean {
  if (written === row) return true;
  if (!key.startsWith(READ) || written === undefined || row === undefined) return false;
  return markAt(row) >= markAt(written);
}

/** Where the read marks are. */
export const READ = 'read/';

function markAt(json: string): number {
  const mark = parseJson(json);
  const at = isJsonObject(mark) ? mark['at'] : undefined;
  return typeof at === 'number' ? at : 0;
}
