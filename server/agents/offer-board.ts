// Which run is offered to whom. An offer is made to one agent at a time: the one of its name
// that may see the session and has least to do for what it takes. What is not answered,
// declined, or accepted and not claimed in time is offered to the next.
//
//     open --offered--> offered --accept--> accepted --claimed--> (not on the board)
//      ^                   '--decline, late, gone--'--late, gone--.
//      '----------------------------------------------------------'

import type { Clock } from '../../src/base/clock.ts';
import type { Offered } from '../room/books.ts';
import { agentLimits } from './limits.ts';

/** A connection of an agent. */
export interface Seat {
  readonly name: string;
  /** Runs that it takes at once. */
  readonly concurrency: number;
  readonly sees: (session: string) => boolean;
  offer(offer: OpenRun): void;
  /** The offer does not stand any more. */
  gone(offer: OpenRun): void;
}

export interface OpenRun {
  readonly session: string;
  readonly run: string;
  readonly state: Offered['state'];
}

interface Entry extends OpenRun {
  readonly agent: string;
  state: Offered['state'];
  seat: Seat | undefined;
  isAccepted: boolean;
  stop: (() => void) | undefined;
  /** Who did not take it. */
  readonly passed: Set<Seat>;
}

interface Place {
  /** Runs that it was offered and has not finished with, as keys. */
  readonly runs: Set<string>;
  /** When it was last offered something, as a count. */
  turn: number;
}

const keyOf = ({ session, run }: Pick<OpenRun, 'session' | 'run'>): string => `${session} ${run}`;

export class OfferBoard {
  #clock: Clock;
  #sessions = new Map<string, Map<string, Entry>>();
  /** What nobody is asked about, by the name of the agent. */
  #open = new Map<string, Set<Entry>>();
  #seats = new Map<Seat, Place>();
  #turns = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many runs wait to be claimed. */
  get size(): number {
    let size = 0;
    for (const entries of this.#sessions.values()) size += entries.size;
    return size;
  }

  /** All that may be claimed in a session now. */
  setOffers(session: string, offers: readonly Offered[]): void {
    const before = this.#sessions.get(session) ?? new Map<string, Entry>();
    const entries = new Map<string, Entry>();
    const fresh: Entry[] = [];
    for (const { run, agent, state } of offers) {
      const known = before.get(run);
      const entry: Entry = known ?? {
        session,
        run,
        agent,
        state,
        seat: undefined,
        isAccepted: false,
        stop: undefined,
        passed: new Set(),
      };
      entry.state = state;
      entries.set(run, entry);
      if (known === undefined) fresh.push(entry);
    }
    if (entries.size > 0) this.#sessions.set(session, entries);
    else this.#sessions.delete(session);
    for (const [run, entry] of before) if (!entries.has(run)) this.#remove(entry);
    for (const entry of fresh) this.#reopen(entry);
  }

  join(seat: Seat): void {
    this.#seats.set(seat, { runs: new Set(), turn: 0 });
    this.assign(seat.name);
  }

  leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    for (const entry of this.#entries()) {
      entry.passed.delete(seat);
      if (entry.seat === seat) this.#reopen(entry);
    }
  }

  accept(seat: Seat, session: string, run: string): void {
    const entry = this.#entryOf(seat, session, run);
    if (entry === undefined) return;
    entry.isAccepted = true;
    this.#watch(entry, agentLimits.claimMs, () => this.#pass(entry, seat));
  }

  decline(seat: Seat, session: string, run: string): void {
    const entry = this.#entryOf(seat, session, run);
    if (entry !== undefined) this.#pass(entry, seat, false);
  }

  /** The seat has nothing to do with the run any more. */
  finished(seat: Seat, session: string, run: string): void {
    const entry = this.#entryOf(seat, session, run);
    if (entry !== undefined) this.#pass(entry, seat, false);
    this.#free(seat, { session, run });
    this.assign(seat.name);
  }

