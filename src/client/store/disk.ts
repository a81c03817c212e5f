// What the offline store asks of a storage: one disk per principal and server, and on it sessions,
// each of which takes a batch as one transaction, whole or not at all. A disk knows nothing of tabs;
// two of them may write the same session at once, and since entries have ids and updates are
// idempotent, that does no harm. What fails is a result with its reason, never thrown.

import type { Json } from '../../base/json.ts';
import type { Blobs, HeldSession, OutboxEntry, Records, StorageUsage } from './offline.ts';

/** An entry, and how often the session had been replaced when it was written. */
export interface StoredEntry extends OutboxEntry {
  readonly resets: number;
}

/** In the order of these fields, in one transaction. */
export interface DiskBatch {
  /** Only if the fact `resets` is this; otherwise nothing is done. */
  readonly ifResets?: number;
  readonly clearBase?: boolean;
  /** Entries to forget. */
  readonly drop?: readonly string[];
  readonly outbox?: readonly StoredEntry[];
  /** Entries that go from the outbox into the base; those that are not there are skipped. */
  readonly settle?: readonly string[];
  readonly base?: readonly Uint8Array[];
  /** Small facts of the session by name; undefined deletes one. */
  readonly facts?: ReadonlyMap<string, Json | undefined>;
}

/** Why a disk did not do what it was asked. */
export type DiskFault =
  /** There is no space. */
  | 'quota'
  /** The connection was closed, or all was deleted. Open it again. */
  | 'lost'
  /** There is no storage at all here. */
  | 'unavailable'
  /** `ifResets` did not hold. */
  | 'overtaken'
  | 'other';

export interface DiskRefusal {
  readonly ok: false;
  readonly fault: DiskFault;
  /** One sentence. */
  readonly why: string;
}

/** How much the base is afterwards. */
export interface DiskSize {
  readonly ok: true;
  readonly records: number;
  readonly bytes: number;
  /** Of its largest record. */
  readonly largestBytes: number;
  readonly unsent: number;
}

export interface DiskContents {
  readonly ok: true;
  /** Every one can be read; those that could not are in quarantine. */
  readonly base: readonly Uint8Array[];
  readonly outbox: readonly StoredEntry[];
  readonly facts: ReadonlyMap<string, Json>;
  readonly quarantined: number;
}

export interface DiskSession {
  read(): Promise<DiskContents | DiskRefusal>;
  /** `strict`: it is on the medium when this resolves, and not only with the system. */
  commit(batch: DiskBatch, durability: 'strict' | 'relaxed'): Promise<DiskSize | DiskRefusal>;
  /** Merges the records of the base into one, if that can be done. */
  trim(): Promise<DiskSize | DiskRefusal>;
  /** Called once when what was open is gone. */
  onLost(listener: () => void): void;
  close(): void;
}

export interface Disk {
  /** What is said of it as long as nothing fails. */
  readonly state:
    | { readonly state: 'persistent' }
    | { readonly state: 'memory'; readonly why: string };
  readonly records: Records;
  readonly blobs: Blobs;
  openSession(session: string): Promise<DiskSession | DiskRefusal>;
  /** The sessions that are noted. */
  sessions(): Promise<readonly HeldSession[]>;
  /** Changes what is noted of a session, or makes a note of it. */
  note(session: string, note: Partial<Omit<HeldSession, 'id'>>): Promise<void>;
  /** Deletes a session; `onlyIfSent`: not if its outbox holds anything. Resolves with whether it is gone. */
  remove(session: string, onlyIfSent: boolean): Promise<boolean>;
  usage(): Promise<StorageUsage>;
  persist(): Promise<boolean>;
  /** Deletes everything that this principal has here. */
  wipe(): Promise<void>;
  close(): void;
}

export function diskRefusal(fault: DiskFault, why: string): DiskRefusal {
  return { ok: false, fault, why };
}
