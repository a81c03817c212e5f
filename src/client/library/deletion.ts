// Sessions that somebody deleted here. For a while each can be taken back; only then the
// server is asked, and that waits for a connection, and outlives a reload. What was deleted is
// remembered, so that no late word brings it back.
//
//     undoable --time--> waiting --connection--> deleting --> (deleted)
//        |                  ^------ try later ------'  '----> failed: the session is there again
//        '--undo--> (there again)

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { retryDelayMs } from './backoff.ts';
import type { Http } from './http.ts';
import { libraryLimits as limits } from './limits.ts';

export interface Deletion {
  readonly session: string;
  readonly title: string;
  readonly state: 'undoable' | 'waiting' | 'deleting' | 'failed';
  /** By the device's clock. */
  readonly undoUntil: number;
  /** Why it failed, for a person. */
  readonly problem: { readonly code: string; readonly sentence: string } | null;
}

export interface DeletionsOptions {
  readonly http: Pick<Http, 'ask'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly undoMs: number;
  readonly isLive: () => boolean;
  /** Something here is otherwise now. */
  readonly changed: (session: string) => void;
  /** The server has it no more. */
  readonly deleted: (session: string) => void;
}

export class Deletions {
  #options: DeletionsOptions;
  #all = new Map<string, Deletion>();
  #list: readonly Deletion[] = [];
  #deleted = new Set<string>();
  /** Those of which the server may be asked. */
  #ripe = new Set<string>();
  #timers = new Map<string, () => void>();
  #attempts = 0;
  #stopRetry: (() => void) | undefined;
  #isClosed = false;

  constructor(options: DeletionsOptions) {
    this.#options = options;
  }

  /** The same object while nothing changes. */
  get list(): readonly Deletion[] {
    return this.#list;
  }

  get deleted(): ReadonlySet<string> {
    return this.#deleted;
  }

  get(session: string): Deletion | undefined {
    return this.#all.get(session);
  }

  /** Whether the session is to be shown nowhere. */
  hides(session: string): boolean {
    const deletion = this.#all.get(session);
    return this.#deleted.has(session) || (deletion !== undefined && deletion.state !== 'failed');
  }

  begin(session: string, title: string): Deletion | undefined {
    if (this.hides(session) || this.#all.size >= limits.deletionsMax) return undefined;
    return this.adopt(session, title, this.#options.clock.now() + this.#options.undoMs);
  }

  /** Of an earlier day or another tab. `graceMs`: what that one has before this one asks the server too. */
  adopt(session: string, title: string, undoUntil: number, graceMs = 0): Deletion | undefined {
    if (this.hides(session)) return undefined;
    const { clock, undoMs } = this.#options;
    const left = Math.min(undoUntil - clock.now(), undoMs);
    const deletion = { session, title, state: 'undoable', undoUntil, problem: null } as const;
    this.#put(deletion);
    this.#timers.set(
      session,
      clock.after(Math.max(0, left), () => this.#due(session, graceMs)),
    );
    return deletion;
  }

  /** Whether it was in time. */
  undo(session: string): boolean {
    if (this.#all.get(session)?.state !== 'undoable') return false;
    this.#drop(session);
    return true;
  }

  /** It was taken back in another tab, which knew whether it was in time. */
  takeBack(session: string): void {
    const state = this.#all.get(session)?.state;
    if (state === 'undoable' || state === 'waiting') this.#drop(session);
  }

  /** A failure was read. */
  dismiss(session: string): void {
    if (this.#all.get(session)?.state === 'failed') this.#drop(session);
  }

  fail(session: string, code: string): void {
    const before = this.#all.get(session);
    if (before === undefined) return;
    this.#put({ ...before, state: 'failed', problem: { code, sentence: FAILED } });
  }

  /** It is gone, whoever did it. */
  done(session: string): void {
    this.remember(session);
    this.#drop(session);
  }

  remember(session: string): void {
    this.#deleted.delete(session);
    this.#deleted.add(session);
    for (const oldest of this.#deleted) {
      if (this.#deleted.size <= limits.deletedMax) break;
      this.#deleted.delete(oldest);
    }
  }

  /** There is a connection, or it is time to try again. */
  next(): void {
    this.#stopRetry?.();
    this.#stopRetry = undefined;
    const waits = [...this.#all.values()].find(
      ({ session, state }) => state === 'waiting' && this.#ripe.has(session),
    );
    const isBusy = [...this.#all.values()].some(({ state }) => state === 'deleting');
    if (waits === undefined || isBusy || this.#isClosed || !this.#options.isLive()) return;
    void this.#delete(waits);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopRetry?.();
    for (const stop of this.#timers.values()) stop();
  }

  /** A moment more, for a word of another tab that took it back in time. */
  #due(session: string, graceMs: number): void {
    const deletion = this.#all.get(session);
    if (deletion === undefined) return;
    const ripen = (): void => {
      this.#ripe.add(session);
      this.next();
    };
    const wait = Math.max(graceMs, limits.undoGraceMs);
    this.#timers.set(session, this.#options.clock.after(wait, ripen));
    this.#put({ ...deletion, state: 'waiting' });
  }

  async #delete(deletion: Deletion): Promise<void> {
    const { session } = deletion;
    this.#put({ ...deletion, state: 'deleting' });
    const answer = await this.#options.http.ask('DELETE', `/api/sessions/${session}`);
    if (this.#isClosed || this.#all.get(session)?.state !== 'deleting') return;
    const status = answer?.status ?? 0;
    if (status === 204 || status === 404) {
      this.#attempts = 0;
      this.done(session);
      this.#options.deleted(session);
    } else if (status === 403) {
      this.fail(session, 'forbidden');
    } else {
      this.#put({ ...deletion, state: 'waiting' });
      const { clock, chance } = this.#options;
      const delay = retryDelayMs(chance, this.#attempts++, limits.retryBaseMs);
      this.#stopRetry = clock.after(delay, () => this.next());
      return;
    }
    this.next();
  }

  #put(deletion: Deletion): void {
    this.#all.set(deletion.session, Object.freeze(deletion));
    this.#changed(deletion.session);
  }

  #drop(session: string): void {
    this.#timers.get(session)?.();
    this.#timers.delete(session);
    this.#ripe.delete(session);
    this.#all.delete(session);
    this.#changed(session);
  }

  #changed(session: string): void {
    this.#list = Object.freeze([...this.#all.values()]);
    this.#options.changed(session);
  }
}

const FAILED = 'Only who owns a session can delete it. It is still there.';
