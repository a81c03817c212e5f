// How much judging a principal may cause: every update that is not just words behind words
// is paid for in bytes, from a credit that fills up again with time (token bucket). It is
// large enough for whoever comes back with all that was written offline, and ends before
// one principal can keep the server from the others. In all rooms together.

import type { Clock } from '../../src/base/clock.ts';
import type { RoomLimits } from './limits.ts';

type CreditLimits = Pick<RoomLimits, 'creditBytesMax' | 'creditBytesPerSecond'>;

interface Account {
  left: number;
  at: number;
}

/** What an update costs beside its bytes. */
const UPDATE_BYTES = 200;

/** So many are remembered before those that are full are forgotten. */
const ACCOUNTS_MAX = 10_000;

export class Credit {
  #clock: Clock;
  #limits: CreditLimits;
  #accounts = new Map<string, Account>();

  constructor(clock: Clock, limits: CreditLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many principals are remembered. */
  get size(): number {
    return this.#accounts.size;
  }

  /** Pays for an update. False: there is not enough left, and nothing was paid. */
  pay(principal: string, bytes: number): boolean {
    const account = this.#fill(this.#accounts.get(principal) ?? this.#open(principal));
    const price = bytes + UPDATE_BYTES;
    if (account.left < price) return false;
    account.left -= price;
    return true;
  }

  #open(principal: string): Account {
    if (this.#accounts.size >= ACCOUNTS_MAX) this.#forgetFull();
    const account = { left: this.#limits.creditBytesMax, at: this.#clock.now() };
    this.#accounts.set(principal, account);
    return account;
  }

  /** A clock that jumped back fills nothing, and takes nothing away. */
  #fill(account: Account): Account {
    const now = this.#clock.now();
    const { creditBytesMax, creditBytesPerSecond } = this.#limits;
    const filled = (Math.max(0, now - account.at) / 1_000) * creditBytesPerSecond;
    account.left = Math.min(creditBytesMax, account.left + filled);
    account.at = now;
    return account;
  }

  #forgetFull(): void {
    for (const [principal, account] of this.#accounts) {
      if (this.#fill(account).left >= this.#limits.creditBytesMax) this.#accounts.delete(principal);
    }
  }
}
