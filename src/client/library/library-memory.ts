// What a device remembers of the list between two starts, as records: the server's list, what
// is here of each session, what is being deleted and what was. What no version of ours has
// stored is passed over.

import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import { countSchema, textSchema } from '../../protocol/envelope.ts';
import type { ListEntry } from '../../protocol/library.ts';
import { limits } from '../../protocol/limits.ts';
import { isSessionId } from '../../protocol/session-id.ts';
import type { Deletion } from './deletion.ts';
import type { Kept } from './download.ts';
import { localFactsSchema, type LocalFacts } from './facts.ts';
import { elsewhere, listEntrySchema } from './library-tabs.ts';
import type { Records } from './ports.ts';
import { RecordWriter } from './record-writer.ts';

const LIST = 'library/list/';
const LOCAL = 'library/local/';
const DELETE = 'library/delete/';
const DELETED = 'library/deleted/';
const KEPT = 'library/kept/';

const keptSchema: v.GenericSchema<unknown, Kept> = v.object({
  tag: textSchema(limits.cursorCharsMax),
  activity: countSchema,
  bytes: countSchema,
});
const deleteSchema = v.object({
  title: v.pipe(v.string(), v.maxLength(limits.titleCharsMax)),
  undoUntil: countSchema,
});

type DeleteRecord = v.InferOutput<typeof deleteSchema>;

export interface Remembered {
  readonly listed: readonly ListEntry[];
  readonly local: ReadonlyMap<string, LocalFacts>;
  readonly deleting: ReadonlyMap<string, DeleteRecord>;
  readonly deleted: readonly string[];
  readonly kept: ReadonlyMap<string, Kept>;
}

export class LibraryMemory {
  #records: Records;
  #writer: RecordWriter;
  #isWriter: () => boolean;

  constructor(records: Records, clock: Clock, isWriter: () => boolean) {
    this.#records = records;
    this.#writer = new RecordWriter(records, clock);
    this.#isWriter = isWriter;
  }

  /** Never rejects: a store that fails remembers nothing. */
  async load(): Promise<Remembered> {
    const [listed, local, deleting, deleted, kept] = await Promise.all([
      this.#read(LIST, listEntrySchema),
      this.#read(LOCAL, localFactsSchema),
      this.#read(DELETE, deleteSchema),
      this.#read(DELETED, countSchema),
      this.#read(KEPT, keptSchema),
    ]);
    const oldestFirst = [...deleted].sort(([, a], [, b]) => a - b);
    return {
      listed: [...listed.values()],
      local,
      deleting,
      deleted: oldestFirst.map(([session]) => session),
      kept,
    };
  }

  /** The server said so. */
  listed(entry: ListEntry): void {
    if (this.#isWriter()) this.#writer.put(LIST + entry.session, { ...entry });
  }

  unlisted(session: string): void {
    this.#writer.put(LIST + session, undefined);
  }

  local(session: string, facts: LocalFacts | undefined): void {
    this.#writer.put(LOCAL + session, facts && { ...elsewhere(facts) });
  }

  /** At once: it has to outlive whatever comes. */
  deleting({ session, title, undoUntil }: Deletion): void {
    this.#writer.put(DELETE + session, { title, undoUntil });
    void this.#writer.flush();
  }

  notDeleting(session: string): void {
    this.#writer.put(DELETE + session, undefined);
    void this.#writer.flush();
  }

  kept(session: string, kept: Kept): void {
    this.#writer.put(KEPT + session, { ...kept });
  }

  /** Of the session nothing is left but that it was deleted, at this time. */
  forget(session: string, deletedAt: number | undefined): void {
    for (const prefix of [LIST, LOCAL, DELETE, KEPT]) this.#writer.put(prefix + session, undefined);
    if (deletedAt !== undefined) this.#writer.put(DELETED + session, deletedAt);
    void this.#writer.flush();
  }

  /** It is so long ago that no late word can come of it. */
  forgetDeleted(session: string): void {
    this.#writer.put(DELETED + session, undefined);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  async #read<Value>(
    prefix: string,
    schema: v.GenericSchema<unknown, Value>,
  ): Promise<ReadonlyMap<string, Value>> {
    const entries = await this.#records.entries(prefix).catch((): [string, Json][] => []);
    const values = new Map<string, Value>();
    for (const [key, stored] of entries) {
      const session = key.slice(prefix.length);
      const value = v.safeParse(schema, stored);
      if (value.success && isSessionId(session)) values.set(session, value.output);
    }
    return values;
  }
}
