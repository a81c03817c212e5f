// What a device keeps of one principal beside the sessions' words: a note for each session, records
// and files. A database of its own; opened when it is first needed, and again when it was lost.
//
//   sessions  id -> HeldSession     records  key -> JSON
//   blobs     hash -> { type, bytes }        sizes  hash -> bytes

import type { Clock } from '../../base/clock.ts';
import type { Json } from '../../base/json.ts';
import {
  answerOf,
  type DatabaseScope,
  type DatabaseShape,
  faultOf,
  openDatabase,
  transact,
} from './database.ts';
import { storeError } from './error.ts';
import { emptyNote, MemoryDisk } from './memory-disk.ts';
import type { Blobs, HeldSession, Records } from './offline.ts';

const shape: DatabaseShape = {
  version: 1,
  upgrade: (db) => {
    const { objectStoreNames: names } = db;
    if (!names.contains('sessions')) db.createObjectStore('sessions', { keyPath: 'id' });
    for (const name of ['records', 'blobs', 'sizes']) {
      if (!names.contains(name)) db.createObjectStore(name);
    }
  },
};

interface StoredBlob {
  readonly type: string;
  readonly bytes: ArrayBuffer;
}

type Mode = 'readonly' | 'readwrite';

export class Registry {
  readonly records: Records;
  readonly blobs: Blobs;
  readonly #scope: DatabaseScope;
  readonly #clock: Clock;
  readonly #name: string;
  #db: Promise<IDBDatabase> | undefined;
  /** Instead of it, where nothing can be opened. */
  #memory: MemoryDisk | undefined;
  #isClosed = false;

  constructor(scope: DatabaseScope, clock: Clock, name: string) {
    this.#scope = scope;
    this.#clock = clock;
    this.#name = name;
    this.records = this.#makeRecords();
    this.blobs = this.#makeBlobs();
  }

