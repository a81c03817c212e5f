// Every bound of who may come in, in one table, with its unit last in the name. Those of
// the caps are what one server holds by default; who runs it may give others.

import { assert } from '../../src/base/assert.ts';

export const accessLimits = {
  /** A secret that signs tokens. RFC 7518 3.2 asks as much of HS256. */
  secretBytesMin: 32,
  /** Keys of a JWKS: how long to wait for them, and how long they hold. */
  keysWaitMsMax: 5_000,
  keysAgeMsMax: 10 * 60 * 1_000,
  /** A token of an unknown key has the keys fetched again, but no more often than this. */
  keysCooldownMs: 30_000,
  /** After a failed fetch the next token that needs one is refused at once for so long. */
  keysRetryMs: 2_000,

  /** Tokens of which what they say is remembered. */
  knownTokensMax: 10_000,

  membersMax: 1_000,
  linksMax: 100,
  linkSecretBytes: 16,
} as const;

/** How many connections one address, or one principal, may have and make. */
export interface CapLimits {
  readonly openMax: number;
  /** So many may be made at once, after a pause. */
  readonly burstMax: number;
  /** And so many in each second after that. */
  readonly perSecond: number;
  /** Addresses or principals that are remembered: a bound on memory. */
  readonly entriesMax: number;
  /** How often those that say nothing any more are forgotten. */
  readonly sweepMs: number;
}

/** An office behind one address, reconnecting at once after a restart, fits in. */
export const addressCap: CapLimits = {
  openMax: 2_000,
  burstMax: 1_000,
  perSecond: 50,
  entriesMax: 100_000,
  sweepMs: 60_000,
};

/** An agent holds one connection to each session that it works in, a person one for each tab. */
export const principalCap: CapLimits = {
  openMax: 1_000,
  burstMax: 1_000,
  perSecond: 20,
  entriesMax: 100_000,
  sweepMs: 60_000,
};

assert(accessLimits.linkSecretBytes * 8 === 128, 'a link cannot be guessed');
assert(accessLimits.keysRetryMs < accessLimits.keysCooldownMs, 'a failure is tried again sooner');
assert(principalCap.openMax <= addressCap.openMax, 'one person fits behind one address');
