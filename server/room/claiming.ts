// Who holds which run of a session. A claim is first granted by the log, then written into
// the document with its lanes, and told when that is durable; when it ends it is the other
// way round. So whatever is lost on the way, nobody writes under a claim that the log does
// not know, and at worst a run waits for one term.
//
//     claim --log grants--> written, lanes held --committed--> claimed
//     complete, release --> written, lanes free --committed--> released in the log
//     lapsed in the log --> stalled written, lanes lost, the holder told
//
// What is asked comes in order with the updates of its connection, and is decided at once.

import type { Clock } from '../../src/base/clock.ts';
import type { Chance } from '../../src/base/chance.ts';
import type { CommandError } from '../../src/protocol/command.ts';
import type { ClaimRequest, ClaimRun, HolderRequest, LeaseLost } from '../../src/protocol/claim.ts';
import {
  abandonRun,
  claimRun,
  loseClaim,
  obeyHolder,
  type Outcome,
  type RefusalCode,
} from '../../src/session/bookkeeping.ts';
import { isHeld } from '../../src/session/run.ts';
import type { Claim, Granted } from '../log/claims.ts';
import type { Log } from '../log/log.ts';
import { Books, type Offered } from './books.ts';
import { holderCommand } from './holder-command.ts';
import type { Ledger } from './ledger.ts';
import type { Peer } from './peer.ts';

export interface ClaimingParts {
  readonly log: Pick<Log, 'claims'>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly attemptsMax: number;
  readonly mayControl: (principal: string) => boolean;
  /** Runs what came later than it was asked for, when nothing is half judged. */
  readonly later: (act: () => void) => void;
  /** Something was put into the open batch. */
  readonly changed: () => void;
}

interface Held {
  readonly epoch: number;
  peer: Peer;
}

type Answer = Parameters<Peer['command']>[0] extends (id: number) => infer Command
  ? Command extends { readonly id: number }
    ? Omit<Command, 'id'>
    : never
  : never;

type Code = RefusalCode | 'held' | 'right' | 'unavailable';

export class Claiming {
  readonly session: string;
  #ledger: Ledger<Peer>;
  #books: Books<Peer>;
  #parts: ClaimingParts;
  #held = new Map<string, Held>();
  /** Runs of which a claim is on its way through the log. */
  #underWay = new Set<string>();
  /** Who waits for an answer, and with what for its batch to be durable. */
  #asking = new Set<Peer>();
  #due: { readonly batch: number; readonly act: () => void }[] = [];
  #isOver = false;
  #offers: readonly Offered[] | undefined;

  constructor(session: string, ledger: Ledger<Peer>, parts: ClaimingParts) {
    this.session = session;
    this.#ledger = ledger;
    this.#parts = parts;
    this.#books = new Books(ledger, parts);
  }

  /** Who asked something and has no answer. */
  get waiting(): ReadonlySet<Peer> {
    return this.#asking;
  }

  get hasWork(): boolean {
    return this.#books.hasWork();
  }

  /** What was read from the log: claims that the log does not know any more are lost. */
  begin(): void {
    const living = new Map(
      this.#parts.log.claims
        .of(this.session)
        .filter((claim) => claim.living)
        .map(({ run, epoch }) => [run, epoch]),
    );
    for (const { id, claim, status } of this.#books.projection.runs) {
      if (claim === null || !isHeld(status.state)) continue;
      if (living.get(id) === claim.epoch)
        this.#ledger.lanes.revive({ run: id, epoch: claim.epoch });
      else this.#lose(id, claim.epoch, 'expired');
    }
    this.settle();
  }

  /** Nothing is asked of it any more; what is under way comes to nothing. */
  end(): void {
    this.#isOver = true;
  }

