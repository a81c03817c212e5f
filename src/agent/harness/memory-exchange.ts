// Where a process finds work in a session in memory: it looks for runs that its agent is asked for
// whenever the session changed, and the bookkeeper grants them. A claim expires when its process
// has died, as a server's does.

import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { Bookkeeper } from '../../session/bookkeeper.ts';
import { isOffered } from '../../session/bookkeeping.ts';
import { isFinal, isHeld } from '../../session/run.ts';
import type { Session } from '../../session/session.ts';
import type { Claimed, Exchange, Offer } from '../worker.ts';
import { MemoryHold } from './memory-hold.ts';

export interface MemoryExchangeParts {
  readonly session: Session;
  readonly books: Bookkeeper;
  readonly clock: Clock;
  readonly latencyMs: number;
  readonly lanes: number;
}

export class MemoryExchange implements Exchange {
  #name: string;
  #parts: MemoryExchangeParts;
  #offers = createEmitter<Offer>();
  #holds = new Set<MemoryHold>();
  #hands = 0;
  #isDead = false;
  #stopHearing: Unsubscribe;

  constructor(name: string, parts: MemoryExchangeParts) {
    this.#name = name;
    this.#parts = parts;
    this.#stopHearing = parts.session.subscribe(
      (view) => view.runs,
      () => this.#look(),
    );
  }

  onOffer(listener: (offer: Offer) => boolean): Unsubscribe {
    return this.#offers.subscribe(listener);
  }

  ready(hands: number): void {
    this.#hands = hands;
    this.#look();
  }

  close(): void {
    this.#stopHearing();
  }

  async claim({ run }: Offer): Promise<Claimed | undefined> {
    const { session, books, clock, latencyMs, lanes } = this.#parts;
    if (this.#isDead || !books.claim(run, session.principal).ok) return undefined;
    const epoch = session.view.runs.get(run)?.claim?.epoch ?? 0;
    const hold: MemoryHold = new MemoryHold(run, epoch, {
      books,
      clock,
      latencyMs,
      holder: session.principal,
      lanes: Array.from({ length: lanes }, () => session.freshLane()),
      onRelease: () => {
        this.#holds.delete(hold);
        if (isHeldNow(session, hold)) books.lose(run, epoch);
      },
    });
    this.#holds.add(hold);
    return { session, hold, leave: () => undefined };
  }

  /** The process dies: nothing of it arrives any more. Its claims stay until they expire. */
  die(): readonly MemoryHold[] {
    this.#isDead = true;
    this.#stopHearing();
    for (const hold of this.#holds) hold.die();
    return [...this.#holds];
  }

  /** Its claims are lost, though it lives: as when a network was away for too long. */
  expire(): void {
    for (const hold of this.#holds) {
      hold.lose('lost');
      if (isHeldNow(this.#parts.session, hold)) this.#parts.books.lose(hold.run, hold.epoch);
    }
    this.#holds.clear();
  }

  #look(): void {
    if (this.#hands <= 0 || this.#isDead) return;
    const { books, session } = this.#parts;
    for (const run of session.view.runs) {
      if (run.agent !== this.#name || isFinal(run.status.state)) continue;
      if (isOffered(books.projection, run)) this.#offers.emit({ session: session.id, run: run.id });
    }
  }
}

/** Whether the claim is the one that counts. */
function isHeldNow(session: Session, { run: id, epoch }: MemoryHold): boolean {
  const run = session.view.runs.get(id);
  return run?.claim?.epoch === epoch && isHeld(run.status.state);
}
