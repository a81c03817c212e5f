import { expect, test } from 'vitest';
import { KnownTokens } from '../../../../server/access/known-tokens.ts';
import { accessLimits } from '../../../../server/access/limits.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import type { Claims } from '../../../../src/protocol/token.ts';

const claims: Claims = {
  sub: 'ada',
  name: 'Ada',
  kind: 'person',
  rights: ['read'],
  sessions: ['member'],
  exp: 4_000_000_000,
};

test('a token is known for as long as its key may count, and no other is', () => {
  const clock = manualClock(50_000);
  const known = new KnownTokens(clock, 1_000);
  known.keep('one', claims);
  clock.advance(999);
  expect(known.find('one')).toBe(claims);
  expect(known.find('on')).toBeUndefined();
  clock.advance(1);
  expect(known.find('one')).toBeUndefined();
  expect(known.size).toBe(0);
});

test('of very many tokens the newest are known', () => {
  const known = new KnownTokens(manualClock(), Number.POSITIVE_INFINITY);
  for (let at = 0; at <= accessLimits.knownTokensMax; at++) known.keep(`token ${at}`, claims);
  expect(known.size).toBe(accessLimits.knownTokensMax);
  expect(known.find('token 0')).toBeUndefined();
  expect(known.find('token 1')).toBe(claims);
});
