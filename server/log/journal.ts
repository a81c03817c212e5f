// The journal: where every record becomes durable first. All sessions share one file at
// a time. One write is under way at most, and each takes all that came during the last,
// so a slow disk makes larger writes. On a quick one many small writes would cost more than
// what is in them: where something waits already when a write ends, more is coming, and the
// next write may rest for a moment first. Whoever comes to a quiet journal does not wait.
// When a file is long enough, or a write to it failed, the next write begins a new one,
// whose note says how far each earlier file is true.
//
//     none --next write--> open --long enough, or asked to--> closed --in the store--> removed
//                            '--a write failed: cut back--------^

import { type Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Pass } from './crash-point.ts';
import { reasonOf } from './fault.ts';
import { encodeNote, encodeRecords, journalFormat } from './journal-block.ts';
import { journalName, type JournalFile, type JournalFolder } from './journal-folder.ts';
import type { LogRecord } from './log.ts';
import { unavailable, type Unavailable } from './refusal.ts';

export interface JournalLimits {
  /** A file that is as long as this is not written to any more. */
  readonly fileBytesMax: number;
  /** What one write takes; a single larger record is written alone. */
  readonly writeBytesMax: number;
  /** How long a write rests behind another, to gather more; 0 for not at all. */
  readonly restMs: number;
}

export const journalLimits: JournalLimits = {
  fileBytesMax: 8 * 1024 * 1024,
  writeBytesMax: 4 * 1024 * 1024,
  restMs: 0,
};

export interface JournalParts {
  readonly folder: JournalFolder;
  readonly chance: Chance;
  readonly clock: Clock;
  readonly limits: JournalLimits;
  readonly pass: Pass | undefined;
  /** Called with each durable group and its file, before anybody else knows. Must not throw. */
  readonly onCommit: (records: readonly LogRecord[], file: number) => void;
  /** Called with all that is refused at once, before anybody else knows. Must not throw. */
  readonly onRefuse: (records: readonly LogRecord[]) => void;
}

interface OpenFile {
  readonly file: JournalFile;
  readonly number: number;
  readonly salt: number;
  bytes: number;
  blocks: number;
}

interface Waiting {
  readonly record: LogRecord;
  readonly answer: (refused: Unavailable | undefined) => void;
}

export class Journal {
  #parts: JournalParts;
  #open: OpenFile | undefined;
  /** Files that are closed and may still be needed, and their true lengths. */
  #ends = new Map<number, number>();
  #next: number;
  #beginning: number | undefined;
  #queue: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #closeAsked = false;
  #rotated: (() => void)[] = [];

  /** `next` is above the number of any file that ever was in the folder. */
  constructor(parts: JournalParts, next: number) {
    this.#parts = parts;
    this.#next = next;
  }

  /** Calls back when the record is durable (undefined), or with why it is not in the journal. Must not throw. */
  append(record: LogRecord, answer: (refused: Unavailable | undefined) => void): void {
    this.#queue.push({ record, answer });
    this.#writing ??= this.#drain();
  }

  /** No record that is appended from now on goes to a file below this one. */
  get current(): number {
    return this.#open?.number ?? this.#beginning ?? this.#next;
  }

  /** A file of an earlier process, and the length to which it is true. */
  adopt(number: number, bytes: number): void {
    this.#ends.set(number, bytes);
  }

  /** The closed files that were not yet forgotten, oldest first. */
  get closed(): readonly number[] {
    return [...this.#ends.keys()];
  }

  /** Resolves when nothing is waiting to be written. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Closes the current file; what is appended from now on goes to another. */
  async rotate(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#rotated.push(resolve);
    this.#closeAsked = true;
    if (this.#writing === undefined) await this.#closeIfAsked();
    await promise;
  }

  /** Its records are in the store for good: removes it. It is tried again where that fails. */
  async remove(number: number): Promise<boolean> {
    try {
      await this.#parts.folder.remove(journalName(number));
      await this.#parts.folder.sync();
    } catch (error) {
      if (!isGone(error)) return false;
    }
    this.#ends.delete(number);
    return true;
  }

  async #drain(): Promise<void> {
    // The rest of this turn comes along.
    await Promise.resolve();
    while (this.#queue.length > 0 || this.#closeAsked) {
      if (this.#queue.length > 0) await this.#writeGroup();
      await this.#closeIfAsked();
      if (this.#queue.length > 0) await this.#rest();
    }
    this.#writing = undefined;
  }

  async #rest(): Promise<void> {
    const { clock, limits } = this.#parts;
    if (limits.restMs === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    clock.after(limits.restMs, resolve);
    await promise;
  }

  async #writeGroup(): Promise<void> {
    const group = this.#take();
    const refused = await this.#commit(group.map(({ record }) => record));
    if (refused !== undefined) {
      group.push(...this.#buildingOn(group));
      this.#parts.onRefuse(group.map(({ record }) => record));
    }
    for (const { answer } of group) answer(refused);
  }

  #take(): Waiting[] {
    let bytes = 0;
    const over = this.#queue.findIndex(({ record }) => {
      bytes += record.bytes.length;
      return bytes > this.#parts.limits.writeBytesMax;
    });
    return this.#queue.splice(0, over === -1 ? this.#queue.length : Math.max(1, over));
  }

