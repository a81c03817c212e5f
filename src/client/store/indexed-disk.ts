// The disk in IndexedDB of one principal on one server: a database for each session and one registry,
// all named after both, so that who signs in next on this device finds nothing of it.

import type { Clock } from '../../base/clock.ts';
import {
  answerOf,
  type DatabaseScope,
  deleteDatabase,
  faultOf,
  openDatabase,
  transact,
} from './database.ts';
import { type Disk, type DiskRefusal, diskRefusal, type DiskSession } from './disk.ts';
import { IndexedSession, sessionShape } from './indexed-session.ts';
import { storeLimits } from './limits.ts';
import type { Blobs, HeldSession, Records, StorageUsage } from './offline.ts';
import { Registry } from './registry.ts';

/** What is used of `navigator.storage`. */
export interface StoragePort {
  estimate?(): Promise<{ usage?: number; quota?: number }>;
  persist?(): Promise<boolean>;
  persisted?(): Promise<boolean>;
}

export interface IndexedDiskOptions {
  /** Begins every name: see `scopeName`. */
  readonly name: string;
  readonly clock: Clock;
  readonly scope: DatabaseScope;
  readonly storage?: StoragePort | undefined;
}

export class IndexedDisk implements Disk {
  readonly state = { state: 'persistent' } as const;
  readonly records: Records;
  readonly blobs: Blobs;
  readonly #options: IndexedDiskOptions;
  readonly #registry: Registry;
  readonly #open = new Set<DiskSession>();
  #isGone = false;

  constructor(options: IndexedDiskOptions) {
    this.#options = options;
    this.#registry = new Registry(options.scope, options.clock, options.name);
    this.records = this.#registry.records;
    this.blobs = this.#registry.blobs;
  }

  async openSession(session: string): Promise<DiskSession | DiskRefusal> {
    if (this.#isGone) return diskRefusal('other', 'What was stored here was deleted.');
    const { scope, clock } = this.#options;
    try {
      // Noted before it is made, so that a wipe finds it also where databases cannot be listed.
      const [db] = await Promise.all([
        openDatabase(scope, clock, this.#databaseOf(session), sessionShape),
        this.#noteNew(session),
      ]);
      const opened = new IndexedSession(db);
      this.#open.add(opened);
      return opened;
    } catch (error) {
      const refusal = faultOf(error, false);
      // Nothing was open that could have been lost: some private modes answer so.
      return refusal.fault === 'lost'
        ? faultOf(new DOMException('', 'SecurityError'), false)
        : refusal;
    }
  }

  async sessions(): Promise<readonly HeldSession[]> {
    return this.#registry.sessions().catch(() => []);
  }

  async note(session: string, note: Partial<Omit<HeldSession, 'id'>>): Promise<void> {
    // A note that is lost is made again with the next words.
    if (!this.#isGone) await this.#registry.note(session, note).catch(() => undefined);
  }

  async remove(session: string, onlyIfSent: boolean): Promise<boolean> {
    const { scope, clock } = this.#options;
    const name = this.#databaseOf(session);
    try {
      if (onlyIfSent) {
        const db = await openDatabase(scope, clock, name, sessionShape);
        const unsent = await transact(db, ['outbox'], 'readonly', (transaction) =>
          answerOf(transaction.objectStore('outbox').count()),
        ).finally(() => db.close());
        if (unsent > 0) return false;
      }
      const isGone = await deleteDatabase(scope, clock, name, storeLimits.wipeMsMax);
      if (isGone) await this.#registry.forget(session);
      return isGone;
    } catch {
      return false;
    }
  }

  async usage(): Promise<StorageUsage> {
    const { storage } = this.#options;
    const nothing = { usage: undefined, quota: undefined };
    const [{ usage, quota }, persisted] = await Promise.all([
      storage?.estimate?.().catch(() => nothing) ?? nothing,
      storage?.persisted?.().catch(() => false) ?? false,
    ]);
    return { usedBytes: usage ?? null, quotaBytes: quota ?? null, persisted };
  }

  async persist(): Promise<boolean> {
    return (await this.#options.storage?.persist?.().catch(() => false)) ?? false;
  }

  async wipe(): Promise<void> {
    const noted = await this.sessions();
    this.#isGone = true;
    for (const session of this.#open) session.close();
    this.#registry.close();
    const { scope, clock, name } = this.#options;
    const names = new Set([name, ...noted.map(({ id }) => this.#databaseOf(id))]);
    for (const listed of await databasesOf(scope)) {
      if (listed.startsWith(`${name}/`)) names.add(listed);
    }
    await Promise.all(
      [...names].map((one) => deleteDatabase(scope, clock, one, storeLimits.wipeMsMax)),
    );
  }

  close(): void {
    for (const session of this.#open) session.close();
    this.#registry.close();
  }

  #databaseOf(session: string): string {
    return `${this.#options.name}/${session}`;
  }

  async #noteNew(session: string): Promise<void> {
    try {
      if (await this.#registry.knows(session)) return;
      await this.#registry.note(session, { lastOpenedAt: this.#options.clock.now() }, true);
    } catch {
      // The session itself may still be stored.
    }
  }
}

async function databasesOf({ indexedDB }: DatabaseScope): Promise<readonly string[]> {
  try {
    return (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
  } catch {
    // Older browsers cannot list them; the registry can.
    return [];
  }
}