  /** Takes all decisions that are due, before a batch is closed. */
  settle(): void {
    if (this.#books.settle()) this.#offers = undefined;
  }

  /** The offers that are new since the last call; undefined where they are the same. */
  newOffers(): readonly Offered[] | undefined {
    if (this.#offers !== undefined) return undefined;
    this.#offers = this.#books.offers();
    return this.#offers;
  }

  take(peer: Peer, request: ClaimRequest): void {
    this.#asking.add(peer);
    this.settle();
    if (request.type === 'claim') this.#claim(peer, request);
    else this.#obey(peer, request);
  }

  /** A batch is durable. */
  committed(batch: number): void {
    while (this.#due[0] !== undefined && this.#due[0].batch <= batch) this.#due.shift()?.act();
  }

  /** The log has let a claim lapse. */
  lapse({ run, epoch }: Claim): void {
    this.settle();
    this.#lose(run, epoch, 'expired');
    this.settle();
    this.#parts.changed();
  }

  /** The rights of a peer are others: whoever may not hold runs any more loses them. */
  restamp(peer: Peer): void {
    if (mayHold(peer)) return;
    for (const [run, held] of this.#held) {
      if (held.peer !== peer) continue;
      this.#lose(run, held.epoch, 'revoked');
      this.#release(run, held.epoch);
    }
    this.settle();
    this.#parts.changed();
  }

  #claim(peer: Peer, request: ClaimRun): void {
    const { run } = request;
    const { projection, decider } = this.#books;
    const { rights } = peer.entitlement;
    const takes = request.take === true && rights.has('control');
    if (!rights.has('agent') && !takes) return this.#refuse(peer, request.id, 'right');
    if (this.#underWay.has(run)) return this.#refuse(peer, request.id, 'held');
    const holder = projection.runs.get(run);
    const taken =
      takes && holder !== undefined && isHeld(holder.status.state) ? holder.claim : null;
    if (taken !== null) this.#lose(run, taken.epoch, 'taken-over', false);
    const wanted = claimRun(projection, decider, run, peer.principal);
    if (!wanted.ok) {
      if (taken !== null) this.#release(run, taken.epoch);
      return this.#refuse(peer, request.id, wanted.code);
    }
    this.#underWay.add(run);
    this.#grant(peer, run, taken?.epoch)
      .catch((): Granted => ({
        ok: false,
        code: 'unavailable',
        reason: 'locked',
        stored: 'unknown',
      }))
      .then((granted) => this.#parts.later(() => this.#granted(peer, request, granted)))
      .catch(() => undefined);
  }

  async #grant(peer: Peer, run: string, taken: number | undefined): Promise<Granted> {
    const { claims } = this.#parts.log;
    if (taken !== undefined) await claims.release(this.session, run, taken);
    return claims.grant(this.session, run, peer.principal);
  }

  #granted(peer: Peer, request: ClaimRun, granted: Granted): void {
    const { run, id: re } = request;
    this.#underWay.delete(run);
    if (this.#isOver || peer.isGone) {
      if (granted.ok) this.#release(run, granted.claim.epoch);
      return;
    }
    if (!granted.ok) {
      return this.#refuse(peer, re, granted.code === 'held' ? 'held' : 'unavailable');
    }
    const { epoch } = granted.claim;
    this.settle();
    const { projection, decider } = this.#books;
    const outcome = this.#books.carryOut(claimRun(projection, decider, run, peer.principal, epoch));
    if (!outcome.ok) {
      this.#release(run, epoch);
      return this.#refuse(peer, re, outcome.code);
    }
    const { lanes: count = 1 } = request;
    const { chance, clock, log } = this.#parts;
    const lanes = this.#ledger.lanes.grant(chance, peer.principal, { run, epoch }, count);
    this.#held.set(run, { epoch, peer });
    const { leaseMs } = log.claims;
    const expiresAt = clock.now() + leaseMs;
    this.#answer(peer, { re, type: 'claimed', run, epoch, lanes, leaseMs, expiresAt });
  }

  #obey(peer: Peer, request: HolderRequest): void {
    const { run, epoch, id: re } = request;
    if (!mayHold(peer)) return this.#refuse(peer, re, 'right');
    if (request.type === 'renew') return this.#renew(peer, run, epoch, re);
    const { projection, decider } = this.#books;
    const outcome =
      request.type === 'release'
        ? this.#releaseAsked(peer.principal, run, epoch)
        : obeyHolder(projection, decider, peer.principal, holderCommand(request));
    if (!this.#books.carryOut(outcome).ok) return this.#refuse(peer, re, codeOf(outcome));
    this.#follow(run, epoch, peer);
    this.settle();
    const state = projection.runs.get(run)?.status.state;
    if (state === undefined || !isHeld(state)) this.#endWell(run, epoch);
    this.#answer(peer, { re, type: 'done' });
  }

  #releaseAsked(principal: string, run: string, epoch: number): Outcome {
    const { projection, decider } = this.#books;
    const holder = projection.runs.get(run)?.claim?.holder;
    if (holder !== undefined && holder !== principal) return { ok: false, code: 'not-holder' };
    return loseClaim(projection, decider, run, epoch);
  }

  #renew(peer: Peer, run: string, epoch: number, re: number): void {
    const known = this.#books.projection.runs.get(run);
    if (known === undefined) return this.#refuse(peer, re, 'no-such-run');
    const isOurs = known.claim?.epoch === epoch && isHeld(known.status.state);
    if (!isOurs) return this.#refuse(peer, re, 'stale-epoch');
    if (known.claim?.holder !== peer.principal) return this.#refuse(peer, re, 'not-holder');
    const { log, clock } = this.#parts;
    if (!log.claims.renew(this.session, run, epoch).ok) {
      return this.#refuse(peer, re, 'stale-epoch');
    }
    this.#follow(run, epoch, peer);
    this.#answer(peer, { re, type: 'done', expiresAt: clock.now() + log.claims.leaseMs });
  }

