// One agent process at work: it takes offers as far as it has hands, carries out each run it was
// granted, and ends in good order. Where offers come from and what a claim is made of is the
// exchange's business: a server's, or a memory's.
//
//     working --drain--> draining --all runs ended--> done

import type { Chance } from '../base/chance.ts';
import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { Session } from '../session/session.ts';
import { Bucket, type Pace } from './bucket.ts';
import { conduct, type Conduct, type Ending } from './conduct.ts';
import type { Hold } from './hold.ts';

export interface Offer {
  readonly session: string;
  readonly run: string;
}

/** A run that was granted, in a session that was joined. */
export interface Claimed {
  readonly session: Session;
  readonly hold: Hold;
  /** The run is over here; the session may be left. */
  leave(): void;
}

/** Where an agent finds work. */
export interface Exchange {
  /**
   * Hears of runs that could be claimed; of one that nobody took, again. The one who listens says
   * whether it takes the run, and then claims it.
   */
  onOffer(listener: (offer: Offer) => boolean): Unsubscribe;
  /** How many runs this process carries out at a time, 0 when it stops. Said again whenever one has ended. */
  ready(hands: number): void;
  /** No more offers, for good. */
  close(): void;
  /** Undefined where it is somebody else's. Never rejects. */
  claim(offer: Offer): Promise<Claimed | undefined>;
}

export interface WorkerOptions extends Conduct {
  /** How many runs at a time; 1 where absent. */
  readonly concurrency?: number;
  /** How much it may write, all runs together. */
  readonly pace?: Partial<Pace>;
  /** Hears how each run ended. */
  readonly onEnd?: (run: string, ending: Ending) => void;
}

export class Worker {
  #exchange: Exchange;
  #options: WorkerOptions;
  #clock: Clock;
  #chance: Chance;
  #bucket: Bucket;
  #busy = new Map<string, Promise<void>>();
  #drain = new AbortController();
  #stopHearing: Unsubscribe;

  constructor(exchange: Exchange, options: WorkerOptions, clock: Clock, chance: Chance) {
    this.#exchange = exchange;
    this.#options = options;
    this.#clock = clock;
    this.#chance = chance;
    this.#bucket = new Bucket(clock, options.pace);
    this.#stopHearing = exchange.onOffer((offer) => this.#consider(offer));
    exchange.ready(this.#hands);
  }

  /** How many runs it carries out now. */
  get busy(): number {
    return this.#busy.size;
  }

  /** Takes no more runs, lets those that go on end within their time, and resolves when all have. */
  async drain(): Promise<void> {
    this.#stopHearing();
    this.#exchange.ready(0);
    this.#drain.abort();
    await Promise.all(this.#busy.values());
    this.#exchange.close();
  }

  get #hands(): number {
    return this.#drain.signal.aborted ? 0 : (this.#options.concurrency ?? 1);
  }

  #consider(offer: Offer): boolean {
    if (this.#busy.size >= this.#hands || this.#busy.has(offer.run)) return false;
    // Counted before it begins: what a claim changes may bring the next offer at once.
    const done = Promise.resolve()
      .then(() => this.#take(offer))
      .finally(() => {
        this.#busy.delete(offer.run);
        this.#exchange.ready(this.#hands);
      });
    this.#busy.set(offer.run, done);
    return true;
  }

  async #take(offer: Offer): Promise<void> {
    const claimed = await this.#exchange.claim(offer);
    if (claimed === undefined) return;
    const { session, hold } = claimed;
    const parts = {
      session,
      hold,
      clock: this.#clock,
      chance: this.#chance,
      bucket: this.#bucket,
    };
    try {
      const ending = await conduct(parts, this.#options, this.#drain.signal);
      this.#options.onEnd?.(offer.run, ending);
    } finally {
      claimed.leave();
    }
  }
}
