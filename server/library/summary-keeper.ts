// Keeps the list fresh off the hot path. Rooms say that something changed, as often as it
// does; what the session looks like then is asked for and written once a second at most,
// for all sessions in one step, and told to those who look at the list.
//
//     idle --changed--> soon (a moment, for what comes together) --> flush
//       ^                                                              |
//       '------------------ nothing changed -------- resting (1 s) <---'

import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import type { Clock } from '../../src/base/clock.ts';
import { httpLimits } from '../http/limits.ts';
import type { Summaries, Summary } from '../log/summaries.ts';
import type { SessionSummary } from '../room/summary.ts';
import { toStored } from './entry.ts';

export interface KeeperOptions {
  readonly summaries: Pick<Summaries, 'put'>;
  readonly clock: Clock;
}

export type KeeperEvent =
  | { readonly kind: 'changed'; readonly summaries: readonly Summary[] }
  | { readonly kind: 'gone'; readonly session: string };

interface Change {
  readonly activity: number;
  readonly read: () => SessionSummary;
}

export class SummaryKeeper {
  #summaries: Pick<Summaries, 'put'>;
  #clock: Clock;
  #changes = new Map<string, Change>();
  /** Told, and not yet taken by the log: tried again. */
  #unwritten = new Map<string, Summary>();
  #events = createEmitter<KeeperEvent>();
  #stop: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor({ summaries, clock }: KeeperOptions) {
    this.#summaries = summaries;
    this.#clock = clock;
  }

  /** `read` is called later, once, or not at all when the session changes again before. */
  changed(session: string, read: () => SessionSummary): void {
    this.#changes.set(session, { activity: this.#clock.now(), read });
    this.#stop ??= this.#clock.after(httpLimits.summarySoonMs, () => this.#flush());
  }

  /** The session was deleted. */
  gone(session: string): void {
    this.#changes.delete(session);
    this.#unwritten.delete(session);
    this.#events.emit({ kind: 'gone', session });
  }

  onEvent(listener: (event: KeeperEvent) => void): Unsubscribe {
    return this.#events.subscribe(listener);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    this.#stop?.();
    if (this.#changes.size > 0 || this.#unwritten.size > 0) this.#flush();
    this.#stop?.();
    await this.#writing;
  }

  #flush(): void {
    const told: Summary[] = [];
    for (const [session, { activity, read }] of this.#changes) {
      told.push(toStored(session, read(), activity));
    }
    this.#changes.clear();
    for (const summary of told) this.#unwritten.set(summary.session, summary);
    this.#writing = this.#write([...this.#unwritten.values()]);
    // After it was asked for: who hears of it and then reads the log finds it there.
    if (told.length > 0) this.#events.emit({ kind: 'changed', summaries: told });
    this.#stop = this.#clock.after(httpLimits.summaryEveryMs, () => this.#rested());
  }

  #rested(): void {
    this.#stop = undefined;
    if (this.#changes.size > 0 || this.#unwritten.size > 0) this.#flush();
  }

  async #write(summaries: readonly Summary[]): Promise<void> {
    const answer = await this.#summaries.put(summaries);
    if (!answer.ok) return;
    for (const summary of summaries) {
      // A newer one may have come meanwhile.
      const { session } = summary;
      if (this.#unwritten.get(session) === summary) this.#unwritten.delete(session);
    }
  }
}