  sessions(): Promise<readonly HeldSession[]> {
    return this.#run(
      'sessions',
      'readonly',
      async ({ sessions }) => await answerOf<HeldSession[]>(sessions.getAll()),
      (memory) => memory.sessions(),
    );
  }

  /** Changes a note; `onlyNew`: only if there is none. */
  note(id: string, note: Partial<Omit<HeldSession, 'id'>>, onlyNew = false): Promise<void> {
    return this.#run(
      'sessions',
      'readwrite',
      async ({ sessions }) => {
        const before = await answerOf<HeldSession | undefined>(sessions.get(id));
        if (onlyNew && before !== undefined) return;
        sessions.put({ ...emptyNote(id), ...before, ...note });
      },
      (memory) => memory.note(id, note),
    );
  }

  async knows(id: string): Promise<boolean> {
    return this.#run(
      'sessions',
      'readonly',
      async ({ sessions }) => (await answerOf(sessions.count(id))) > 0,
      async () => true,
    );
  }

  forget(id: string): Promise<void> {
    return this.#run(
      'sessions',
      'readwrite',
      async ({ sessions }) => void sessions.delete(id),
      async (memory) => void (await memory.remove(id, false)),
    );
  }

  close(): void {
    this.#isClosed = true;
    void this.#db?.then(
      (db) => db.close(),
      () => undefined,
    );
  }

  #makeRecords(): Records {
    const { IDBKeyRange: range } = this.#scope;
    return {
      get: (key) =>
        this.#run(
          'records',
          'readonly',
          ({ records }) => answerOf<Json | undefined>(records.get(key)),
          ({ records }) => records.get(key),
        ),
      set: (key, value) =>
        this.#run(
          'records',
          'readwrite',
          async ({ records }) => void records.put(value, key),
          ({ records }) => records.set(key, value),
        ),
      delete: (key) =>
        this.#run(
          'records',
          'readwrite',
          async ({ records }) => void records.delete(key),
          ({ records }) => records.delete(key),
        ),
      entries: (prefix) =>
        this.#run(
          'records',
          'readonly',
          async ({ records }) => {
            const among = range.bound(prefix, `${prefix}\uFFFF`);
            const [keys, values] = await Promise.all([
              answerOf(records.getAllKeys(among)),
              answerOf<Json[]>(records.getAll(among)),
            ]);
            return keys.map((key, at): [string, Json] => [
              typeof key === 'string' ? key : '',
              values[at] ?? null,
            ]);
          },
          ({ records }) => records.entries(prefix),
        ),
    };
  }

  #makeBlobs(): Blobs {
    return {
      get: async (hash) => {
        const stored = await this.#run<StoredBlob | Blob | undefined>(
          'blobs',
          'readonly',
          ({ blobs }) => answerOf<StoredBlob | undefined>(blobs.get(hash)),
          ({ blobs }) => blobs.get(hash),
        );
        return stored === undefined || stored instanceof Blob
          ? stored
          : new Blob([stored.bytes], { type: stored.type });
      },
      put: async (hash, given) => {
        // Bytes, for some browsers forget Blobs in a database.
        const blob = given instanceof Blob ? given : new Blob([given.slice()]);
        const stored: StoredBlob = { type: blob.type, bytes: await blob.arrayBuffer() };
        await this.#run(
          'blobs',
          'readwrite',
          async ({ blobs, sizes }) => {
            blobs.put(stored, hash);
            sizes.put(blob.size, hash);
          },
          (memory) => memory.blobs.put(hash, blob),
        );
      },
      delete: (hash) =>
        this.#run(
          'blobs',
          'readwrite',
          async ({ blobs, sizes }) => {
            blobs.delete(hash);
            sizes.delete(hash);
          },
          (memory) => memory.blobs.delete(hash),
        ),
      total: () =>
        this.#run(
          'blobs',
          'readonly',
          async ({ sizes }) =>
            (await answerOf<number[]>(sizes.getAll())).reduce((sum, size) => sum + size, 0),
          (memory) => memory.blobs.total(),
        ),
    };
  }

  /** One transaction, again on a new connection where the old one was lost. */
  async #run<T>(
    about: 'sessions' | 'records' | 'blobs',
    mode: Mode,
    act: (stores: Stores) => Promise<T>,
    instead: (memory: MemoryDisk) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      if (this.#memory !== undefined) return instead(this.#memory);
      try {
        const db = await this.#open();
        const names = about === 'blobs' ? ['blobs', 'sizes'] : [about];
        return await transact(
          db,
          names,
          mode === 'readonly' ? mode : { durability: 'relaxed' },
          (transaction) => act(storesOf(transaction)),
        );
      } catch (error) {
        const { fault, why } = faultOf(error, false);
        if (this.#isClosed || attempt > 0 || (fault !== 'lost' && fault !== 'unavailable')) {
          throw storeError(fault, why, error);
        }
        if (fault === 'unavailable') this.#memory = new MemoryDisk();
        this.#db = undefined;
      }
    }
  }

  #open(): Promise<IDBDatabase> {
    if (this.#isClosed) return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    if (this.#db !== undefined) return this.#db;
    const opening = openDatabase(this.#scope, this.#clock, this.#name, shape).then((db) => {
      const lose = (): void => {
        db.close();
        if (this.#db === opening) this.#db = undefined;
      };
      db.addEventListener('versionchange', lose);
      db.addEventListener('close', lose);
      return db;
    });
    this.#db = opening;
    return opening;
  }
}

type Stores = Record<'sessions' | 'records' | 'blobs' | 'sizes', IDBObjectStore>;

/** The stores of a transaction, each asked for when it is used. */
function storesOf(transaction: IDBTransaction): Stores {
  return {
    get sessions() {
      return transaction.objectStore('sessions');
    },
    get records() {
      return transaction.objectStore('records');
    },
    get blobs() {
      return transaction.objectStore('blobs');
    },
    get sizes() {
      return transaction.objectStore('sizes');
    },
  };
}
