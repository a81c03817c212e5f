import { describe, expect, test } from 'vitest';
import { createId } from '../../../src/base/id.ts';
import { seededChance } from '../../../src/base/chance.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { isSessionId } from '../../../src/protocol/session-id.ts';
import {
  type Claims,
  covers,
  hasRight,
  readClaims,
  rights,
  tokenFault,
} from '../../../src/protocol/token.ts';

const session = 'AbCdEfGhIjKlMnOpQrStUv';
const claims: Claims = {
  sub: 'ada@example.org',
  name: 'Ada',
  kind: 'person',
  rights: ['read', 'write'],
  sessions: [session],
  exp: 1_000,
};
const of = (...sessions: string[]): Claims => ({ ...claims, sessions });

describe('[W14] a token', () => {
  test('[W14] is read with what belongs to it and nothing else', () => {
    expect(readClaims({ ...claims, scope: 'all', iat: 900, aud: ['a'] })).toEqual({
      ...claims,
      iat: 900,
      aud: ['a'],
    });
  });

  test.each([
    ['no principal', { sub: '' }],
    ['half a surrogate pair in it', { sub: 'ada\ud83d' }],
    ['a right that is none', { rights: ['read', 'fly'] }],
    ['another kind', { kind: 'server' }],
    ['no end', { exp: undefined }],
    ['an end that is no time', { exp: Number.NaN }],
    ['a session that is none', { sessions: ['short'] }],
    ['a star in the middle', { sessions: ['team-*-notes-of-this-year'] }],
    ['a list that is none', { sessions: '*' }],
    ['too long a list', { sessions: Array.from({ length: 1_001 }, () => '*') }],
  ])('[W14] with %s is none', (_, wrong) => {
    expect(readClaims({ ...claims, ...wrong })).toBeUndefined();
  });

  test.each([
    ['the id itself', [session], true],
    ['another id', [`${session.slice(0, -1)}w`], false],
    ['a beginning', ['AbCd*'], true],
    ['another beginning', ['abcd*'], false],
    ['the whole id as a beginning', [`${session}*`], true],
    ['a beginning that is longer', [`${session}w*`], false],
    ['all', ['*'], true],
    ['nothing', [], false],
    ['one of several', ['xy*', session], true],
  ])('[W14] covers a session by %s: %s is %s', (_, sessions, covered) => {
    expect(covers(of(...sessions), session, false)).toBe(covered);
  });

  test('[W14] covers sessions by membership only of members', () => {
    expect(covers(of('member'), session, true)).toBe(true);
    expect(covers(of('member'), session, false)).toBe(false);
    expect(covers(of(), session, true)).toBe(false);
  });

  test('[W14] gives the rights that it names and no others', () => {
    expect(rights.filter((right) => hasRight(claims, right))).toEqual(['read', 'write']);
  });

  test('[W14] ends, within what two clocks may differ, and a person has none for long', () => {
    const end = claims.exp * 1_000;
    const skew = limits.clockSkewMsMax;
    expect(tokenFault(claims, end + skew - 1)).toBeUndefined();
    expect(tokenFault(claims, end + skew)).toBe('expired');
    expect(tokenFault(claims, end - limits.tokenMsMax - skew)).toBeUndefined();
    expect(tokenFault(claims, end - limits.tokenMsMax - skew - 1)).toBe('lasts-too-long');
    expect(tokenFault({ ...claims, kind: 'agent' }, 0)).toBeUndefined();
    expect(tokenFault({ ...claims, exp: 4e9, kind: 'agent' }, 0)).toBeUndefined();
  });
});

describe('[W15] the name of a session', () => {
  test('[W15] is 16 to 64 characters that every path and file can hold', () => {
    const chance = seededChance(1);
    for (let i = 0; i < 100; i++) expect(isSessionId(createId(chance))).toBe(true);
    expect(['a'.repeat(16), '-_'.repeat(32)].every(isSessionId)).toBe(true);
    const wrong = [
      'a'.repeat(15),
      'a'.repeat(65),
      `${session}\n`,
      `${session}/`,
      `${session}é`,
      '',
    ];
    expect(wrong.filter(isSessionId)).toEqual([]);
    expect([undefined, null, 7, [session]].filter(isSessionId)).toEqual([]);
  });
});
