// Which tab writes a session. Where the browser has Web Locks, the one that holds the lock: the
// browser gives it on when that tab closes or crashes. Plain http on a LAN has no locks, so there the
// tabs agree on their channel: the writer beats, and who misses the beats stands up; of two that stand
// the one with the lower id stays. For a moment two may write, or none: the store is made for both.

import type { Chance } from '../../base/chance.ts';
import { below } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import type { TabTopic } from './tab-line.ts';

/** One tab's candidacy for one session. */
export interface Election {
  readonly isWriter: boolean;
  /** Gives the office up, and stands for it no more. */
  close(): void;
}

/** Stands for election; `changed` is called on each turn of fate, never before this returns. */
export type StandForElection = (
  name: string,
  topic: TabTopic,
  changed: (isWriter: boolean) => void,
) => Election;

/** What is used of `navigator.locks`. */
export interface LockPort {
  request(
    name: string,
    options: { readonly signal?: AbortSignal; readonly ifAvailable?: boolean },
    hold: (lock: unknown) => Promise<unknown>,
  ): Promise<unknown>;
}

export function electionByLock(locks: LockPort): StandForElection {
  return (name, _topic, changed) => {
    let isWriter = false;
    const stop = new AbortController();
    const held = new Promise<void>((resolve) => {
      stop.signal.addEventListener('abort', () => resolve());
    });
    const hold = async (): Promise<void> => {
      if (stop.signal.aborted) return;
      isWriter = true;
      changed(true);
      await held;
    };
    // An abort while it waits rejects, and so does a page that is not allowed to lock: without a
    // writer every tab writes for itself, late but safely.
    void Promise.resolve()
      .then(() => locks.request(name, { signal: stop.signal }, hold))
      .catch(() => {
        if (!isWriter || stop.signal.aborted) return;
        isWriter = false;
        changed(false);
      });
    return {
      get isWriter() {
        return isWriter;
      },
      close: () => {
        isWriter = false;
        stop.abort();
      },
    };
  };
}

const electionMs = {
  /** A writer shows that it lives. */
  beat: 1_000,
  /** Who hears nothing for so long stands up... */
  silence: 3_000,
  /** ...somewhat later, so that not all do at once. */
  jitter: 300,
  /** Who comes asks, and waits this long for an answer. */
  ask: 100,
} as const;

export function electionByBeat(clock: Clock, chance: Chance): StandForElection {
  return (_name, topic, changed) => new BeatElection(clock, chance, topic, changed);
}

class BeatElection implements Election {
  isWriter = false;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #topic: TabTopic;
  readonly #changed: (isWriter: boolean) => void;
  readonly #unhear: () => void;
  #stopTimer: () => void = () => {};
  #isClosed = false;

  constructor(clock: Clock, chance: Chance, topic: TabTopic, changed: (isWriter: boolean) => void) {
    this.#clock = clock;
    this.#chance = chance;
    this.#topic = topic;
    this.#changed = changed;
    this.#unhear = topic.hear((words, from) => {
      if (words.kind === 'who' && this.isWriter) topic.say({ kind: 'beat' });
      if (words.kind === 'bye' && !this.isWriter) this.#standIn(this.#jitter());
      if (words.kind === 'beat') this.#beaten(from);
    });
    topic.say({ kind: 'who' });
    this.#standIn(electionMs.ask + this.#jitter());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopTimer();
    this.#unhear();
    if (this.isWriter) this.#topic.say({ kind: 'bye' });
    this.isWriter = false;
  }

  #jitter(): number {
    return below(this.#chance, electionMs.jitter);
  }

  #beaten(by: string): void {
    if (this.isWriter && by > this.#topic.tab) {
      // It will hear this, and step down.
      this.#topic.say({ kind: 'beat' });
      return;
    }
    const wasWriter = this.isWriter;
    this.isWriter = false;
    this.#standIn(electionMs.silence + this.#jitter());
    if (wasWriter) this.#changed(false);
  }

  #standIn(ms: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#clock.after(ms, () => {
      this.#beat();
      if (this.isWriter) return;
      this.isWriter = true;
      this.#changed(true);
    });
  }

  #beat(): void {
    this.#topic.say({ kind: 'beat' });
    this.#stopTimer = this.#clock.after(electionMs.beat, () => this.#beat());
  }
}
