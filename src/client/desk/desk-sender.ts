// Brings the writes of a desk to the server: one after another, each key once a second at
// most, and only after the server has told what it has, so that what is there already is not
// written again. A write that is refused for good stays here, and why is said.
//
//     stopped --start--> idle --due--> asked --answered--> idle
//        ^----- stop -----'--------------'

import type { Clock } from '../../base/clock.ts';
import type { LibraryError } from '../../protocol/library.ts';
import { libraryLimits as limits } from '../library/limits.ts';
import type { PendingWrite, RowBook } from './row-book.ts';

export interface DeskProblem {
  readonly code: string;
  /** For a person. */
  readonly sentence: string;
}

export interface SenderOptions {
  readonly book: RowBook;
  readonly clock: Clock;
  /** The request's id, or undefined where there is nobody to hear it. */
  readonly send: (write: {
    readonly key: string;
    readonly json?: string | undefined;
    readonly known: number;
  }) => number | undefined;
}

interface Turn {
  /** When it may go, by the clock. */
  readonly due: number;
  readonly isMine: boolean;
}

export class DeskSender {
  #options: SenderOptions;
  #turns = new Map<string, Turn>();
  #sentAt = new Map<string, number>();
  #asked: { readonly request: number; readonly write: PendingWrite } | undefined;
  #isRunning = false;
  #stopTimer: (() => void) | undefined;
  #problems = new Map<string, DeskProblem>();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get problem(): DeskProblem | null {
    return this.#problems.values().next().value ?? null;
  }

  /** What was written in this tab and waits. */
  *mine(): Iterable<PendingWrite> {
    for (const write of this.#options.book.pending) {
      if (this.#turns.get(write.key)?.isMine === true) yield write;
    }
  }

  /** `rescue`: another tab sends it, unless it is gone. */
  add(key: string, when: 0 | 'rescue'): void {
    const now = this.#options.clock.now();
    const isMine = when === 0;
    this.#turns.set(key, { due: isMine ? this.#rested(key, now) : now + limits.rescueMs, isMine });
    this.#problems.delete(key);
    this.next();
  }

  flush(key?: string): void {
    for (const [each, turn] of this.#turns) {
      if (turn.isMine && (key ?? each) === each) this.#turns.set(each, { ...turn, due: 0 });
    }
    this.next();
  }

  /** The server has told what it has. What was refused before may be taken now. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#problems.clear();
    this.next();
  }

  stop(): void {
    this.#isRunning = false;
    this.#asked = undefined;
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** The write that this answers; undefined where it is no answer to one. */
  answered(request: number): PendingWrite | undefined {
    if (this.#asked?.request !== request) return undefined;
    const { write } = this.#asked;
    this.#asked = undefined;
    return write;
  }

  refused({ re, code, message, retryable }: LibraryError): void {
    const write = re === undefined ? undefined : this.answered(re);
    if (write === undefined) return;
    if (retryable) {
      const due = this.#options.clock.now() + limits.rowAgainMs;
      this.#turns.set(write.key, { due, isMine: true });
    } else if (this.#options.book.waiting(write.key)?.id === write.id) {
      this.#problems.set(write.key, { code, sentence: message });
    }
    this.next();
  }

  /** It may be there already. */
  covered(key: string): void {
    if (this.#options.book.waiting(key) !== undefined) return;
    this.#turns.delete(key);
    this.#problems.delete(key);
  }

  /** Sends what is due, or waits for it. */
  next(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (!this.#isRunning || this.#asked !== undefined) return;
    const { book, clock, send } = this.#options;
    const [key, turn] = this.#earliest() ?? [];
    if (key === undefined || turn === undefined) return;
    const now = clock.now();
    if (turn.due > now) {
      this.#stopTimer = clock.after(turn.due - now, () => this.next());
      return;
    }
    const write = book.waiting(key);
    if (write === undefined) {
      this.#turns.delete(key);
      return this.next();
    }
    const { json, known } = write;
    const request = send({ key, json, known });
    if (request === undefined) return;
    this.#asked = { request, write };
    this.#sentAt.set(key, now);
  }

  /** When a second has passed since it was sent; no later, should the clock have gone back. */
  #rested(key: string, now: number): number {
    const rested = (this.#sentAt.get(key) ?? -Infinity) + limits.rowEveryMs;
    return Math.min(Math.max(now, rested), now + limits.rowEveryMs);
  }

  #earliest(): readonly [string, Turn] | undefined {
    let first: readonly [string, Turn] | undefined;
    for (const [key, turn] of this.#turns) {
      if (this.#problems.has(key)) continue;
      if (first === undefined || turn.due < first[1].due) first = [key, turn];
    }
    return first;
  }
}
