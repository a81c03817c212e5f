// Everything that a client takes from the world around it, as one value: time, chance, sockets,
// storage, other tabs, the network's comings and goings. An app gives none of it; a test and a
// simulated world give all. Nothing here is looked for before a client is made, so importing
// touches nothing and rendering on a server is safe.

import { type Chance, systemChance } from '../base/chance.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
} from './connection/connection.ts';
import type { WebSocketClass } from './connection/socket.ts';
import { browserWake, type WakeSource } from './connection/wake.ts';
import type { Disk } from './store/disk.ts';
import { IndexedDisk } from './store/indexed-disk.ts';
import { MemoryDisk } from './store/memory-disk.ts';
import { createOfflineStore, scopeName } from './store/offline-store.ts';
import type { OfflineStore } from './store/offline.ts';
import { browserTabs } from './tabs/tab-channel.ts';

/** Small texts that outlive the page, read at once. */
export interface Remembered {
  get(key: string): string | null;
  set(key: string, value: string | null): void;
}

export interface StoreWish {
  readonly url: string;
  readonly principal: string;
  /** False: nothing is to be kept. */
  readonly offline: boolean;
  readonly clock: Clock;
  readonly chance: Chance;
}

export interface PlatformLimit {
  readonly code: 'no-websocket' | 'no-storage' | 'no-locks' | 'no-subtle' | 'not-persistent';
  /** What it means for a person. */
  readonly sentence: string;
}

export interface Platform {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly WebSocket: WebSocketClass;
  readonly wake: WakeSource;
  readonly fetch: typeof globalThis.fetch;
  /** Tells how an upload gets on, which `fetch` does not; undefined where there is none. */
  readonly XMLHttpRequest: typeof globalThis.XMLHttpRequest | undefined;
  /** Undefined without a secure context. */
  readonly subtle: Pick<SubtleCrypto, 'digest'> | undefined;
  readonly remembered: Remembered;
  readonly connect: (options: ConnectionOptions) => Connection;
  readonly openStore: (wish: StoreWish) => OfflineStore;
  /** What is not possible here. */
  readonly limits: readonly PlatformLimit[];
}

/** What a global object may have of all this; in a worker, in Node, or on a plain http page it is less. */
type Scope = Partial<
  Pick<
    typeof globalThis,
    | 'WebSocket'
    | 'XMLHttpRequest'
    | 'fetch'
    | 'crypto'
    | 'localStorage'
    | 'indexedDB'
    | 'IDBKeyRange'
    | 'navigator'
    | 'BroadcastChannel'
  >
>;

/** The platform as it is here. Call it, do not keep it at import. */
export function systemPlatform(scope: Scope = globalThis): Platform {
  return {
    clock: systemClock,
    chance: systemChance(),
    WebSocket: scope.WebSocket ?? noWebSocket,
    wake: browserWake(globalThis),
    fetch: (input, init) => globalThis.fetch(input, init),
    XMLHttpRequest: scope.XMLHttpRequest,
    subtle: scope.crypto?.subtle,
    remembered: rememberedIn(scope),
    connect: createConnection,
    openStore: ({ url, principal, offline, clock, chance }) => {
      const name = scopeName(url, principal);
      const disk = diskOf(scope, name, offline, clock);
      const locks = scope.navigator?.locks;
      const tabs = browserTabs(scope);
      return createOfflineStore({ server: url, principal, clock, chance, disk, tabs, locks });
    },
    limits: limitsOf(scope),
  };
}

function diskOf(
  { indexedDB, IDBKeyRange, navigator }: Scope,
  name: string,
  offline: boolean,
  clock: Clock,
): Disk {
  if (!offline) return new MemoryDisk({ why: 'This app keeps nothing on this device.' });
  if (indexedDB === undefined || IDBKeyRange === undefined) return new MemoryDisk();
  const scope = { indexedDB, IDBKeyRange };
  return new IndexedDisk({ name, clock, scope, storage: navigator?.storage });
}

/** A constructor that says no: what is dialled with it ends at once, and is tried again for ever. */
class NoWebSocket extends EventTarget {
  constructor() {
    super();
    throw new Error('There is no WebSocket here.');
  }
}

const noWebSocket = NoWebSocket as unknown as WebSocketClass;

/** A page may be forbidden to look at its storage, which throws already when it is named. */
function rememberedIn(scope: Scope): Remembered {
  const storage = (): Storage | undefined => {
    try {
      return scope.localStorage;
    } catch {
      return undefined;
    }
  };
  return {
    get: (key) => {
      try {
        return storage()?.getItem(key) ?? null;
      } catch {
        return null;
      }
    },
    set: (key, value) => {
      try {
        if (value === null) storage()?.removeItem(key);
        else storage()?.setItem(key, value);
      } catch {
        // Full or forbidden: without a network nobody is known at the next start, and it says so.
      }
    },
  };
}

function limitsOf(scope: Scope): readonly PlatformLimit[] {
  const found: (PlatformLimit | false)[] = [
    scope.WebSocket === undefined && {
      code: 'no-websocket',
      sentence: 'There is no WebSocket here, so nothing is exchanged with others.',
    },
    scope.indexedDB === undefined && {
      code: 'no-storage',
      sentence: 'There is no storage here: what is not sent is gone with the page.',
    },
    scope.navigator?.locks === undefined && {
      code: 'no-locks',
      sentence: 'Without https the tabs of this device take turns by asking one another.',
    },
    scope.crypto?.subtle === undefined && {
      code: 'no-subtle',
      sentence: 'Without https, naming a large file takes a while, during which the page waits.',
    },
    scope.navigator?.storage === undefined && {
      code: 'not-persistent',
      sentence: 'Without https the browser may delete what is kept when space runs out.',
    },
  ];
  return found.filter((limit) => limit !== false);
}
