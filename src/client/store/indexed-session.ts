// One session in IndexedDB, in the format of y-indexeddb 9: a database of its own, with the base as
// plain updates in `updates` and small values in `custom`, so that what either wrote the other can
// read. Beside them stand `outbox` and `quarantine`, of which y-indexeddb knows nothing.
//
//   updates     key++ -> update                 custom      'holdfast/' name -> JSON
//   outbox      key++ -> entry, unique by id    quarantine  key++ -> { store, value }
//
// One transaction a batch. A record that cannot be read is put aside before anybody applies it.

import type { Json } from '../../base/json.ts';
import { answerOf, type DatabaseShape, faultOf, transact } from './database.ts';
import type { DiskBatch, DiskContents, DiskRefusal, DiskSession, DiskSize } from './disk.ts';
import { diskRefusal } from './disk.ts';
import { compactRecords, mergeRecords } from './merging.ts';
import { canBeRead, readEntry } from './stored-record.ts';

const FACT = 'holdfast/';
const ALL = ['updates', 'outbox', 'custom', 'quarantine'] as const;

export const sessionShape: DatabaseShape = {
  version: 2,
  upgrade: (db) => {
    const { objectStoreNames: names } = db;
    for (const name of ['updates', 'quarantine']) {
      if (!names.contains(name)) db.createObjectStore(name, { autoIncrement: true });
    }
    if (!names.contains('custom')) db.createObjectStore('custom');
    if (names.contains('outbox')) return;
    db.createObjectStore('outbox', { autoIncrement: true }).createIndex('id', 'id', {
      unique: true,
    });
  },
};

export class IndexedSession implements DiskSession {
  readonly #db: IDBDatabase;
  readonly #lost: (() => void)[] = [];
  #isLost = false;
  #isClosed = false;
  /** As far as this tab knows. */
  #bytes = 0;
  #largestBytes = 0;

  constructor(db: IDBDatabase) {
    this.#db = db;
    // Somebody deletes or upgrades it: whoever does waits for this.
    db.addEventListener('versionchange', () => this.#lose());
    db.addEventListener('close', () => this.#lose());
  }

  read(): Promise<DiskContents | DiskRefusal> {
    return this.#attempt(async () => {
      const [updates, entries, names, values, aside] = await transact(
        this.#db,
        ALL,
        'readonly',
        (transaction) =>
          Promise.all([
            answerOf<unknown[]>(transaction.objectStore('updates').getAll()),
            answerOf<unknown[]>(transaction.objectStore('outbox').getAll()),
            answerOf(transaction.objectStore('custom').getAllKeys()),
            answerOf<Json[]>(transaction.objectStore('custom').getAll()),
            answerOf(transaction.objectStore('quarantine').count()),
          ]),
      );
      const base = updates.filter(canBeRead);
      const outbox = entries.flatMap((entry) => readEntry(entry) ?? []);
      const bad = updates.length - base.length + entries.length - outbox.length;
      if (bad > 0) await this.#quarantine();
      this.#measure(base);
      return { ok: true, base, outbox, facts: factsOf(names, values), quarantined: aside + bad };
    });
  }

