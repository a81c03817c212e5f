// A disk in memory: where there is no other, and in tests, where several tabs and lives of a tab share
// one. It does all at once, in the turn in which it is asked, and answers on a later one.

import type { Json } from '../../base/json.ts';
import {
  type Disk,
  type DiskBatch,
  type DiskContents,
  type DiskRefusal,
  diskRefusal,
  type DiskSession,
  type DiskSize,
  type StoredEntry,
} from './disk.ts';
import { compactRecords, mergeRecords } from './merging.ts';
import type { Blobs, HeldSession, Records, StorageUsage } from './offline.ts';

interface Held {
  base: Uint8Array[];
  outbox: Map<string, StoredEntry>;
  facts: Map<string, Json>;
}

const NO_STORAGE: Disk['state'] = {
  state: 'memory',
  why: 'This browser offers no storage here, so what you write is gone when this page is closed before it was sent.',
};

/** What the disk does of its own, for tests: a fault that the next commits meet, and loss. */
export class MemoryDisk implements Disk {
  readonly state: Disk['state'];
  readonly records: Records;
  readonly blobs: Blobs;
  /** Asked at each commit. */
  fault: (() => DiskRefusal | undefined) | undefined;
  commits = 0;
  #sessions = new Map<string, Held>();
  #notes = new Map<string, HeldSession>();
  #open = new Map<string, Set<() => void>>();
  #records = new Map<string, Json>();
  #blobs = new Map<string, Blob>();

  /** `keeps`: it stands for a real one, and says so. */
  constructor({ keeps = false, why }: { keeps?: boolean; why?: string } = {}) {
    const memory = why === undefined ? NO_STORAGE : ({ state: 'memory', why } as const);
    this.state = keeps ? { state: 'persistent' } : memory;
    this.records = memoryRecords(this.#records);
    this.blobs = memoryBlobs(this.#blobs);
  }

  async openSession(session: string): Promise<DiskSession> {
    const lost = new Set<() => void>();
    const listeners = this.#open.get(session) ?? new Set();
    this.#open.set(session, listeners);
    let isOpen = true;
    const lose = (): void => {
      if (!isOpen) return;
      isOpen = false;
      for (const listener of lost) listener();
    };
    listeners.add(lose);
    const whenOpen = async <T>(act: () => T): Promise<T | DiskRefusal> =>
      isOpen ? act() : diskRefusal('lost', 'The storage of this page was closed.');
    return {
      read: () => whenOpen(() => this.#read(session)),
      commit: (batch) => whenOpen(() => this.#commit(session, batch)),
      trim: () => whenOpen(() => this.#trim(session)),
      onLost: (listener) => lost.add(listener),
      close: () => {
        isOpen = false;
        listeners.delete(lose);
      },
    };
  }

  async sessions(): Promise<readonly HeldSession[]> {
    return [...this.#notes.values()];
  }

  async note(session: string, note: Partial<Omit<HeldSession, 'id'>>): Promise<void> {
    const before = this.#notes.get(session) ?? emptyNote(session);
    this.#notes.set(session, { ...before, ...note });
  }

  async remove(session: string, onlyIfSent: boolean): Promise<boolean> {
    if (onlyIfSent && (this.#sessions.get(session)?.outbox.size ?? 0) > 0) return false;
    this.#notes.delete(session);
    this.lose(session);
    return true;
  }

  async usage(): Promise<StorageUsage> {
    let usedBytes = await this.blobs.total();
    for (const { base, outbox } of this.#sessions.values()) {
      usedBytes += bytesOf(base) + bytesOf([...outbox.values()].map(({ update }) => update));
    }
    return { usedBytes, quotaBytes: null, persisted: false };
  }

  async persist(): Promise<boolean> {
    return false;
  }

  async wipe(): Promise<void> {
    for (const session of [...this.#sessions.keys(), ...this.#open.keys()]) this.lose(session);
    this.#notes.clear();
    this.#records.clear();
    this.#blobs.clear();
  }

  close(): void {
    // Others may have it open.
  }

  /** Deletes a session under whoever has it open. */
  lose(session: string): void {
    this.#sessions.delete(session);
    const listeners = this.#open.get(session) ?? new Set();
    this.#open.delete(session);
    for (const listener of listeners) listener();
  }

  #held(session: string): Held {
    const held = this.#sessions.get(session);
    if (held !== undefined) return held;
    const made: Held = { base: [], outbox: new Map(), facts: new Map() };
    this.#sessions.set(session, made);
    return made;
  }

  #read(session: string): DiskContents {
    const { base, outbox, facts } = this.#held(session);
    return {
      ok: true,
      base: [...base],
      outbox: [...outbox.values()],
      facts: new Map(facts),
      quarantined: 0,
    };
  }

  #commit(session: string, batch: DiskBatch): DiskSize | DiskRefusal {
    const fault = this.fault?.();
    if (fault !== undefined) return fault;
    const held = this.#held(session);
    if (batch.ifResets !== undefined && (held.facts.get('resets') ?? 0) !== batch.ifResets) {
      return diskRefusal('overtaken', 'Another tab was faster.');
    }
    this.commits += 1;
    if (batch.clearBase === true) held.base = [];
    for (const id of batch.drop ?? []) held.outbox.delete(id);
    for (const entry of batch.outbox ?? []) {
      if (!held.outbox.has(entry.id)) held.outbox.set(entry.id, entry);
    }
    const settled = (batch.settle ?? []).flatMap((id) => held.outbox.get(id)?.update ?? []);
    for (const id of batch.settle ?? []) held.outbox.delete(id);
    held.base.push(...mergeRecords([...(batch.base ?? []), ...settled]));
    for (const [name, fact] of batch.facts ?? []) {
      if (fact === undefined) held.facts.delete(name);
      else held.facts.set(name, fact);
    }
    return sizeOf(held);
  }

  #trim(session: string): DiskSize {
    const held = this.#held(session);
    const compact = compactRecords(held.base);
    if (compact !== undefined) held.base = [compact];
    return sizeOf(held);
  }
}

export function emptyNote(id: string): HeldSession {
  return { id, bytes: 0, unsent: 0, lastOpenedAt: 0, pinned: false };
}

function sizeOf({ base, outbox }: Held): DiskSize {
  return {
    ok: true,
    records: base.length,
    bytes: bytesOf(base),
    largestBytes: base.reduce((most, { length }) => Math.max(most, length), 0),
    unsent: outbox.size,
  };
}

function bytesOf(updates: readonly Uint8Array[]): number {
  return updates.reduce((sum, update) => sum + update.length, 0);
}

function memoryRecords(values: Map<string, Json>): Records {
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    entries: async (prefix) =>
      [...values].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

function memoryBlobs(blobs: Map<string, Blob>): Blobs {
  return {
    get: async (hash) => blobs.get(hash),
    put: async (hash, bytes) =>
      void blobs.set(hash, bytes instanceof Blob ? bytes : new Blob([bytes.slice()])),
    delete: async (hash) => void blobs.delete(hash),
    total: async () => [...blobs.values()].reduce((sum, blob) => sum + blob.size, 0),
  };
}
