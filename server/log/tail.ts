// What is durable in the journal and not yet in the store, in memory: readers find it
// here, and the store gets it from here, so that a journal file is read only after a
// crash.

import type { LogRecord } from './log.ts';

/** What a record costs beside its bytes, roughly. */
const RECORD_BYTES = 200;

interface Entry {
  readonly record: LogRecord;
  readonly file: number;
}

export class Tail {
  #entries: Entry[] = [];
  #sessions = new Map<string, LogRecord[]>();
  #bytes = 0;
  #added = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** How many records there ever were, so that one can wait until those have gone. */
  get added(): number {
    return this.#added;
  }

  get dropped(): number {
    return this.#added - this.#entries.length;
  }

  add(records: readonly LogRecord[], file: number): void {
    this.#added += records.length;
    for (const record of records) {
      this.#entries.push({ record, file });
      const own = this.#sessions.get(record.session);
      if (own === undefined) this.#sessions.set(record.session, [record]);
      else own.push(record);
      this.#bytes += record.bytes.length + RECORD_BYTES;
    }
  }

  /** The records of a session, in order; earlier ones are in the store. */
  of(session: string): readonly LogRecord[] {
    return this.#sessions.get(session) ?? [];
  }

  lastSeq(session: string): number {
    return this.#sessions.get(session)?.at(-1)?.seq ?? 0;
  }

  /** The oldest records, about as many as the bytes say and at least one. */
  oldest(bytesMax: number): readonly LogRecord[] {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const { record } of this.#entries) {
      bytes += record.bytes.length + RECORD_BYTES;
      if (bytes > bytesMax && records.length > 0) break;
      records.push(record);
    }
    return records;
  }

  /** The file in which the oldest record lies that is left when `count` of them have gone. */
  fileAfter(count: number): number | undefined {
    return this.#entries[count]?.file;
  }

  /** Lets go of the `count` oldest. */
  drop(count: number): void {
    const going = new Map<string, number>();
    for (const { record } of this.#entries.splice(0, count)) {
      this.#bytes -= record.bytes.length + RECORD_BYTES;
      going.set(record.session, (going.get(record.session) ?? 0) + 1);
    }
    for (const [session, own] of going) {
      const records = this.#sessions.get(session);
      if (records?.length === own) this.#sessions.delete(session);
      else records?.splice(0, own);
    }
  }
}
