// A device with one browser on it: an IndexedDB of its own, and tabs that open the store of a
// principal there. Each tab has its own disk object, as a page has.

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Chance } from '../../src/base/chance.ts';
import { seededChance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { IndexedDisk } from '../../src/client/store/indexed-disk.ts';
import type { OfflineStore } from '../../src/client/store/offline.ts';
import { createOfflineStore, scopeName } from '../../src/client/store/offline-store.ts';
import type { LockPort } from '../../src/client/tabs/election.ts';
import { type MakeTabChannel, memoryTabs } from '../../src/client/tabs/tab-channel.ts';

export interface DeviceOptions {
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly tabs?: MakeTabChannel;
  readonly locks?: LockPort;
  readonly indexedDB?: IDBFactory;
}

export class Device {
  readonly indexedDB: IDBFactory;
  readonly clock: Clock;
  readonly name = scopeName('ws://here', 'ann');
  readonly #options: DeviceOptions;
  readonly #tabs: MakeTabChannel;
  readonly #chance: Chance;

  constructor(options: DeviceOptions = {}) {
    this.#options = options;
    this.indexedDB = options.indexedDB ?? new IDBFactory();
    this.clock = options.clock ?? systemClock;
    this.#tabs = options.tabs ?? memoryTabs();
    this.#chance = options.chance ?? seededChance(1);
  }

  /** The scope that a page's code sees. */
  get scope(): { indexedDB: IDBFactory; IDBKeyRange: typeof IDBKeyRange } {
    return { indexedDB: this.indexedDB, IDBKeyRange };
  }

  tab(principal = 'ann'): OfflineStore {
    const { clock, scope } = this;
    return createOfflineStore({
      server: 'ws://here',
      principal,
      clock,
      chance: this.#chance,
      tabs: this.#tabs,
      locks: this.#options.locks,
      disk: new IndexedDisk({ name: scopeName('ws://here', principal), clock, scope }),
    });
  }

  /** The name of a session's database. */
  database(session: string): string {
    return `${this.name}/${session}`;
  }
}