  commit(batch: DiskBatch, durability: 'strict' | 'relaxed'): Promise<DiskSize | DiskRefusal> {
    return this.#attempt(() =>
      transact(this.#db, ['updates', 'outbox', 'custom'], { durability }, async (transaction) => {
        const custom = transaction.objectStore('custom');
        if (batch.ifResets !== undefined) {
          const resets: unknown = await answerOf(custom.get(`${FACT}resets`));
          if ((resets ?? 0) !== batch.ifResets) {
            return diskRefusal('overtaken', 'Another tab was faster.');
          }
        }
        const updates = transaction.objectStore('updates');
        if (batch.clearBase === true) {
          updates.clear();
          this.#measure([]);
        }
        const settled = await changeOutbox(transaction.objectStore('outbox'), batch);
        const records = mergeRecords([...(batch.base ?? []), ...settled]);
        for (const record of records) {
          updates.add(record);
          this.#bytes += record.length;
          this.#largestBytes = Math.max(this.#largestBytes, record.length);
        }
        for (const [name, fact] of batch.facts ?? []) {
          if (fact === undefined) custom.delete(FACT + name);
          else custom.put(fact, FACT + name);
        }
        return this.#size(transaction);
      }),
    );
  }

  trim(): Promise<DiskSize | DiskRefusal> {
    return this.#attempt(async () => {
      const { keys, records } = await transact(this.#db, ['updates'], 'readonly', readBase);
      const compact = compactRecords(records.filter(canBeRead));
      return transact(
        this.#db,
        ['updates', 'outbox'],
        { durability: 'relaxed' },
        async (transaction) => {
          const updates = transaction.objectStore('updates');
          const now = new Set(await answerOf(updates.getAllKeys()));
          // Another tab was faster, or it cannot be merged: it stays as it is.
          if (compact !== undefined && keys.every((key) => now.has(key))) {
            updates.add(compact);
            for (const key of keys) updates.delete(key);
            this.#measure([compact]);
          }
          return this.#size(transaction);
        },
      );
    });
  }

  onLost(listener: () => void): void {
    this.#lost.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#db.close();
  }

  async #size(transaction: IDBTransaction): Promise<DiskSize> {
    const [records, unsent] = await Promise.all([
      answerOf(transaction.objectStore('updates').count()),
      answerOf(transaction.objectStore('outbox').count()),
    ]);
    return { ok: true, records, bytes: this.#bytes, largestBytes: this.#largestBytes, unsent };
  }

  #measure(base: readonly Uint8Array[]): void {
    this.#bytes = base.reduce((sum, { length }) => sum + length, 0);
    this.#largestBytes = base.reduce((most, { length }) => Math.max(most, length), 0);
  }

  async #quarantine(): Promise<void> {
    const mode = { durability: 'relaxed' } as const;
    await transact(this.#db, ALL, mode, async (transaction) => {
      const aside = transaction.objectStore('quarantine');
      const isGood = {
        updates: canBeRead,
        outbox: (value: unknown) => readEntry(value) !== undefined,
      };
      for (const store of ['updates', 'outbox'] as const) {
        const records = transaction.objectStore(store);
        const [keys, values] = await Promise.all([
          answerOf(records.getAllKeys()),
          answerOf<unknown[]>(records.getAll()),
        ]);
        keys.forEach((key, at) => {
          if (isGood[store](values[at])) return;
          aside.add({ store, value: values[at] });
          records.delete(key);
        });
      }
    });
  }

  async #attempt<T>(act: () => Promise<T | DiskRefusal>): Promise<T | DiskRefusal> {
    try {
      return await act();
    } catch (error) {
      const refusal = faultOf(error, this.#isLost || this.#isClosed);
      if (refusal.fault === 'lost') this.#lose();
      return refusal;
    }
  }

  #lose(): void {
    if (this.#isLost || this.#isClosed) return;
    this.#isLost = true;
    this.#db.close();
    for (const listener of this.#lost) listener();
  }
}

/** Forgets, takes in, and takes out what is settled; its updates, for the base. */
async function changeOutbox(outbox: IDBObjectStore, batch: DiskBatch): Promise<Uint8Array[]> {
  const ids = outbox.index('id');
  const keyOf = (id: string): Promise<IDBValidKey | undefined> => answerOf(ids.getKey(id));
  for (const key of await Promise.all((batch.drop ?? []).map(keyOf))) {
    if (key !== undefined) outbox.delete(key);
  }
  const entries = batch.outbox ?? [];
  const there = await Promise.all(entries.map(({ id }) => keyOf(id)));
  entries.forEach((entry, at) => {
    if (there[at] === undefined) outbox.add(entry);
  });
  const settle = batch.settle ?? [];
  const [keys, values] = await Promise.all([
    Promise.all(settle.map(keyOf)),
    Promise.all(settle.map((id) => answerOf<unknown>(ids.get(id)))),
  ]);
  for (const key of keys) if (key !== undefined) outbox.delete(key);
  return values.flatMap((value) => readEntry(value)?.update ?? []);
}

async function readBase(
  transaction: IDBTransaction,
): Promise<{ keys: IDBValidKey[]; records: unknown[] }> {
  const updates = transaction.objectStore('updates');
  const [keys, records] = await Promise.all([
    answerOf(updates.getAllKeys()),
    answerOf<unknown[]>(updates.getAll()),
  ]);
  return { keys, records };
}

function factsOf(names: readonly IDBValidKey[], values: readonly Json[]): Map<string, Json> {
  const facts = new Map<string, Json>();
  names.forEach((name, at) => {
    const value = values[at];
    if (typeof name === 'string' && name.startsWith(FACT) && value !== undefined) {
      facts.set(name.slice(FACT.length), value);
    }
  });
  return facts;
}
