// The claims of a room, over all the times that it is read from its log: each ledger has a
// `Claiming` of its own. What comes at a bad moment (a lapse, an answer of the log) waits
// here until nothing is half judged.

import type { ClaimRequest } from '../../src/protocol/claim.ts';
import type { Claim } from '../log/claims.ts';
import type { Offered } from './books.ts';
import { Claiming } from './claiming.ts';
import type { Ledger } from './ledger.ts';
import type { Peer } from './peer.ts';
import type { RoomParts } from './room-parts.ts';

export interface ClaimedRoom {
  readonly session: string;
  readonly parts: RoomParts;
  readonly isOver: () => boolean;
  /** Something is half judged, or the session is being read. */
  readonly isBusy: () => boolean;
  /** Acts whole: what throws is a fault of the room. */
  readonly whole: (act: () => void) => void;
  /** There may be something in the open batch. */
  readonly schedule: () => void;
}

export class RoomClaims {
  #room: ClaimedRoom;
  #claiming: Claiming | undefined;
  /** Who was here with the right `control`, when last seen. */
  #controllers = new Set<string>();
  #chores: (() => void)[] = [];
  /** What may be claimed once the batch under way is durable. */
  #flying: { readonly batch: number; readonly offers: readonly Offered[] } | undefined;

  constructor(room: ClaimedRoom) {
    this.#room = room;
  }

  /** Who waits for an answer. */
  get waiting(): Iterable<Peer> {
    return this.#claiming?.waiting ?? [];
  }

  /** The room was read, and is live. */
  begin(ledger: Ledger<Peer>): void {
    const { session, parts, schedule } = this.#room;
    const { log, clock, chance, limits } = parts;
    const claiming = new Claiming(session, ledger, {
      log,
      clock,
      chance,
      attemptsMax: limits.attemptsMax,
      mayControl: (principal) => this.#controllers.has(principal),
      later: (act) => this.later(act),
      changed: schedule,
    });
    this.#claiming = claiming;
    try {
      claiming.begin();
    } catch (error) {
      // To read it once more would bring the same: the session goes on without its books.
      parts.report.broken(session, error);
      this.end();
      return;
    }
    if (ledger.pending === undefined) this.#tell(claiming.newOffers());
    else schedule();
  }

  /** The ledger is dropped: what is under way comes to nothing. */
  end(): void {
    this.#claiming?.end();
    this.#claiming = undefined;
    this.#flying = undefined;
    for (const act of this.#chores.splice(0)) act();
  }

  /** The room is forgotten: whether there is work in the session has to be known without it. */
  forget(isDurable: boolean): void {
    const { session, parts } = this.#room;
    const { claims } = parts.log;
    const isIdle = isDurable && this.#claiming?.hasWork === false && claims.isMarked(session);
    this.end();
    // Where it cannot be noted, the next start looks once more.
    if (isIdle) claims.mark(session, false).catch(() => undefined);
  }

  joined(peer: Peer): void {
    if (peer.entitlement.rights.has('control')) this.#controllers.add(peer.principal);
    else this.#controllers.delete(peer.principal);
  }

  restamp(peer: Peer): void {
    this.joined(peer);
    this.later(() => this.#claiming?.restamp(peer));
  }

  take(peer: Peer, request: ClaimRequest): void {
    this.#claiming?.take(peer, request);
  }

  lapse(claim: Claim): void {
    this.later(() => this.#claiming?.lapse(claim));
  }

  /** At once, or when nothing is half judged any more. */
  later(act: () => void): void {
    const { isOver, isBusy } = this.#room;
    if (isOver()) act();
    else if (isBusy()) this.#chores.push(act);
    else this.#room.whole(act);
  }

  /** Does what had to wait. */
  catchUp(): void {
    if (this.#chores.length === 0 || this.#room.isBusy()) return;
    for (const act of this.#chores.splice(0)) this.#room.whole(act);
  }

  /** Takes what decisions are due before a batch is closed. */
  settle(): void {
    if (!this.#room.isBusy()) this.#claiming?.settle();
  }

  /**
   * A batch is on its way. Where there is work in it and nobody has noted that, it has to wait
   * until that is durable, so that no work is there that nobody would look for after a crash.
   */
  begun(batch: number, append: () => void): void {
    const { session, parts, whole } = this.#room;
    const claiming = this.#claiming;
    const offers = claiming?.newOffers();
    if (offers !== undefined) this.#flying = { batch, offers };
    const isKnown = offers === undefined || parts.log.claims.isMarked(session);
    if (isKnown || claiming?.hasWork !== true) return append();
    const go = (): void => {
      // Of a room that was read anew meanwhile nothing of it counts.
      if (this.#claiming === claiming) whole(append);
    };
    parts.log.claims.mark(session, true).then(go, go);
  }

  /** A batch is durable, and shown. */
  committed(batch: number): void {
    this.#claiming?.committed(batch);
    if (this.#flying?.batch !== batch) return;
    this.#tell(this.#flying.offers);
    this.#flying = undefined;
  }

  #tell(offers: readonly Offered[] | undefined): void {
    const { session, parts } = this.#room;
    if (offers !== undefined) parts.onOffers?.(session, offers);
  }
}
