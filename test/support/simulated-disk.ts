// What one page sees of the disk of its device: each transaction takes a while, its answer another,
// and a page that dies in between leaves it done or not, and never knows.

import type { Disk, DiskRefusal, DiskSession } from '../../src/client/store/disk.ts';
import type { MemoryDisk } from '../../src/client/store/memory-disk.ts';
import type { HeldSession, StorageUsage } from '../../src/client/store/offline.ts';
import type { Lane } from './simulated-lanes.ts';

export interface DiskPage {
  /** What is asked of the disk, in order. */
  readonly asked: Lane;
  /** What it answers. */
  readonly answered: Lane;
  readonly isDead: () => boolean;
  /** All that any page asked before is done: nothing is deleted under a transaction. */
  readonly beforeWipe: () => void;
}

export class SimulatedDisk implements Disk {
  readonly state: Disk['state'];
  readonly records: Disk['records'];
  readonly blobs: Disk['blobs'];
  #disk: MemoryDisk;
  #page: DiskPage;

  constructor(disk: MemoryDisk, page: DiskPage) {
    this.#disk = disk;
    this.#page = page;
    this.state = disk.state;
    const { records } = disk;
    this.records = {
      get: (key) => this.#ask(() => records.get(key)),
      set: (key, value) => this.#ask(() => records.set(key, value)),
      delete: (key) => this.#ask(() => records.delete(key)),
      entries: (prefix) => this.#ask(() => records.entries(prefix)),
    };
    this.blobs = disk.blobs;
  }

  async openSession(session: string): Promise<DiskSession | DiskRefusal> {
    const opened = await this.#ask(() => this.#disk.openSession(session));
    if ('ok' in opened) return opened;
    return {
      read: () => this.#ask(() => opened.read()),
      commit: (...batch) => this.#ask(() => opened.commit(...batch)),
      trim: () => this.#ask(() => opened.trim()),
      onLost: (listener) => opened.onLost(() => this.#answer(listener)),
      close: () => {
        if (!this.#page.isDead()) this.#page.asked.put(() => opened.close());
      },
    };
  }

  sessions(): Promise<readonly HeldSession[]> {
    return this.#ask(() => this.#disk.sessions());
  }

  note(session: string, note: Partial<Omit<HeldSession, 'id'>>): Promise<void> {
    return this.#ask(() => this.#disk.note(session, note));
  }

  remove(session: string, onlyIfSent: boolean): Promise<boolean> {
    return this.#ask(() => this.#disk.remove(session, onlyIfSent));
  }

  usage(): Promise<StorageUsage> {
    return this.#ask(() => this.#disk.usage());
  }

  async persist(): Promise<boolean> {
    return false;
  }

  wipe(): Promise<void> {
    return this.#ask(() => {
      this.#page.beforeWipe();
      return this.#disk.wipe();
    });
  }

  close(): void {
    // Other pages may have it open.
  }

  #answer(tell: () => void): void {
    this.#page.answered.put(() => {
      if (!this.#page.isDead()) tell();
    });
  }

  #ask<T>(act: () => Promise<T>): Promise<T> {
    return new Promise((resolve) => {
      if (this.#page.isDead()) return;
      this.#page.asked.put(() => {
        void act().then((answer) => this.#answer(() => resolve(answer)));
      });
    });
  }
}
