// Renews the token of an open connection before it ends, on the connection itself. When a token
// ends is said by the server's clock, of which ours may be far apart: how long tokens of this
// kind last, which the token says itself, bounds what is believed. Where the guess is wrong the
// server closes with 4401 and the connection comes back with a new token; nothing is lost.

import * as v from 'valibot';
import type { Clock } from '../../base/clock.ts';
import { parseJson } from '../../protocol/json-text.ts';
import { connectionLimits } from './limits.ts';

const timesSchema = v.object({ iat: v.number(), exp: v.number() });

/** How long a token lasts from its making, by the clock of who made it; undefined where it does not say. */
function lifetimeMs(token: string): number | undefined {
  const payload = token.split('.')[1] ?? '';
  try {
    const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const times = v.safeParse(timesSchema, parseJson(json));
    if (!times.success) return undefined;
    const ms = (times.output.exp - times.output.iat) * 1_000;
    return ms > 0 ? ms : undefined;
  } catch {
    // No base64: a token of another kind, which says nothing to us.
    return undefined;
  }
}

/** When to renew: after three quarters of what is left. The server just accepted the token, so it has not ended. */
export function renewalMs(token: string, expiresAt: number, now: number): number {
  const lifetime = lifetimeMs(token);
  const byClock = expiresAt - now;
  const left = byClock > 0 ? byClock : (lifetime ?? connectionLimits.renewUnknownMs);
  const { renewMsMin, renewMsMax } = connectionLimits;
  return Math.max(renewMsMin, Math.min(renewMsMax, (Math.min(left, lifetime ?? left) * 3) / 4));
}

interface RenewalParts {
  readonly clock: Clock;
  readonly token: () => Promise<string>;
  /** Says it to the server; returns the id of the request. */
  readonly send: (token: string) => number;
  /** It cannot be renewed on this connection. */
  readonly failed: () => void;
  readonly report: (error: unknown) => void;
}

/** Of one connection, from when it was let in to its end. */
export class Renewal {
  #parts: RenewalParts;
  #token: string;
  #expiresAt = 0;
  #next: string | undefined;
  #request: number | undefined;
  #stop: (() => void) | undefined;
  #isOver = false;

  constructor(parts: RenewalParts, token: string, expiresAt: number) {
    this.#parts = parts;
    this.#token = token;
    this.#schedule(expiresAt);
  }

  /** Whether this answers a request of ours. */
  isOwn(re: number | undefined): boolean {
    return re !== undefined && re === this.#request;
  }

  renewed(expiresAt: number): void {
    this.#request = undefined;
    this.#token = this.#next ?? this.#token;
    this.#schedule(expiresAt);
  }

  /** The server did not take the new token. */
  refused(retryable: boolean): void {
    this.#request = undefined;
    if (retryable) this.#schedule(this.#expiresAt);
    else this.#parts.failed();
  }

  end(): void {
    this.#isOver = true;
    this.#stop?.();
  }

  #schedule(expiresAt: number): void {
    this.#expiresAt = expiresAt;
    this.#after(renewalMs(this.#token, expiresAt, this.#parts.clock.now()), () => this.#renew());
  }

  #renew(): void {
    this.#fetch().catch((error: unknown) => {
      this.#parts.report(error);
      this.#schedule(this.#expiresAt);
    });
  }

  async #fetch(): Promise<void> {
    const token = await this.#parts.token();
    if (this.#isOver) return;
    // The app has no other one now. Perhaps it has later.
    if (token === this.#token) return this.#schedule(this.#expiresAt);
    this.#next = token;
    this.#request = this.#parts.send(token);
    this.#after(connectionLimits.renewAnswerMsMax, () => this.#parts.failed());
  }

  #after(ms: number, callback: () => void): void {
    this.#stop?.();
    if (!this.#isOver) this.#stop = this.#parts.clock.after(ms, callback);
  }
}