  /** What waits behind a group that failed, in the same sessions: it would leave a hole. */
  #buildingOn(group: readonly Waiting[]): Waiting[] {
    const sessions = new Set(group.map(({ record }) => record.session));
    const building = this.#queue.filter(({ record }) => sessions.has(record.session));
    this.#queue = this.#queue.filter(({ record }) => !sessions.has(record.session));
    return building;
  }

  async #commit(records: readonly LogRecord[]): Promise<Unavailable | undefined> {
    const { pass, limits, onCommit } = this.#parts;
    if (pass !== undefined) await pass('before-commit');
    let open: OpenFile;
    try {
      open = this.#open ?? (await this.#begin());
    } catch (error) {
      return unavailable(reasonOf(error));
    }
    const block = encodeRecords(open.salt, open.blocks, records);
    try {
      await writeWhole(open.file, block, open.bytes);
    } catch (error) {
      return unavailable(reasonOf(error), await this.#cutBack(open));
    }
    open.bytes += block.length;
    open.blocks += 1;
    if (open.bytes >= limits.fileBytesMax) this.#closeAsked = true;
    if (pass !== undefined) await pass('after-commit');
    onCommit(records, open.number);
    return undefined;
  }

  async #begin(): Promise<OpenFile> {
    const { folder, chance, pass } = this.#parts;
    const number = this.#next++;
    this.#beginning = number;
    const salt = chance.uint32();
    const note = { format: journalFormat, number, salt, ends: [...this.#ends] };
    const bytes = encodeNote(note);
    // Until it is whole, it is a file of which nothing is true.
    this.#ends.set(number, 0);
    let file: JournalFile | undefined;
    try {
      file = await folder.create(journalName(number));
      if (pass !== undefined) await pass('in-rotation');
      await writeWhole(file, bytes, 0);
      await folder.sync();
    } catch (error) {
      await file?.close().catch(() => undefined);
      await this.remove(number);
      throw error;
    } finally {
      this.#beginning = undefined;
    }
    this.#ends.delete(number);
    this.#open = { file, number, salt, bytes: bytes.length, blocks: 1 };
    return this.#open;
  }

  /**
   * Takes back what a failed write left. The file is not written to again, whatever the
   * error was: after a failed flush nobody knows what its descriptor still holds.
   */
  async #cutBack(open: OpenFile): Promise<Unavailable['stored']> {
    this.#ends.set(open.number, open.bytes);
    this.#open = undefined;
    let stored: Unavailable['stored'] = 'no';
    try {
      await open.file.cut(open.bytes);
    } catch {
      stored = 'unknown';
    }
    await open.file.close().catch(() => undefined);
    return stored;
  }

  async #closeIfAsked(): Promise<void> {
    const open = this.#open;
    if (!this.#closeAsked) return;
    this.#closeAsked = false;
    this.#open = undefined;
    if (open !== undefined) this.#ends.set(open.number, open.bytes);
    for (const resolve of this.#rotated.splice(0)) resolve();
    await open?.file.close().catch(() => undefined);
  }
}

/**
 * Taking less than was given is how a disk gets full. The rest is not sent after it: a
 * block is one write, or what a torn one looks like could not be told from damage.
 */
async function writeWhole(file: JournalFile, bytes: Uint8Array, at: number): Promise<void> {
  const taken = await file.write(bytes, at);
  if (taken < bytes.length) throw Object.assign(new Error('a short write'), { code: 'ENOSPC' });
}

function isGone(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
}
