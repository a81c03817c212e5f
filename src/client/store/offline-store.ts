// The offline store of one principal on one server, put together: a disk, the tabs' channel, the
// sessions that are open in this tab, and what is known of all that are held.

import { assert } from '../../base/assert.ts';
import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { createId } from '../../base/id.ts';
import type { Json } from '../../base/json.ts';
import { electionByBeat, electionByLock, type LockPort } from '../tabs/election.ts';
import type { MakeTabChannel } from '../tabs/tab-channel.ts';
import { TabLine, type TabTopic } from '../tabs/tab-line.ts';
import type { Disk } from './disk.ts';
import { storeLimits } from './limits.ts';
import { TabSession } from './local-session.ts';
import type {
  Blobs,
  HeldSession,
  LocalSession,
  OfflineStore,
  OpenOptions,
  Records,
  StorageUsage,
  TabNotes,
} from './offline.ts';

export interface OfflineStoreOptions {
  /** Origin of the server. */
  readonly server: string;
  readonly principal: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly disk: Disk;
  readonly tabs: MakeTabChannel;
  /** Web Locks; without them the tabs elect who writes. */
  readonly locks?: LockPort | undefined;
}

/** Names all that belongs to a principal on a server: databases, locks, the channel. */
export function scopeName(server: string, principal: string): string {
  return `holdfast/${encodeURIComponent(server)}/${encodeURIComponent(principal)}`;
}

const GONE = 'What was stored here was deleted when you signed out.';
/** Not a session's id: those have 16 characters and more. */
const STORE_TOPIC = 'store';

export function createOfflineStore(options: OfflineStoreOptions): OfflineStore {
  return new TabStore(options);
}

class TabStore implements OfflineStore {
  readonly records: Records;
  readonly blobs: Blobs;
  readonly #options: OfflineStoreOptions;
  readonly #scope: string;
  readonly #line: TabLine;
  readonly #topic: TabTopic;
  readonly #open = new Map<string, TabSession>();
  /** What is to be noted of open sessions, and when. */
  readonly #notes = new Map<string, Partial<HeldSession>>();
  readonly #wiped = createEmitter<void>();
  #stopNoting: (() => void) | undefined;
  #isWiped = false;

  constructor(options: OfflineStoreOptions) {
    this.#options = options;
    const { disk, tabs, chance } = options;
    this.records = disk.records;
    this.blobs = disk.blobs;
    this.#scope = scopeName(options.server, options.principal);
    this.#line = new TabLine(tabs(this.#scope), createId(chance));
    this.#topic = this.#line.topic(STORE_TOPIC);
    this.#topic.hear(({ kind }) => {
      if (kind !== 'wiped') return;
      this.#abandon();
      this.#wiped.emit();
    });
  }

  notes(topic: string): TabNotes {
    const line = this.#line.topic(`note/${topic}`);
    return {
      post: (note: Json) => line.say({ kind: 'note', note }),
      subscribe: (listener) =>
        line.hear((words) => {
          if (words.kind === 'note') listener(words.note);
        }),
    };
  }

  open(session: string, options: OpenOptions = {}): LocalSession {
    assert(!this.#open.has(session), 'a session is open once in a tab');
    const { clock, disk, chance, locks } = this.#options;
    const opened = new TabSession(
      {
        id: session,
        clock,
        disk,
        topic: this.#line.topic(session),
        lockName: `${this.#scope}/${session}`,
        stand: locks === undefined ? electionByBeat(clock, chance) : electionByLock(locks),
        makeRoom: (bytes) => this.evict(bytes),
        onSize: ({ bytes, unsent }) => this.#note(session, { bytes, unsent }),
        onClosed: () => this.#open.delete(session),
      },
      options,
    );
    this.#open.set(session, opened);
    if (this.#isWiped) opened.abandon(GONE);
    return opened;
  }

  async sessions(): Promise<readonly HeldSession[]> {
    const held = await this.#options.disk.sessions();
    return held.map((session) => ({ ...session, ...this.#notes.get(session.id) }));
  }

  async pin(session: string, pinned: boolean): Promise<void> {
    await this.#options.disk.note(session, { pinned });
  }

  async remove(session: string): Promise<void> {
    this.#notes.delete(session);
    await this.#options.disk.remove(session, false);
  }

  async evict(bytes: number): Promise<number> {
    const held = (await this.sessions()).toSorted(
      (one, other) => one.lastOpenedAt - other.lastOpenedAt,
    );
    let freed = 0;
    for (const session of held) {
      if (freed >= bytes) break;
      if (session.pinned || session.unsent > 0 || (await this.#isOpen(session.id))) continue;
      // The note may be late: what the outbox says counts.
      if (!(await this.#options.disk.remove(session.id, true))) continue;
      freed += session.bytes;
    }
    return freed;
  }

  usage(): Promise<StorageUsage> {
    return this.#options.disk.usage();
  }

  persist(): Promise<boolean> {
    return this.#options.disk.persist();
  }

  freeze(): void {
    this.#flushNotes();
    for (const session of this.#open.values()) session.freeze();
  }

  thaw(): void {
    for (const session of this.#open.values()) session.thaw();
  }

  async wipe(): Promise<void> {
    this.#abandon();
    this.#topic.say({ kind: 'wiped' });
    await this.#options.disk.wipe();
  }

  onWiped(listener: () => void): Unsubscribe {
    return this.#wiped.subscribe(listener);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((session) => session.close()));
    this.#flushNotes();
    this.#line.close();
    this.#options.disk.close();
  }

  #abandon(): void {
    this.#isWiped = true;
    this.#stopNoting?.();
    this.#notes.clear();
    for (const session of this.#open.values()) session.abandon(GONE);
  }

  /** Whether any tab has it open: by its lock, or by asking. */
  async #isOpen(session: string): Promise<boolean> {
    if (this.#open.has(session)) return true;
    const { locks, clock } = this.#options;
    if (locks !== undefined) return isLocked(locks, `${this.#scope}/${session}`);
    const topic = this.#line.topic(session);
    return new Promise((resolve) => {
      const stopHearing = topic.hear(({ kind }) => {
        if (kind === 'open') end(true);
      });
      const stopWaiting = clock.after(storeLimits.askMs, () => end(false));
      const end = (isOpen: boolean): void => {
        stopHearing();
        stopWaiting();
        resolve(isOpen);
      };
      topic.say({ kind: 'open?' });
    });
  }

  #note(session: string, note: Partial<HeldSession>): void {
    if (this.#isWiped) return;
    this.#notes.set(session, { ...this.#notes.get(session), ...note });
    this.#stopNoting ??= this.#options.clock.after(storeLimits.noteMs, () => this.#flushNotes());
  }

  #flushNotes(): void {
    this.#stopNoting?.();
    this.#stopNoting = undefined;
    for (const [session, note] of this.#notes) void this.#options.disk.note(session, note);
    this.#notes.clear();
  }
}

async function isLocked(locks: LockPort, name: string): Promise<boolean> {
  try {
    const got = await locks.request(name, { ifAvailable: true }, async (lock) => lock !== null);
    return got !== true;
  } catch {
    return true;
  }
}
