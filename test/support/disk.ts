// A disk for journals that does everything a disk does: takes less than it is given, is
// full, fails a write or a cut, tears what was being written when the power went, and
// forgets files whose names were not made durable. What it called durable, it keeps,
// unless it was told to lie.

import { below, type Chance } from '../../src/base/chance.ts';
import type { JournalFile, JournalFolder } from '../../server/log/journal-folder.ts';

const SECTOR = 512;

interface Content {
  bytes: Buffer;
  /** How much of it a power cut leaves, when the disk lies about the rest. */
  kept: number;
  /** Whether its name is durable. */
  named: boolean;
  writing: { readonly bytes: Uint8Array; readonly at: number } | undefined;
}

/** What the disk does to writers, until it is changed. */
export interface Mood {
  /** Bytes that it still takes, all files together. */
  space: number;
  /** How many of the next writes fail after some of their bytes. */
  failingWrites: number;
  failingCuts: number;
  shortWrites: boolean;
  /** Says durable and keeps nothing. */
  lies: boolean;
}

type Act = <T>(body: () => T) => Promise<T>;

export class Disk {
  readonly mood: Mood = {
    space: Infinity,
    failingWrites: 0,
    failingCuts: 0,
    shortWrites: false,
    lies: false,
  };
  /** The disk dies in the middle of the write after so many more. */
  dieInWrite = Infinity;
  onDeath: () => void = () => {};
  #chance: Chance;
  #files = new Map<string, Content>();
  /** Removed, but not yet for good. */
  #removed = new Map<string, Content>();
  #life = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get names(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** The bytes of a file, to look at and to spoil. */
  bytes(name: string): Buffer {
    return this.#files.get(name)?.bytes ?? Buffer.alloc(0);
  }

  /** The disk as one process sees it. After a crash, this process waits for ever. */
  mount(): JournalFolder {
    const life = this.#life;
    const act: Act = async (body) => {
      await hops(below(this.#chance, 6));
      // In one step with the act: nobody dies in between.
      return life === this.#life ? body() : new Promise<never>(() => {});
    };
    return {
      list: () => act(() => this.names),
      read: (name) => act(() => Buffer.from(this.bytes(name))),
      create: (name) => act(() => this.#create(name, act)),
      remove: (name) => act(() => this.#remove(name)),
      sync: () => act(() => this.#sync()),
    };
  }

  /** Everything stops. `power` also takes what was not durable, in any part. */
  crash(power: boolean): void {
    this.#life += 1;
    this.dieInWrite = Infinity;
    for (const content of this.#files.values()) this.#tear(content, power);
    if (!power) return;
    for (const [name, content] of this.#removed) {
      if (below(this.#chance, 2) === 0) this.#files.set(name, content);
    }
    this.#removed.clear();
    for (const [name, content] of this.#files) {
      if (!content.named && below(this.#chance, 2) === 0) this.#files.delete(name);
      else content.named = true;
      if (content.kept < content.bytes.length)
        content.bytes = content.bytes.subarray(0, content.kept);
    }
  }

  #create(name: string, act: Act): JournalFile {
    if (this.mood.space < 64) throw fault('ENOSPC');
    const content: Content = { bytes: Buffer.alloc(0), kept: 0, named: false, writing: undefined };
    this.#files.set(name, content);
    return {
      write: (bytes, at) => {
        content.writing = { bytes, at };
        if (--this.dieInWrite <= 0) this.onDeath();
        return act(() => this.#write(content, bytes, at));
      },
      cut: (length) => act(() => this.#cut(content, length)),
      close: () => act(() => {}),
    };
  }

  #remove(name: string): void {
    const content = this.#files.get(name);
    if (content === undefined) throw fault('ENOENT');
    this.#files.delete(name);
    this.#removed.set(name, content);
    this.mood.space += content.bytes.length;
  }

  #sync(): void {
    if (this.mood.lies) return;
    for (const content of this.#files.values()) content.named = true;
    this.#removed.clear();
  }

  #cut(content: Content, length: number): void {
    if (this.mood.failingCuts > 0) {
      this.mood.failingCuts -= 1;
      throw fault('EIO');
    }
    this.mood.space += Math.max(0, content.bytes.length - length);
    content.bytes = content.bytes.subarray(0, length);
  }

  #write(content: Content, bytes: Uint8Array, at: number): number {
    const { mood } = this;
    content.writing = undefined;
    const fails = mood.failingWrites > 0;
    const isShort = fails || mood.shortWrites;
    // A write may fail although all of it went through.
    const isWhole = !isShort || (fails && below(this.#chance, 3) === 0);
    const wanted = isWhole ? bytes.length : 1 + below(this.#chance, bytes.length);
    const taken = Math.min(wanted, mood.space);
    put(content, bytes.subarray(0, taken), at);
    mood.space -= taken;
    if (!mood.lies) content.kept = content.bytes.length;
    if (fails) {
      mood.failingWrites -= 1;
      throw fault('EIO');
    }
    if (taken === 0) throw fault('ENOSPC');
    return taken;
  }

  /** What was being written is there, not there, or there in part. */
  #tear(content: Content, power: boolean): void {
    const { writing } = content;
    content.writing = undefined;
    if (writing === undefined) return;
    const { bytes, at } = writing;
    const part = Buffer.from(bytes.subarray(0, below(this.#chance, bytes.length + 1)));
    const start = SECTOR - (at % SECTOR);
    if (power && below(this.#chance, 2) === 0) {
      for (let from = 0, to = start; from < part.length; from = to, to += SECTOR) {
        if (below(this.#chance, 3) === 0) part.fill(0, from, Math.min(to, part.length));
      }
    }
    put(content, part, at);
    content.kept = content.bytes.length;
  }
}

function put(content: Content, bytes: Uint8Array, at: number): void {
  const length = Math.max(content.bytes.length, at + bytes.length);
  const next = Buffer.alloc(length);
  next.set(content.bytes);
  next.set(bytes, at);
  content.bytes = next;
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Lets others go first, so many times. */
export async function hops(times: number): Promise<void> {
  for (let hop = 0; hop < times; hop++) await Promise.resolve();
}
