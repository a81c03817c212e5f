// Fetches the most recent sessions, so that they can be read without a network though they
// were never opened here: a few at once, the latest first, each again when something happened
// in it and only what changed, within a number of sessions and of bytes. While there is no
// connection, or the person saves data, it pauses.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { retryDelayMs } from './backoff.ts';
import type { LibraryEntry } from './entry.ts';
import type { Http, HttpAnswer } from './http.ts';
import { libraryLimits as limits } from './limits.ts';

export interface DownloadProgress {
  /** Sessions that are here as the list has them. */
  readonly done: number;
  /** Sessions that are to be here. */
  readonly total: number;
  readonly state: 'off' | 'idle' | 'running' | 'paused';
}

/** What is here of a session. */
export interface Kept {
  readonly tag: string;
  /** The list's `lastActivity` when it was asked for. */
  readonly activity: number;
  readonly bytes: number;
}

export interface DownloadOptions {
  readonly http: Pick<Http, 'ask'>;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Sessions to be read offline; none turns it off. */
  readonly sessions: number;
  readonly bytes: number;
  /** The latest first. */
  readonly entries: () => readonly LibraryEntry[];
  readonly isLive: () => boolean;
  readonly savesData: () => boolean;
  /** Takes the state of a session, as one update, into what the device has of it. */
  readonly keep: (session: string, update: Uint8Array, generation: string) => Promise<void>;
  readonly kept: (session: string, kept: Kept) => void;
}

export class BackgroundDownload {
  #options: DownloadOptions;
  #kept = new Map<string, Kept>();
  /** What cannot be fetched, as it is now. */
  #skipped = new Map<string, number>();
  #fetching = new Set<string>();
  #changes = createEmitter<DownloadProgress>();
  #progress: DownloadProgress = { done: 0, total: 0, state: 'off' };
  #attempts = 0;
  #isHeld = false;
  #isClosed = false;
  #stop: (() => void) | undefined;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  get progress(): DownloadProgress {
    return this.#progress;
  }

  subscribe(listener: (progress: DownloadProgress) => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  /** What was kept on an earlier day. */
  restore(session: string, kept: Kept): void {
    this.#kept.set(session, kept);
  }

  forget(session: string): void {
    this.#kept.delete(session);
    this.#skipped.delete(session);
  }

  /** The list changed: what rests for a moment is looked at then. */
  soon(): void {
    if (this.#isClosed || this.#options.sessions === 0) return;
    this.#stop ??= this.#options.clock.after(limits.restMs, () => this.next());
  }

  /** There is a connection, or a reason to look again. */
  next(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#isHeld = false;
    this.#work();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop?.();
  }

  #work(): void {
    const { isLive, savesData } = this.#options;
    const wanted = this.#wanted();
    const open = wanted.filter((entry) => !this.#isHere(entry));
    const mayFetch = isLive() && !savesData() && !this.#isHeld && !this.#isClosed;
    for (const entry of mayFetch ? open : []) {
      if (this.#fetching.size >= limits.downloadsMax) break;
      if (this.#fetching.has(entry.id) || this.#waits(entry)) continue;
      void this.#fetch(entry);
    }
    const idle = open.length === 0 ? 'idle' : mayFetch ? 'idle' : 'paused';
    const state = this.#fetching.size > 0 ? 'running' : idle;
    this.#tell(wanted.length - open.length, wanted.length, state);
  }

  #wanted(): readonly LibraryEntry[] {
    const { entries, sessions } = this.#options;
    const wanted: LibraryEntry[] = [];
    for (const entry of entries()) {
      if (wanted.length >= sessions) break;
      const isSkipped = this.#skipped.get(entry.id) === entry.lastActivity;
      if (entry.onServer && !entry.archived && !isSkipped) wanted.push(entry);
    }
    return wanted;
  }

  #isHere({ id, lastActivity }: LibraryEntry): boolean {
    return this.#kept.get(id)?.activity === lastActivity;
  }

  /** What an agent is at work in is fetched once it rests, unless nothing of it is here. */
  #waits({ id, running }: LibraryEntry): boolean {
    return running && this.#kept.has(id);
  }

  async #fetch({ id, lastActivity }: LibraryEntry): Promise<void> {
    this.#fetching.add(id);
    const tag = this.#kept.get(id)?.tag;
    const headers = tag === undefined ? {} : { 'if-none-match': tag };
    const answer = await this.#options.http.ask('GET', `/api/sessions/${id}/state`, headers);
    const isDone = !this.#isClosed && (await this.#take(id, lastActivity, answer));
    this.#fetching.delete(id);
    if (this.#isClosed) return;
    if (!isDone) this.#hold();
    this.#work();
  }

  /** Whether that was the last word about it, for now. */
  async #take(id: string, activity: number, answer: HttpAnswer | undefined): Promise<boolean> {
    const before = this.#kept.get(id);
    const status = answer?.status ?? 0;
    if (status === 304 && before !== undefined) {
      this.#note(id, { ...before, activity });
      return true;
    }
    const tag = answer?.headers.get('etag') ?? null;
    const generation = answer?.headers.get('holdfast-generation') ?? null;
    if (status === 200 && answer !== undefined && tag !== null && generation !== null) {
      const bytes = answer.body.length;
      if (this.#bytesBut(id) + bytes > this.#options.bytes) return this.#skip(id, activity);
      try {
        await this.#options.keep(id, answer.body, generation);
      } catch {
        // The store says what it cannot do; there is no sense in asking for more at once.
        return false;
      }
      if (!this.#isClosed) this.#note(id, { tag, activity, bytes });
      return true;
    }
    const mayPass = status === 0 || status === 401 || status === 429 || status >= 500;
    return mayPass ? false : this.#skip(id, activity);
  }

  #note(id: string, kept: Kept): void {
    this.#attempts = 0;
    this.#kept.set(id, kept);
    this.#options.kept(id, kept);
  }

  #skip(id: string, activity: number): true {
    this.#skipped.set(id, activity);
    return true;
  }

  /** What the others take that are to be here. */
  #bytesBut(id: string): number {
    let bytes = 0;
    for (const entry of this.#wanted()) {
      if (entry.id !== id) bytes += this.#kept.get(entry.id)?.bytes ?? 0;
    }
    return bytes;
  }

  #hold(): void {
    const { clock, chance } = this.#options;
    this.#isHeld = true;
    this.#stop?.();
    const delay = retryDelayMs(chance, this.#attempts++, limits.busyMsMin);
    this.#stop = clock.after(delay, () => this.next());
  }

  #tell(done: number, total: number, state: DownloadProgress['state']): void {
    const before = this.#progress;
    const now = this.#options.sessions === 0 ? 'off' : state;
    if (before.done === done && before.total === total && before.state === now) return;
    this.#progress = Object.freeze({ done, total, state: now });
    this.#changes.emit(this.#progress);
  }
}
