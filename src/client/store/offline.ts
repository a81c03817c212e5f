// What an app keeps on a device, as the rest of the client sees it: one store for each principal and
// server, and in it sessions, small records and files. Words that a server said are durable (the base)
// are kept apart from words that this device wrote and that are not durable yet (the outbox), so that
// a refusal can be undone without asking anybody. Which tab writes, and onto what, nobody else knows.
// Nothing here throws into whoever calls it: what goes wrong is told in a state, and heals.

import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json, JsonObject } from '../../base/json.ts';

/** What one turn of this device wrote, until a server has it for good. */
export interface OutboxEntry {
  readonly id: string;
  /** Milliseconds since 1970, by the clock of this device. */
  readonly at: number;
  /** The Yjs client that wrote it. */
  readonly client: number;
  /** In the v1 format. */
  readonly update: Uint8Array;
  /** What was meant by it, so that it can be shown again when it was refused; null where nobody asked. */
  readonly intent: JsonObject | null;
}

/** What was written and refused, kept for the person who wrote it. What a draft says is the client's affair. */
export interface KeptRecord {
  readonly id: string;
  readonly draft: Json;
}

/** Whether what is written here outlives the page. `why` is one sentence. */
export type StorageState =
  | { readonly state: 'persistent' }
  /** There is no storage here: everything works, and is gone with the page. */
  | { readonly state: 'memory'; readonly why: string }
  /** Storage refused. It is tried again, and meanwhile all is in memory. */
  | { readonly state: 'failed'; readonly why: string };

/** What is held of a session, at one moment. */
export interface Loaded {
  /** Updates, to be applied in this order. */
  readonly base: readonly Uint8Array[];
  /** In the order in which they were stored. */
  readonly outbox: readonly OutboxEntry[];
  /**
   * Written before a `replace` by somebody who did not know of it yet. They do not fit what is there
   * now: whoever loads issues them again, or shows them, and then drops them.
   */
  readonly stale: readonly OutboxEntry[];
  readonly generation: string | null;
  /** Records that could not be read, now or before. They are kept aside and never applied. */
  readonly quarantined: number;
  readonly kept: readonly KeptRecord[];
  /** How often the session was replaced on this device. */
  readonly resets: number;
  /** Entries that replacements dealt with: issued again under another id, or left out. */
  readonly handled: readonly string[];
  /** The base may hold words that are not durable: a recovery begins from nothing, and not from it. */
  readonly mixed: boolean;
}

/** What becomes of a session when it is begun again from what is known to be good. */
export interface Replacement {
  /** Instead of the base; without it the base stays. */
  readonly base?: readonly Uint8Array[];
  /** Instead of every entry that this tab knows of. Those that it does not know become stale. */
  readonly outbox: readonly OutboxEntry[];
  /** Beside those that are kept already. */
  readonly kept: readonly KeptRecord[];
  readonly generation?: string | null;
}

export interface LocalSessionListeners {
  /** Entries that are stored: they outlive a crash of this page. Never told without storage. */
  readonly stored?: (ids: readonly string[]) => void;
  /** Something new from another tab of this principal. An entry is another tab's, not durable yet. */
  readonly update?: (update: Uint8Array, from: 'base' | 'own', entry?: OutboxEntry) => void;
  /** Entries that are durable, as this or another tab learned from the server. */
  readonly settled?: (ids: readonly string[]) => void;
  /** The session was replaced, here or in another tab: load it again, into a new document. */
  readonly reset?: (resets: number) => void;
  readonly state?: (state: StorageState) => void;
}

/** A session as one tab holds it. Calls return at once; what they cause is told to the listeners. */
export interface LocalSession {
  readonly id: string;
  readonly state: StorageState;
  /** Never rejects: where nothing can be read it gives what is in memory, and the state says why. */
  load(): Promise<Loaded>;
  /** Takes what came from the server, and is durable there. */
  base(update: Uint8Array): void;
  /** Takes what was written in this tab. An id is taken once. */
  own(entry: OutboxEntry): void;
  /** These are durable now: they go from the outbox into the base, in one transaction. */
  settle(ids: readonly string[]): void;
  /** Forgets entries that are not wanted any more. */
  drop(ids: readonly string[]): void;
  setGeneration(generation: string): void;
  /** `overtaken`: another tab did it first, and `reset` is told; nothing was changed. */
  replace(next: Replacement): Promise<'done' | 'overtaken'>;
  keep(record: KeptRecord): void;
  unkeep(id: string): void;
  on(listeners: LocalSessionListeners): Unsubscribe;
  /** Resolves when all that was handed over is stored, or cannot be. */
  flush(): Promise<void>;
  /** Flushes, and lets another tab write. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** All that the document of this tab holds, in the v1 format. Asked for when storage was lost. */
  readonly state?: () => Uint8Array;
}

/** What is known of a session that is held. */
export interface HeldSession {
  readonly id: string;
  /** About what it takes. */
  readonly bytes: number;
  /** Entries that are not durable. */
  readonly unsent: number;
  readonly lastOpenedAt: number;
  readonly pinned: boolean;
}

export interface StorageUsage {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
  /** Whether the browser promised to keep it. */
  readonly persisted: boolean;
}

/** Small JSON values by key. */
export interface Records {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  /** By key, in the order of UTF-16 units. */
  entries(prefix: string): Promise<[string, Json][]>;
}

/** Files by the hash of what they hold. */
export interface Blobs {
  get(hash: string): Promise<Blob | undefined>;
  put(hash: string, bytes: Blob | Uint8Array): Promise<void>;
  delete(hash: string): Promise<void>;
  /** Bytes of all. */
  total(): Promise<number>;
}

/** Words between the tabs of a principal, about anything but a session. */
export interface TabNotes {
  post(message: Json): void;
  subscribe(listener: (message: Json) => void): Unsubscribe;
}

/** All that a device keeps of one principal on one server. */
export interface OfflineStore {
  readonly records: Records;
  readonly blobs: Blobs;
  /** Notes under a topic, which the other tabs hear and this one does not. */
  notes(topic: string): TabNotes;
  /** A session of this id is open once in a tab: close it before it is opened again. */
  open(session: string, options?: OpenOptions): LocalSession;
  sessions(): Promise<readonly HeldSession[]>;
  pin(session: string, pinned: boolean): Promise<void>;
  /** Forgets a session, whatever it holds. */
  remove(session: string): Promise<void>;
  /**
   * Frees about so many bytes: sessions go, the least recently opened first. Never one that holds
   * what is not durable, is pinned, or is open in any tab. Resolves with the bytes that were freed.
   */
  evict(bytes: number): Promise<number>;
  usage(): Promise<StorageUsage>;
  /** Asks the browser to keep what is stored; false where it will not promise. */
  persist(): Promise<boolean>;
  /** The page is about to stand still: another tab may write. `thaw` takes part again. */
  freeze(): void;
  thaw(): void;
  /** Deletes all of it, in every tab, for good. What is open stays open and is told that it is gone. */
  wipe(): Promise<void>;
  /** Called when another tab wiped it. */
  onWiped(listener: () => void): Unsubscribe;
  close(): Promise<void>;
}
