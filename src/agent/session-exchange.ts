// Where an agent finds work that is in one known session: it looks for runs that are addressed to it
// whenever the session changed, as the server does for those on its line. Claiming is what
// counts: where two look, one is granted the run.

import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { JoinedSession } from '../client/joined-session.ts';
import { isOffered, type Projection } from '../session/bookkeeping.ts';
import type { View } from '../session/view.ts';
import { limits } from './limits.ts';
import { claimOverWire } from './wire-claim.ts';
import type { Claimed, Exchange, Offer } from './worker.ts';

export class SessionExchange implements Exchange {
  #joined: JoinedSession;
  #name: string;
  #clock: Clock;
  #listener: (offer: Offer) => boolean = () => false;
  #hands = 0;
  #stops: Unsubscribe[];
  #stopTimer: () => void = () => undefined;

  constructor(joined: JoinedSession, name: string, clock: Clock) {
    this.#joined = joined;
    this.#name = name;
    this.#clock = clock;
    const { session } = joined;
    this.#stops = [
      session.subscribe(
        (view) => view,
        () => this.#look(),
        (a, b) => a.runs === b.runs && a.requests === b.requests,
      ),
      joined.changed.subscribe(() => this.#look()),
    ];
  }

  onOffer(listener: (offer: Offer) => boolean): Unsubscribe {
    this.#listener = listener;
    return () => {
      this.#listener = () => false;
    };
  }

  ready(hands: number): void {
    this.#hands = hands;
    this.#look();
  }

  close(): void {
    this.#stopTimer();
    for (const stop of this.#stops) stop();
    this.#joined.close();
  }

  async claim({ run }: Offer): Promise<Claimed | undefined> {
    const hold = await claimOverWire(this.#joined, run, this.#clock);
    if (hold !== undefined) return { session: this.#joined.session, hold, leave: () => undefined };
    // An earlier claim may not be over yet: looked at again after a while.
    this.#stopTimer();
    this.#stopTimer = this.#clock.after(limits.lookAgainMs, () => this.#look());
    this.#refused.set(run, this.#clock.now() + limits.lookAgainMs);
    return undefined;
  }

  /** Runs that were not to be had, and until when they are left alone. */
  #refused = new Map<string, number>();

  #look(): void {
    if (this.#hands === 0 || this.#joined.state.name !== 'live') return;
    const { session } = this.#joined;
    const { view } = session;
    const projection = projectionOf(view);
    for (const run of view.runs) {
      if (run.agent !== this.#name || !isOffered(projection, run)) continue;
      if ((this.#refused.get(run.id) ?? 0) > this.#clock.now()) continue;
      this.#refused.delete(run.id);
      this.#listener({ session: session.id, run: run.id });
    }
  }
}

const projectionOf = ({ meta, runs, requests }: View): Projection => ({
  policy: meta.policy,
  titledByPerson: meta.title !== '' && !meta.titleByAgent,
  runs,
  requests,
});
