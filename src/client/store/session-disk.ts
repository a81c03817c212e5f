// The disk of one session, as one tab has it open: opened when it is first needed, again when it was
// lost, and replaced by memory where there is no storage at all. Its state is what the person is told.

import { createEmitter } from '../../base/emitter.ts';
import type { Disk, DiskContents, DiskRefusal, DiskSession, DiskSize } from './disk.ts';
import { diskRefusal } from './disk.ts';
import { storeLimits } from './limits.ts';
import { MemoryDisk } from './memory-disk.ts';
import type { HeldSession, StorageState } from './offline.ts';

const emptyContents: DiskContents = {
  ok: true,
  base: [],
  outbox: [],
  facts: new Map(),
  quarantined: 0,
};

export class SessionDisk {
  readonly id: string;
  readonly changed = createEmitter<StorageState>();
  readonly lost = createEmitter<void>();
  state: StorageState;
  #disk: Disk;
  #session: DiskSession | undefined;
  #opening: Promise<DiskSession | DiskRefusal> | undefined;
  #isTrimming = false;
  #isClosed = false;

  constructor(id: string, disk: Disk) {
    this.id = id;
    this.#disk = disk;
    this.state = disk.state;
  }

  /** Whether what is written here can outlive the page, if nothing fails. */
  get keeps(): boolean {
    return this.#disk.state.state === 'persistent';
  }

  async session(): Promise<DiskSession | DiskRefusal> {
    if (this.#session !== undefined) return this.#session;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** What is there; where nothing can be read it is as if it was empty, and the state says why. */
  async read(): Promise<DiskContents> {
    const session = await this.session();
    const contents = 'ok' in session ? session : await session.read();
    if (contents.ok) return contents;
    this.told(contents);
    return emptyContents;
  }

  /** Merges the base where that is worth it, and tells its new size. */
  async trim(size: DiskSize, trimmed: (size: DiskSize) => void): Promise<void> {
    if (this.#isTrimming || !isWorthTrimming(size)) return;
    this.#isTrimming = true;
    const session = await this.session();
    const outcome = 'ok' in session ? session : await session.trim();
    this.#isTrimming = false;
    if (outcome.ok) trimmed(outcome);
  }

  note(note: Partial<Omit<HeldSession, 'id'>>): void {
    void this.#disk.note(this.id, note);
  }

  /** How the last attempt to store went. */
  told(refusal: DiskRefusal | undefined): void {
    if (this.#isClosed) return;
    this.#setState(
      refusal === undefined ? this.#disk.state : { state: 'failed', why: refusal.why },
    );
  }

  /** Closes; `why` where all of it was deleted. */
  close(why?: string): void {
    if (this.#isClosed) return;
    if (why !== undefined) this.#setState({ state: 'memory', why });
    this.#isClosed = true;
    this.#session?.close();
    this.#session = undefined;
  }

  async #open(): Promise<DiskSession | DiskRefusal> {
    let opened = await this.#disk.openSession(this.id);
    if ('ok' in opened && opened.fault === 'unavailable') {
      this.#disk = new MemoryDisk({ why: opened.why });
      this.#setState(this.#disk.state);
      opened = await this.#disk.openSession(this.id);
    }
    if ('ok' in opened) return opened;
    const session = opened;
    if (this.#isClosed) {
      session.close();
      return diskRefusal('lost', 'The session was closed.');
    }
    this.#session = session;
    session.onLost(() => {
      if (this.#session !== session) return;
      this.#session = undefined;
      session.close();
      this.lost.emit();
    });
    return session;
  }

  #setState(state: StorageState): void {
    const { state: before } = this.state;
    this.state = state;
    if (before !== state.state) this.changed.emit(state);
  }
}

/** Merging costs what there is, so it waits until enough has come to it. */
function isWorthTrimming({ records, bytes, largestBytes }: DiskSize): boolean {
  const { trimRecords, trimRecordsMax, trimShare } = storeLimits;
  if (records < trimRecords) return false;
  return records >= trimRecordsMax || bytes - largestBytes >= largestBytes * trimShare;
}
