// Real tokens, made by jose as a stranger would make them.

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTokenVerifier,
  isSafeKeysUrl,
  isSafeSecret,
  signToken,
  TokenKeysError,
} from '../../../../server/access/tokens.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { startProvider, type Provider } from '../../../support/jwks.ts';

const secret = 'a secret of more than thirty-two bytes';
/** Far from any day on which this runs: the clock that counts is the one that was given. */
const NOW_S = 4_000_000_000;
const clock = manualClock(NOW_S * 1_000);
const claims = {
  sub: 'ada@example.org',
  name: 'Ada',
  kind: 'person',
  rights: ['read', 'write'],
  sessions: ['member'],
  exp: NOW_S + 300,
} as const satisfies Claims;
const SKEW_S = limits.clockSkewMsMax / 1_000;
const key: KeyObject = createSecretKey(secret, 'utf8');

const sign = (more: object = {}, header: object = {}, by: KeyObject = key): Promise<string> =>
  new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'HS256', ...header }).sign(by);
const refused = (fault: string): object => ({ ok: false, fault });
const verifier = createTokenVerifier({ secret }, { clock });

describe('[W110] a token signed with the secret', () => {
  test('[W110] gives its claims, whoever signed it', async () => {
    expect(await verifier.verify(await sign())).toEqual({ ok: true, claims });
    expect(await verifier.verify(await signToken(secret, claims))).toEqual({ ok: true, claims });
    const bytes = createTokenVerifier({ secret: Buffer.from(secret) }, { clock });
    expect(await bytes.verify(await sign({ iat: NOW_S, more: 'of theirs' }))).toEqual({
      ok: true,
      claims: { ...claims, iat: NOW_S },
    });
  });

  test.each([
    ['ends now', 0, 'ok'],
    ['ended within the skew of two clocks', -SKEW_S + 1, 'ok'],
    ['ended before it', -SKEW_S, 'expired'],
    ['lasts an hour', 3_600, 'ok'],
    ['lasts longer', 3_600 + SKEW_S + 1, 'lasts-too-long'],
  ])('[W110] %s (%i s): %s', async (_, leftS, outcome) => {
    const verdict = await verifier.verify(await sign({ exp: NOW_S + leftS }));
    expect(verdict.ok ? 'ok' : verdict.fault).toBe(outcome);
  });

  test('[W110] may last as long as it likes for an agent', async () => {
    const long = await sign({ kind: 'agent', exp: NOW_S + 365 * 86_400 });
    expect((await verifier.verify(long)).ok).toBe(true);
  });

  test('[W110] by the clock of the server, which moves on', async () => {
    const time = manualClock(NOW_S * 1_000);
    const token = await sign();
    const judge = createTokenVerifier({ secret }, { clock: time });
    expect((await judge.verify(token)).ok).toBe(true);
    time.advance((300 + SKEW_S) * 1_000);
    expect(await judge.verify(token)).toEqual(refused('expired'));
  });

  test('[W110] is genuine by nothing but its signature', async () => {
    expect((await verifier.verify(raw({ alg: 'HS256' }, claims))).ok).toBe(true);
  });

  test('[W110] that is not valid yet is refused', async () => {
    expect(await verifier.verify(await sign({ nbf: NOW_S + 120 }))).toEqual(refused('invalid'));
    expect((await verifier.verify(await sign({ nbf: NOW_S - 120 }))).ok).toBe(true);
  });
});

describe('[W110] a token that is none is refused', () => {
  const other = createSecretKey('another secret of more than 32 bytes', 'utf8');
  const parts = async (): Promise<string[]> => (await sign()).split('.');

  test.each<[string, () => Promise<string> | string]>([
    ['nothing', () => ''],
    ['words', () => 'not a token'],
    ['no signature: alg none', () => new UnsecuredJWT({ ...claims }).encode()],
    ['alg none in another case', async () => `${b64({ alg: 'nOnE' })}.${(await parts())[1]}.`],
    ['another secret', () => sign({}, {}, other)],
    ['another algorithm of the same secret', () => raw({ alg: 'HS512' }, claims, 'sha512')],
    ['an encrypted token', () => encrypted()],
    ['a signature cut off', async () => (await parts()).slice(0, 2).join('.')],
    ['an empty signature', async () => `${(await parts()).slice(0, 2).join('.')}.`],
    [
      'other claims under the signature',
      async () => {
        const [head, , signature] = await parts();
        return `${head}.${b64({ ...claims, rights: ['admin'] })}.${signature}`;
      },
    ],
    ['a header that must be understood', () => raw({ alg: 'HS256', crit: ['x'], x: 1 }, claims)],
    ['no end', () => sign({ exp: undefined })],
    ['no principal', () => sign({ sub: undefined })],
    ['rights that are none', () => sign({ rights: ['fly'] })],
    ['a name that is too long', () => sign({ sub: 'a'.repeat(257) })],
    ['claims that are no object', () => raw({ alg: 'HS256' }, [])],
  ])('[W110] %s', async (_, make) => {
    expect(await verifier.verify(await make())).toEqual(refused('invalid'));
  });

  test('[W110] a genuine one that is too long', async () => {
    const most = await sign({ jti: 'j' });
    expect(most.length).toBeLessThan(limits.tokenBytesMax);
    const huge = await sign({ more: 'x'.repeat(limits.tokenBytesMax) });
    expect(await verifier.verify(huge)).toEqual(refused('invalid'));
    expect(await verifier.verify('a'.repeat(64 * 1024 * 1024))).toEqual(refused('invalid'));
  });
});

