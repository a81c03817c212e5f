// Where an agent finds work on a server: offers come on its line, and each that it takes is claimed in
// the session that it is in. The server is told what became of each, because its places are
// counted there.

import type { Clock } from '../base/clock.ts';
import type { Unsubscribe } from '../base/emitter.ts';
import type { AgentLine } from './agent-line.ts';
import type { JoinedSessions } from './joined-sessions.ts';
import { claimOverWire } from './wire-claim.ts';
import type { Claimed, Exchange, Offer } from './worker.ts';

export class WireExchange implements Exchange {
  #line: AgentLine;
  #sessions: JoinedSessions;
  #clock: Clock;
  #listener: (offer: Offer) => boolean = () => false;
  #isOpen = false;

  constructor(line: AgentLine, sessions: JoinedSessions, clock: Clock) {
    this.#line = line;
    this.#sessions = sessions;
    this.#clock = clock;
    line.news.subscribe((news) => {
      if (news.type === 'offer') this.#offer({ session: news.session, run: news.run });
    });
  }

  onOffer(listener: (offer: Offer) => boolean): Unsubscribe {
    this.#listener = listener;
    return () => {
      this.#listener = () => false;
    };
  }

  ready(hands: number): void {
    if (!this.#isOpen) this.#line.open(hands);
    else this.#line.capacity(hands);
    this.#isOpen = true;
  }

  close(): void {
    this.#line.close();
    this.#sessions.close();
  }

  async claim(offer: Offer): Promise<Claimed | undefined> {
    const { session, run } = offer;
    const finish = (): void => this.#line.say({ type: 'finished', ...offer });
    try {
      const joined = await this.#sessions.enter(session);
      const hold = await claimOverWire(joined, run, this.#clock);
      const leave = (): void => {
        this.#sessions.leave(session);
        finish();
      };
      if (hold !== undefined) return { session: joined.session, hold, leave };
      leave();
    } catch {
      // It cannot be joined: somebody else may.
      finish();
    }
    return undefined;
  }

  #offer(offer: Offer): void {
    this.#line.say({ type: this.#listener(offer) ? 'accept' : 'decline', ...offer });
  }
}
