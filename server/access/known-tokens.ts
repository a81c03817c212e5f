// Tokens whose signatures were found good, by their digests, so that those who come back all
// at once do not have them all checked again. Only what a token says is kept, never the
// token; whether it still counts is judged each time. Bounded: the oldest goes first.

import { createHash } from 'node:crypto';
import type { Clock } from '../../src/base/clock.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { accessLimits } from './limits.ts';

interface Known {
  readonly claims: Claims;
  readonly since: number;
}

export class KnownTokens {
  #known = new Map<string, Known>();
  #clock: Clock;
  #ageMsMax: number;

  /** `ageMsMax`: after so long the key is asked again, because it may have been withdrawn. */
  constructor(clock: Clock, ageMsMax: number) {
    this.#clock = clock;
    this.#ageMsMax = ageMsMax;
  }

  get size(): number {
    return this.#known.size;
  }

  find(token: string): Claims | undefined {
    const digest = digestOf(token);
    const known = this.#known.get(digest);
    // The clock may have jumped back.
    if (known === undefined || Math.abs(this.#clock.now() - known.since) < this.#ageMsMax)
      return known?.claims;
    this.#known.delete(digest);
    return undefined;
  }

  keep(token: string, claims: Claims): void {
    this.#known.set(digestOf(token), { claims, since: this.#clock.now() });
    if (this.#known.size <= accessLimits.knownTokensMax) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