  /** The holder may have come back by another connection. */
  #follow(run: string, epoch: number, peer: Peer): void {
    const held = this.#held.get(run);
    if (held?.epoch === epoch) held.peer = peer;
    else this.#held.set(run, { epoch, peer });
  }

  #endWell(run: string, epoch: number): void {
    this.#ledger.lanes.free(run);
    this.#held.delete(run);
    this.#whenDurable(() => this.#release(run, epoch));
  }

  /** `mayEnd`: what was tried too often is given up. */
  #lose(run: string, epoch: number, why: LeaseLost['why'], mayEnd = true): void {
    const { projection, decider } = this.#books;
    if (!this.#books.carryOut(loseClaim(projection, decider, run, epoch)).ok) return;
    this.#ledger.lanes.lose(run);
    const held = this.#held.get(run);
    this.#held.delete(run);
    if (mayEnd && why === 'expired' && epoch >= this.#parts.attemptsMax) {
      const message = `The agent was lost ${epoch} times.`;
      this.#books.carryOut(abandonRun(projection, decider, run, { code: 'crashed', message }));
    }
    if (held !== undefined) this.#answer(held.peer, { type: 'lease-lost', run, epoch, why });
  }

  #release(run: string, epoch: number): void {
    // Where that fails it lapses by itself.
    this.#parts.log.claims.release(this.session, run, epoch).catch(() => undefined);
  }

  #refuse(peer: Peer, re: number, code: Code): void {
    const retryable = code === 'held' || code === 'unavailable';
    const message = sentences[code];
    const error: Omit<CommandError, 'id'> = { re, type: 'error', code, message, retryable };
    this.#answer(peer, error);
  }

  /** Behind all that it was decided from. */
  #answer(peer: Peer, answer: Answer): void {
    this.#whenDurable(() => {
      this.#asking.delete(peer);
      if (!peer.isGone) peer.line.send([peer.command((id) => ({ ...answer, id }))]);
    });
  }

  #whenDurable(act: () => void): void {
    const { pending } = this.#ledger;
    if (pending === undefined) return act();
    this.#due.push({ batch: pending, act });
    this.#parts.changed();
  }
}

const mayHold = ({ entitlement: { rights } }: Peer): boolean =>
  rights.has('agent') || rights.has('control');

const codeOf = (outcome: Outcome): Code => (outcome.ok ? 'malformed' : outcome.code);

const sentences: Readonly<Record<Code, string>> = {
  'no-such-run': 'There is no such run here.',
  'not-offered': 'The run is not to be claimed now.',
  'stale-epoch': 'That claim is over.',
  'not-holder': 'Somebody else holds this run.',
  'wrong-state': 'The run cannot take this step from where it stands.',
  'no-such-request': 'There is no such request on this run that its holder answers.',
  'already-answered': 'The request has its answer already.',
  'titled-by-person': 'A person has named this session.',
  malformed: 'This could not be read by anybody.',
  held: 'An earlier claim on this run is not over yet. Ask again later.',
  right: 'Your token does not allow this.',
  unavailable: 'This cannot be stored now. Ask again later.',
};
