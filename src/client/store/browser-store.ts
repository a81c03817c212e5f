// The offline store with what the place has in which it runs: a page, a worker, a private window,
// plain http on a LAN, or Node, which has nothing of it and keeps all in memory.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import type { LockPort } from '../tabs/election.ts';
import { browserTabs } from '../tabs/tab-channel.ts';
import type { DatabaseScope } from './database.ts';
import { IndexedDisk, type StoragePort } from './indexed-disk.ts';
import { MemoryDisk } from './memory-disk.ts';
import type { OfflineStore } from './offline.ts';
import { createOfflineStore, scopeName } from './offline-store.ts';

/** What is looked for among the globals. */
export interface BrowserScope {
  readonly indexedDB?: DatabaseScope['indexedDB'] | undefined;
  readonly IDBKeyRange?: DatabaseScope['IDBKeyRange'] | undefined;
  readonly BroadcastChannel?: Parameters<typeof browserTabs>[0]['BroadcastChannel'];
  readonly navigator?:
    | { readonly locks?: LockPort | undefined; readonly storage?: StoragePort | undefined }
    | undefined;
}

export interface BrowserStoreOptions {
  /** Origin of the server. */
  readonly server: string;
  readonly principal: string;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Usually `globalThis`. */
  readonly scope: BrowserScope;
}

export function openBrowserStore(options: BrowserStoreOptions): OfflineStore {
  const { server, principal, clock, scope } = options;
  const { navigator } = scope;
  const databases = databasesOf(scope);
  const disk =
    databases === undefined
      ? new MemoryDisk()
      : new IndexedDisk({
          name: scopeName(server, principal),
          clock,
          scope: databases,
          storage: navigator?.storage,
        });
  return createOfflineStore({
    ...options,
    disk,
    tabs: browserTabs(scope),
    locks: navigator?.locks,
  });
}

/** A sandboxed frame throws where it is only looked at. */
function databasesOf(scope: BrowserScope): DatabaseScope | undefined {
  try {
    const { indexedDB, IDBKeyRange: range } = scope;
    if (!indexedDB || !range) return undefined;
    return { indexedDB, IDBKeyRange: range };
  } catch {
    return undefined;
  }
}