  /** Somebody has room now, or sees more: what is open under a name is offered. */
  assign(name: string): void {
    for (const entry of this.#open.get(name) ?? []) this.#assign(entry);
  }

  /** How many wait for the runs of a session, by name. */
  serving(session: string): readonly { readonly name: string; readonly connected: number }[] {
    const counts = new Map<string, number>();
    for (const seat of this.#seats.keys()) {
      if (seat.sees(session)) counts.set(seat.name, (counts.get(seat.name) ?? 0) + 1);
    }
    const names = [...counts].map(([name, connected]) => ({ name, connected }));
    return names.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  close(): void {
    for (const entry of this.#entries()) entry.stop?.();
    this.#sessions.clear();
    this.#open.clear();
  }

  #assign(entry: Entry): void {
    const seat = this.#best(entry);
    if (seat === undefined) return this.#waitForAll(entry);
    this.#open.get(entry.agent)?.delete(entry);
    entry.seat = seat;
    const place = this.#seats.get(seat);
    place?.runs.add(keyOf(entry));
    if (place !== undefined) place.turn = ++this.#turns;
    this.#watch(entry, agentLimits.answerMs, () => this.#pass(entry, seat));
    seat.offer(entry);
  }

  #best(entry: Entry): Seat | undefined {
    let best: { seat: Seat; load: number; turn: number } | undefined;
    for (const [seat, { runs, turn }] of this.#seats) {
      const isFree = runs.size < seat.concurrency && !runs.has(keyOf(entry));
      if (seat.name !== entry.agent || !isFree || entry.passed.has(seat)) continue;
      if (!seat.sees(entry.session)) continue;
      const load = runs.size / seat.concurrency;
      const isBetter =
        best === undefined || load < best.load || (load === best.load && turn < best.turn);
      if (isBetter) best = { seat, load, turn };
    }
    return best?.seat;
  }

  /** Those who did not take it are asked again after a while. */
  #waitForAll(entry: Entry): void {
    if (entry.passed.size === 0 || entry.stop !== undefined) return;
    this.#watch(entry, agentLimits.againMs, () => {
      entry.passed.clear();
      this.#assign(entry);
    });
  }

  /** It goes to somebody else. */
  #pass(entry: Entry, seat: Seat, isTold = true): void {
    entry.passed.add(seat);
    this.#free(seat, entry);
    if (isTold) seat.gone(entry);
    this.#reopen(entry);
  }

  #reopen(entry: Entry): void {
    entry.stop?.();
    entry.stop = undefined;
    entry.seat = undefined;
    entry.isAccepted = false;
    const open = this.#open.get(entry.agent) ?? new Set<Entry>();
    this.#open.set(entry.agent, open.add(entry));
    this.#assign(entry);
  }

  /** It is not to be claimed any more. Who accepted it has it, or will find out. */
  #remove(entry: Entry): void {
    entry.stop?.();
    const open = this.#open.get(entry.agent);
    open?.delete(entry);
    if (open?.size === 0) this.#open.delete(entry.agent);
    const { seat, isAccepted } = entry;
    if (seat === undefined || isAccepted) return;
    this.#free(seat, entry);
    seat.gone(entry);
    this.assign(seat.name);
  }

  #free(seat: Seat, of: Pick<OpenRun, 'session' | 'run'>): void {
    this.#seats.get(seat)?.runs.delete(keyOf(of));
  }

  #watch(entry: Entry, ms: number, late: () => void): void {
    entry.stop?.();
    entry.stop = this.#clock.after(ms, () => {
      entry.stop = undefined;
      late();
    });
  }

  #entryOf(seat: Seat, session: string, run: string): Entry | undefined {
    const entry = this.#sessions.get(session)?.get(run);
    return entry?.seat === seat ? entry : undefined;
  }

  *#entries(): IterableIterator<Entry> {
    for (const entries of this.#sessions.values()) yield* entries.values();
  }
}
