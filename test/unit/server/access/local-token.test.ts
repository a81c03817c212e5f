import { describe, expect, test } from 'vitest';
import { issueLocalToken } from '../../../../server/access/local-token.ts';
import { createTokenVerifier } from '../../../../server/access/tokens.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { codeOf, guarded, session } from '../../../support/guarded.ts';

const NOW_S = 4_000_000_000;
const clock = manualClock(NOW_S * 1_000);
const secret = 'a secret of more than thirty-two bytes';
const rules = { allowed: ['http://localhost:5173'], localPort: 1234 };
const own = {
  host: 'localhost:1234',
  origin: 'http://localhost:1234',
  'sec-fetch-site': 'same-origin',
};
const verifier = createTokenVerifier({ secret }, { clock });

const issue = (
  { as, body }: { as?: string | undefined; body?: unknown } = {},
  headers: object = own,
  local = rules,
): ReturnType<typeof issueLocalToken> =>
  issueLocalToken({ headers: { ...headers }, as, body }, { rules: local, secret, clock });

describe('[W124] a token of one’s own machine', () => {
  test('[W124] is one person’s in all browsers, for an hour', async () => {
    const issued = await issue();
    expect(issued).toMatchObject({
      ok: true,
      principal: { id: 'local', name: 'You', kind: 'person' },
      expiresAt: (NOW_S + 3_600) * 1_000,
    });
    expect(await verifier.verify(issued.ok ? issued.token : '')).toEqual({
      ok: true,
      claims: {
        sub: 'local',
        name: 'You',
        kind: 'person',
        rights: ['read', 'write', 'control', 'annotate', 'create', 'admin'],
        sessions: ['member'],
        exp: NOW_S + 3_600,
      },
    });
  });

  test.each([
    [undefined, { name: ' Ada ' }, 'local', 'Ada'],
    [undefined, {}, 'local', 'You'],
    ['bob', undefined, 'bob', 'bob'],
    ['bob', { name: 'Bob B.' }, 'bob', 'Bob B.'],
    ['Zo\u0065\u0308', undefined, 'Zo\u00eb', 'Zo\u00eb'],
    ['ann@example.org', { other: 1 }, 'ann@example.org', 'ann@example.org'],
  ])('[W124] is that of who one says one is: %j %j', async (as, body, id, name) => {
    expect(await issue({ as, body })).toMatchObject({ ok: true, principal: { id, name } });
  });

  test.each([
    ['', undefined],
    [' ', undefined],
    ['a/b', undefined],
    ['<b>', undefined],
    ['.', undefined],
    ['x'.repeat(65), undefined],
    [undefined, null],
    [undefined, 'Ada'],
    [undefined, { name: 1 }],
    [undefined, { name: ' ' }],
    [undefined, { name: 'x'.repeat(201) }],
    [undefined, { name: 'two\nlines' }],
    [undefined, { name: 'half \ud83d' }],
  ])('[W124] is not for %j %j', async (as, body) => {
    expect(await issue({ as, body })).toEqual({ ok: false, code: 'malformed' });
  });

  test.each([
    ['another site', { ...own, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page that may only connect', { ...own, origin: 'http://localhost:5173' }],
    ['a name that leads here', { host: 'evil.example:1234', origin: 'http://evil.example:1234' }],
    ['who says nothing', { host: own.host }],
    ['a proxy', { ...own, 'x-forwarded-for': '203.0.113.7' }],
    ['another proxy', { ...own, forwarded: 'for=203.0.113.7' }],
    ['a third', { ...own, via: '1.1 proxy' }],
  ])('[W124] is not given to %s', async (_, headers) => {
    expect(await issue({}, headers)).toEqual({ ok: false, code: 'not-local' });
  });

  test('[W124] is not given by a server for others', async () => {
    const others = { allowed: [], localPort: undefined };
    const answer = await issueLocalToken(
      { headers: own, as: undefined, body: undefined },
      { rules: others, secret, clock },
    );
    expect(answer).toEqual({ ok: false, code: 'not-local' });
  });

  test('[W124] is enough to make a session, to share it and to see it again', async () => {
    const claimsFor = async (as?: string) => {
      const issued = await issue({ as });
      const verified = await verifier.verify(issued.ok ? issued.token : '');
      if (!verified.ok) throw new Error(verified.fault);
      return verified.claims;
    };
    const { guard } = guarded();
    const [me, bob] = [await claimsFor(), await claimsFor('bob')];
    const entered = await guard.enter(me, session);
    if (entered.ok) await guard.create(entered.access, session);
    const again = await guard.enter(await claimsFor(), session);
    expect(again).toMatchObject({ ok: true, access: { mayCreate: false } });
    expect(codeOf(await guard.enter(bob, session))).toBe('missing');
    await guard.invite(me, session, 'bob', 'viewer');
    const viewing = await guard.enter(bob, session);
    expect(viewing.ok && [...viewing.access.rights]).toEqual(['read']);
  });
});
