// An IndexedDB that does what it does in the field: writing transactions that are undone with a reason
// when everything seemed to be well, calls that throw, connections that are closed from outside.

import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';

export interface FailingDatabases {
  readonly indexedDB: IDBFactory;
  /** From now on writing transactions end with this error, as long as `isSo`; `throws` is at their begin. */
  when(name: string, isSo?: () => Promise<boolean> | boolean): void;
  never(): void;
  closeAll(): void;
  /** Writing transactions that were begun, and what was put into them. */
  readonly written: { transactions: number; bytes: number; records: number };
}

export function failingDatabases(): FailingDatabases {
  const indexedDB = new IDBFactory();
  const open = new Set<IDBDatabase>();
  const written = { transactions: 0, bytes: 0, records: 0 };
  let failure: { name: string; isSo: () => Promise<boolean> | boolean } | undefined;
  const watch = (db: IDBDatabase): void => {
    open.add(db);
    const begin = db.transaction.bind(db);
    db.transaction = (stores, mode, options) => {
      if (mode !== 'readwrite') return begin(stores, mode, options);
      if (failure?.name === 'throws') throw new TypeError('a browser that throws');
      const transaction = begin(stores, mode, options);
      const names = typeof stores === 'string' ? [stores] : [...stores];
      written.transactions += 1;
      countWrites(transaction, names, written);
      if (failure !== undefined && names.includes('updates')) undo(transaction, failure);
      return transaction;
    };
  };
  const openNow = indexedDB.open.bind(indexedDB);
  indexedDB.open = (name, version) => {
    const request = openNow(name, version);
    request.addEventListener('success', () => watch(request.result));
    return request;
  };
  return {
    indexedDB,
    written,
    when: (name, isSo = () => true) => {
      failure = { name, isSo };
    },
    never: () => {
      failure = undefined;
    },
    closeAll: () => {
      for (const db of open) forceCloseDatabase(db as never);
      open.clear();
    },
  };
}

function countWrites(
  transaction: IDBTransaction,
  names: readonly string[],
  written: FailingDatabases['written'],
): void {
  for (const name of names) {
    const store = transaction.objectStore(name);
    for (const verb of ['add', 'put'] as const) {
      const write = store[verb].bind(store);
      store[verb] = (value: unknown, key?: IDBValidKey) => {
        written.records += 1;
        written.bytes += sizeOf(value);
        return key === undefined ? write(value) : write(value, key);
      };
    }
  }
}

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, one: unknown) => sum + sizeOf(one), 0);
}

/** So many requests later everything that was asked for has succeeded. */
const TURNS = 40;

/** Keeps it busy until it is known whether it fails, then ends it like a browser without space. */
function undo(
  transaction: IDBTransaction,
  failure: { name: string; isSo: () => Promise<boolean> | boolean },
): void {
  let isDoomed: boolean | undefined;
  const decide = async (): Promise<void> => {
    isDoomed = await failure.isSo();
  };
  void decide();
  const [name = ''] = transaction.objectStoreNames;
  const store = transaction.objectStore(name);
  let turns = 0;
  const hold = (): void => {
    if (isDoomed === false) return;
    turns += 1;
    if (isDoomed === true && turns > TURNS) {
      Object.defineProperty(transaction, 'error', {
        get: () => new DOMException('as in the field', failure.name),
        set: () => {},
      });
      transaction.abort();
      return;
    }
    store.count().addEventListener('success', hold);
  };
  store.count().addEventListener('success', hold);
}