describe('[W110] keys that are published', () => {
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider();
  });
  afterAll(() => provider.close());

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('[W110] verify %s', async (algorithm) => {
    const kid = await provider.addKey(algorithm);
    const published = createTokenVerifier({ jwksUrl: provider.url }, { clock });
    expect(await published.verify(await provider.sign(kid, claims))).toEqual({ ok: true, claims });
    const late = await provider.sign(kid, { ...claims, exp: NOW_S - 3_600 });
    expect(await published.verify(late)).toEqual(refused('expired'));
  });

  test('[W110] verify only those of an issuer and for an audience, where these are set', async () => {
    const kid = await provider.addKey('ES256');
    const keys = { jwksUrl: provider.url, issuer: 'us', audience: 'holdfast' };
    const strict = createTokenVerifier(keys, { clock });
    const verify = async (more: object): Promise<unknown> =>
      (await strict.verify(await provider.sign(kid, { ...claims, ...more }))).ok;
    expect(await verify({ iss: 'us', aud: 'holdfast' })).toBe(true);
    expect(await verify({ iss: 'us', aud: ['mail', 'holdfast'] })).toBe(true);
    expect(await verify({ iss: 'them', aud: 'holdfast' })).toBe(false);
    expect(await verify({ iss: 'us', aud: 'mail' })).toBe(false);
    expect(await verify({})).toBe(false);
  });

  test('[W110] verify no algorithm of a secret, and no other key', async () => {
    const kid = await provider.addKey('RS256');
    const published = createTokenVerifier({ jwksUrl: provider.url }, { clock });
    // The old trick: the public key itself as the secret.
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const asSecret = createSecretKey(await exportSPKI(publicKey), 'utf8');
    expect(await published.verify(await sign({}, { kid }, asSecret))).toEqual(refused('invalid'));
    const stranger = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid });
    const forged = await stranger.sign(privateKey);
    expect(await published.verify(forged)).toEqual(refused('invalid'));
    expect(await verifier.verify(await provider.sign(kid, claims))).toEqual(refused('invalid'));
  });

  test('[W110] are fetched once, and not again for every token of an unknown key', async () => {
    const kid = await provider.addKey('ES256');
    const published = createTokenVerifier({ jwksUrl: provider.url }, { clock });
    const before = provider.fetches;
    const tokens = await Promise.all([provider.sign(kid, claims), provider.sign(kid, claims)]);
    await Promise.all(tokens.map((token) => published.verify(token)));
    const { privateKey } = await generateKeyPair('ES256');
    for (const unknown of ['x', 'y', 'z']) {
      const header = { alg: 'ES256', kid: unknown };
      const token = await new SignJWT({ ...claims }).setProtectedHeader(header).sign(privateKey);
      expect(await published.verify(token)).toEqual(refused('invalid'));
    }
    expect(provider.fetches - before).toBe(1);
  });

  test('[W110] that cannot be fetched are nobody’s fault, and are not asked for at every token', async () => {
    const kid = await provider.addKey('ES256');
    const token = await provider.sign(kid, claims);
    const time = manualClock(NOW_S * 1_000);
    const published = createTokenVerifier({ jwksUrl: provider.url }, { clock: time });
    const before = provider.fetches;
    try {
      provider.fail((_, response) => response.writeHead(503).end());
      expect(await published.verify(token)).toEqual(refused('keys-unavailable'));
      expect(await published.verify(token)).toEqual(refused('keys-unavailable'));
      expect(provider.fetches - before).toBe(1);
      for (const how of ['not json', '{"keys":1}']) {
        provider.fail((_, response) => response.end(how));
        time.advance(2_000);
        expect(await published.verify(token)).toEqual(refused('keys-unavailable'));
      }
      provider.fail((request) => request.socket.destroy());
      time.advance(2_000);
      expect(await published.verify(token)).toEqual(refused('keys-unavailable'));
    } finally {
      provider.fail(undefined);
    }
    time.advance(2_000);
    expect((await published.verify(token)).ok).toBe(true);
  });
});

describe('[W110] keys that would protect nothing', () => {
  test('[W110] are refused when the server is set up', async () => {
    const make = (keys: Parameters<typeof createTokenVerifier>[0]) => () =>
      createTokenVerifier(keys);
    expect(make({ secret: 'short' })).toThrow(TokenKeysError);
    expect(make({ secret: new Uint8Array(31) })).toThrow(/at least 32 bytes/);
    expect(make({ secret: new Uint8Array(32) })).not.toThrow();
    // Bytes, not characters.
    expect([isSafeSecret('ä'.repeat(16)), isSafeSecret('ä'.repeat(15))]).toEqual([true, false]);
    await expect(signToken('short', claims)).rejects.toThrow(TokenKeysError);
    expect(make({ jwksUrl: 'http://idp.example/jwks' })).toThrow(/https/);
  });

  test.each([
    ['https://idp.example/jwks', true],
    ['http://localhost:9000/jwks', true],
    ['http://[::1]:9000/jwks', true],
    ['http://localhost.example/jwks', false],
    ['http://localhost@idp.example/jwks', false],
    ['file:///etc/keys', false],
    ['keys', false],
  ])('[W110] come from a safe address: %s %s', (url, safe) => {
    expect(isSafeKeysUrl(url)).toBe(safe);
  });
});

function b64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Signed with the right secret, whatever it says. */
function raw(header: object, payload: object, hash = 'sha256'): string {
  const signed = `${b64(header)}.${b64(payload)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

function encrypted(): Promise<string> {
  const header = { alg: 'dir', enc: 'A256GCM' };
  const body = new TextEncoder().encode(JSON.stringify(claims));
  return new CompactEncrypt(body).setProtectedHeader(header).encrypt(Buffer.alloc(32, secret));
}
