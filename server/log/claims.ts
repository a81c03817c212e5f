// Who works on which run. A claim has an epoch, which only rises within its run; each
// grant and each release is durable before it is told. Leases are not: a lease runs on
// a timer and not on the wall clock, so a clock that jumps ends none, and it stands
// still while the log is down: whoever held a claim when it stopped has a full term
// from its next start.
//
//     none -> living(1) -> over -> living(2) -> ...
//                |  ^ renew            ^
//                '--'   lapse, release '-- grant

import { defined } from '../../src/base/assert.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import type { Deleted, Hold, Missing, StaleEpoch, Unavailable } from './refusal.ts';

export interface Claim {
  readonly session: string;
  readonly run: string;
  readonly holder: string;
  readonly epoch: number;
  /** Whether it still is somebody's; when not, the epoch is kept so that the next is higher. */
  readonly living: boolean;
}

/** Somebody else's claim on the run is living. */
export interface Held {
  readonly ok: false;
  readonly code: 'held';
  readonly claim: Claim;
}

export type Granted =
  | { readonly ok: true; readonly claim: Claim }
  | Held
  | Missing
  | Deleted
  | Unavailable;
export type Marked = { readonly ok: true } | Missing | Deleted | Unavailable;
export type Renewed = { readonly ok: true } | StaleEpoch;
export type Released = { readonly ok: true } | StaleEpoch | Missing | Deleted | Unavailable;

export interface Claims {
  /** How long a claim lives without being renewed. */
  readonly leaseMs: number;
  /** A new claim, also for its present holder. Refused while another holder's lives. */
  grant(session: string, run: string, holder: string): Promise<Granted>;
  /** A full term from now. */
  renew(session: string, run: string, epoch: number): Renewed;
  release(session: string, run: string, epoch: number): Promise<Released>;
  /**
   * Notes durably that there is work in a session, or none any more, so that whoever starts
   * next knows where to look. Marking what is marked costs nothing.
   */
  mark(session: string, hasWork: boolean): Promise<Marked>;
  isMarked(session: string): boolean;
  /** Every session in which there is work. */
  marked(): readonly string[];
  /** The last claim of every run of the session that has one. */
  of(session: string): readonly Claim[];
  /** Tells of claims that lapsed, on the timer's turn: appends under them are refused from then on. */
  onLapse(listener: (claim: Claim) => void): Unsubscribe;
}

/** In the place of a run: not a claim of anybody, but that there is work. */
const WORK = '';

export const workMark = (session: string, hasWork: boolean): Claim => ({
  session,
  run: WORK,
  holder: WORK,
  epoch: 0,
  living: hasWork,
});

interface Lease {
  claim: Claim;
  stop: () => void;
}

/** The claims of a log in memory. It writes nothing: `grantable`, then durable, then `put`. */
export class ClaimTable {
  readonly leaseMs: number;
  #clock: Clock;
  #sessions = new Map<string, Map<string, Lease>>();
  #lapses = createEmitter<Claim>();
  #marked = new Set<string>();

  constructor(clock: Clock, leaseMs: number) {
    this.#clock = clock;
    this.leaseMs = leaseMs;
  }

  /** Whether appends under `holds` may go in: the first that may not, or undefined. */
  stale(session: string, holds: readonly Hold[]): StaleEpoch | undefined {
    for (const { run, epoch } of holds) {
      const claim = this.#lease(session, run)?.claim;
      if (claim?.living !== true || claim.epoch !== epoch) return this.#stale(session, run);
    }
    return undefined;
  }

  grantable(session: string, run: string, holder: string): Claim | Held {
    const claim = this.#lease(session, run)?.claim;
    if (claim?.living === true && claim.holder !== holder)
      return { ok: false, code: 'held', claim };
    return { session, run, holder, epoch: (claim?.epoch ?? 0) + 1, living: true };
  }

  renew(session: string, run: string, epoch: number): Renewed {
    const claim = this.living(session, run, epoch);
    if ('code' in claim) return claim;
    this.put(claim);
    return { ok: true };
  }

  /** The claim of this epoch, while it is living. */
  living(session: string, run: string, epoch: number): Claim | StaleEpoch {
    const stale = this.stale(session, [{ run, epoch }]);
    return stale ?? defined(this.#lease(session, run)?.claim, 'a living claim');
  }

  /** What is durable now. A living claim has a full term from this moment. */
  put(claim: Claim): void {
    const { session, run } = claim;
    if (run === WORK) {
      if (claim.living) this.#marked.add(session);
      else this.#marked.delete(session);
      return;
    }
    const leases = this.#sessions.get(session) ?? new Map<string, Lease>();
    leases.get(run)?.stop();
    const stop = claim.living
      ? this.#clock.after(this.leaseMs, () => this.#lapse(session, run))
      : () => {};
    this.#sessions.set(session, leases.set(run, { claim, stop }));
  }

  get marked(): ReadonlySet<string> {
    return this.#marked;
  }

  of(session: string): readonly Claim[] {
    return [...(this.#sessions.get(session)?.values() ?? [])].map(({ claim }) => claim);
  }

  forget(session: string): void {
    for (const { stop } of this.#sessions.get(session)?.values() ?? []) stop();
    this.#sessions.delete(session);
    this.#marked.delete(session);
  }

  onLapse(listener: (claim: Claim) => void): Unsubscribe {
    return this.#lapses.subscribe(listener);
  }

  close(): void {
    for (const session of this.#sessions.keys()) this.forget(session);
  }

  /**
   * Not written down: after a restart it would live for one more term, in which nobody else
   * can have it, and that is as safe.
   */
  #lapse(session: string, run: string): void {
    const lease = this.#lease(session, run);
    if (lease === undefined) return;
    lease.claim = { ...lease.claim, living: false };
    this.#lapses.emit(lease.claim);
  }

  #lease(session: string, run: string): Lease | undefined {
    return this.#sessions.get(session)?.get(run);
  }

  #stale(session: string, run: string): StaleEpoch {
    const epoch = this.#lease(session, run)?.claim.epoch ?? 0;
    return { ok: false, code: 'stale-epoch', run, epoch };
  }
}
