// Whether a token is genuine, and what it says. Signatures are checked by jose, with
// algorithms that are fixed here and never taken from the token: a shared secret verifies
// HS256 alone, published keys (JWKS) verify asymmetric algorithms alone, so that a public
// key can never pass for a secret. What it says is read by src/protocol/token.ts, its
// time is judged there too, by our clock. A token is never logged, and not kept: what a
// genuine one says is remembered by its digest.

import { createSecretKey, type KeyObject } from 'node:crypto';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  SignJWT,
  type FetchImplementation,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { HoldfastError } from '../../src/base/error.ts';
import { limits } from '../../src/protocol/limits.ts';
import { readClaims, tokenFault, type Claims, type TokenFault } from '../../src/protocol/token.ts';
import type { TokenKeys } from '../options.ts';
import { KnownTokens } from './known-tokens.ts';
import { accessLimits } from './limits.ts';
import { isLoopbackHost } from './host.ts';

export interface TokenRefusal {
  readonly ok: false;
  /**
   * `keys-unavailable`: the keys could not be fetched, so nobody can say; it heals by itself,
   * and the peer should come back. After all others it should not, with this token.
   */
  readonly fault: TokenFault | 'invalid' | 'keys-unavailable';
}

export type Verified = { readonly ok: true; readonly claims: Claims } | TokenRefusal;

export interface TokenVerifier {
  verify(token: string): Promise<Verified>;
}

export interface VerifierOptions {
  readonly clock?: Clock;
}

/** The keys with which a server was to be set up are not safe to use. */
export class TokenKeysError extends HoldfastError<'secret-too-short' | 'jwks-url-unsafe'> {
  override readonly name = 'TokenKeysError';
}

const SECRET_ALGORITHM = 'HS256';

/** Ed25519 is what RFC 9864 calls the one curve that EdDSA is used with. */
const PUBLIC_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Throws a TokenKeysError for keys that would protect nothing. */
export function createTokenVerifier(keys: TokenKeys, options: VerifierOptions = {}): TokenVerifier {
  const { clock = systemClock } = options;
  if ('secret' in keys) {
    const key = secretKey(keys.secret);
    const known = new KnownTokens(clock, Number.POSITIVE_INFINITY);
    return verifier(() => key, [SECRET_ALGORITHM], clock, known, {});
  }
  const { jwksUrl, ...named } = keys;
  const known = new KnownTokens(clock, accessLimits.keysAgeMsMax);
  return verifier(remoteKeys(jwksUrl, clock), PUBLIC_ALGORITHMS, clock, known, named);
}

/** A token for one's own server. Claims that it would not read are ours to avoid. */
export async function signToken(secret: string | Uint8Array, claims: Claims): Promise<string> {
  const header = { alg: SECRET_ALGORITHM, typ: 'JWT' };
  return new SignJWT({ ...claims } as object as JWTPayload)
    .setProtectedHeader(header)
    .sign(secretKey(secret));
}

/** Whether a secret is long enough to be one. */
export function isSafeSecret(secret: string | Uint8Array): boolean {
  return Buffer.byteLength(secret) >= accessLimits.secretBytesMin;
}

/** Whoever can change the keys on their way is everybody: https, but for one's own machine. */
export function isSafeKeysUrl(url: string | URL): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

type FindKey = JWTVerifyGetKey | (() => KeyObject);

function verifier(
  key: FindKey,
  algorithms: string[],
  clock: Clock,
  known: KnownTokens,
  named: { readonly issuer?: string; readonly audience?: string },
): TokenVerifier {
  const fixed = {
    algorithms,
    clockTolerance: limits.clockSkewMsMax / 1_000,
    requiredClaims: ['sub', 'exp'],
    ...named,
  };
  return {
    async verify(token) {
      // A JWT is ASCII: one character, one byte.
      if (token.length > limits.tokenBytesMax) return refusal('invalid');
      const now = clock.now();
      const claims = known.find(token) ?? (await genuine(token, now));
      if ('fault' in claims) return claims;
      const fault = tokenFault(claims, now);
      return fault === undefined ? { ok: true, claims } : refusal(fault);
    },
  };

  async function genuine(token: string, now: number): Promise<Claims | TokenRefusal> {
    let payload: unknown;
    try {
      const verified = await jwtVerify(token, key, { ...fixed, currentDate: new Date(now) });
      payload = verified.payload;
    } catch (error) {
      return refusal(faultOf(error));
    }
    const claims = readClaims(payload);
    if (claims === undefined) return refusal('invalid');
    known.keep(token, claims);
    return claims;
  }
}

function refusal(fault: TokenRefusal['fault']): TokenRefusal {
  return { ok: false, fault };
}

/** Whatever goes wrong with a token is the token's fault, unless keys had to be fetched. */
function faultOf(error: unknown): TokenRefusal['fault'] {
  if (error instanceof errors.JWTExpired) return 'expired';
  const keysFailed =
    error instanceof KeysFault ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid ||
    // What jose throws for an answer that is no JSON.
    (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC');
  return keysFailed ? 'keys-unavailable' : 'invalid';
}

function secretKey(secret: string | Uint8Array): KeyObject {
  if (!isSafeSecret(secret)) {
    throw new TokenKeysError(
      'secret-too-short',
      `A secret that signs tokens has at least ${accessLimits.secretBytesMin} bytes. Make one with: openssl rand -base64 32`,
      { facts: { bytesMin: accessLimits.secretBytesMin } },
    );
  }
  return typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret);
}

class KeysFault extends Error {}

function remoteKeys(url: string | URL, clock: Clock): JWTVerifyGetKey {
  if (!isSafeKeysUrl(url)) {
    throw new TokenKeysError('jwks-url-unsafe', 'Keys are fetched from an https address only.');
  }
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: accessLimits.keysWaitMsMax,
    cooldownDuration: accessLimits.keysCooldownMs,
    cacheMaxAge: accessLimits.keysAgeMsMax,
    [customFetch]: patientFetch(clock),
  });
}

/** jose waits between fetches that succeed only: without this, each token would be a request to a server that is down. */
function patientFetch(clock: Clock): FetchImplementation {
  let failedAt = -Infinity;
  return async (url, init) => {
    // The clock may have jumped back.
    if (Math.abs(clock.now() - failedAt) < accessLimits.keysRetryMs) throw new KeysFault();
    try {
      const response = await fetch(url, init);
      if (response.status === 200) return response;
      await response.body?.cancel();
      throw new KeysFault(`the keys were answered with ${response.status}`);
    } catch (cause) {
      failedAt = clock.now();
      throw new KeysFault('the keys could not be fetched', { cause });
    }
  };
}
