import { describe, expect, test } from 'vitest';
import { Guard } from '../../../../server/access/guard.ts';
import { localTokenRoutes } from '../../../../server/http/local-token-route.ts';
import { linkRoutes, memberRoutes } from '../../../../server/http/member-routes.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { bearer, claimsOf, testDoorman } from '../../../support/doorman.ts';
import { overriding } from '../../../support/guarded.ts';
import { failed, withServer } from '../../../support/http.ts';

const session = 'session-0123456789abcd';
const clock = manualClock(1_000);

type Ask = (who: string, method: string, path: string, body?: object) => Promise<Response>;

/** Ada owns the session, Bob reads it. */
async function withMembers(act: (ask: Ask, log: MemoryLog) => Promise<void>): Promise<void> {
  const log = new MemoryLog({ clock });
  await log.create(session, { principal: 'ada', role: 'owner' });
  await log.members.set(session, 'bob', 'viewer');
  await served(log, (ask) => act(ask, log));
}

function served(log: MemoryLog, act: (ask: Ask) => Promise<void>): Promise<void> {
  const guard = new Guard(log);
  const doorman = testDoorman(log, guard);
  const parts = { doorman, guard, clock };
  return withServer([...memberRoutes(parts), ...linkRoutes(parts)], ({ url }) =>
    act((who, method, path, body) =>
      fetch(`${url}/api/${path}`, {
        method,
        headers: { ...bearer(claimsOf(who)), ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      }),
    ),
  );
}

const at = `sessions/${session}`;

describe('members over HTTP', () => {
  test('[W149] are listed, given roles and removed by an owner', () =>
    withMembers(async (ask, log) => {
      const address = 'https://id.example/eve?x=1';
      const put = await ask('ada', 'PUT', `${at}/members/${encodeURIComponent(address)}`, {
        role: 'editor',
      });
      expect([put.status, await put.json()]).toEqual([200, { principal: address, role: 'editor' }]);
      expect(await (await ask('ada', 'GET', `${at}/members`)).json()).toEqual({
        members: [
          { principal: 'ada', role: 'owner' },
          { principal: 'bob', role: 'viewer' },
          { principal: address, role: 'editor' },
        ],
      });
      expect((await ask('ada', 'DELETE', `${at}/members/bob`)).status).toBe(204);
      expect(await log.members.role(session, 'bob')).toEqual({ ok: true, role: undefined });
    }));

  test.each([
    ['bob', 'GET', `${at}/members`, undefined, [403, 'forbidden']],
    ['bob', 'PUT', `${at}/members/eve`, { role: 'viewer' }, [403, 'forbidden']],
    ['bob', 'DELETE', `${at}/members/ada`, undefined, [403, 'forbidden']],
    ['eve', 'GET', `${at}/members`, undefined, [404, 'missing']],
    ['eve', 'DELETE', `${at}/members/eve`, undefined, [404, 'missing']],
    ['ada', 'GET', 'sessions/another-0123456789abcd/members', undefined, [404, 'missing']],
    ['ada', 'GET', 'sessions/short/members', undefined, [404, 'missing']],
    ['ada', 'DELETE', `${at}/members/ada`, undefined, [409, 'last-owner']],
    ['ada', 'PUT', `${at}/members/ada`, { role: 'viewer' }, [409, 'last-owner']],
    ['ada', 'PUT', `${at}/members/eve`, { role: 'king' }, [400, 'bad-request']],
    ['ada', 'PUT', `${at}/members/eve`, {}, [400, 'bad-request']],
    ['ada', 'PUT', `${at}/members/${'e'.repeat(257)}`, { role: 'viewer' }, [400, 'bad-request']],
  ])('[W149] %s may not %s %s %o', (who, method, path, body, expected) =>
    withMembers(async (ask) => {
      expect(await failed(await ask(who, method, path, body))).toEqual(expected);
    }),
  );

  test('[W149] anybody may go', () =>
    withMembers(async (ask) => {
      expect((await ask('bob', 'DELETE', `${at}/members/bob`)).status).toBe(204);
      expect((await ask('bob', 'DELETE', `${at}/members/bob`)).status).toBe(404);
    }));

  test('[W149] a store that does not answer is no "no"', async () => {
    const log = new MemoryLog({ clock });
    const role = async (): Promise<ReturnType<typeof unavailable>> => unavailable('damaged');
    const broken = overriding(log, { members: overriding(log.members, { role }) });
    await served(broken, async (ask) => {
      expect(await failed(await ask('ada', 'GET', `${at}/members`))).toEqual([503, 'unavailable']);
    });
  });
});

describe('links over HTTP', () => {
  test('[W149] are made, listed without their secret, redeemed and revoked', () =>
    withMembers(async (ask) => {
      const made = await ask('ada', 'POST', `${at}/links`, { role: 'commenter' });
      const link = (await made.json()) as { secret: string; digest: string };
      expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
      const listed = await (await ask('ada', 'GET', `${at}/links`)).json();
      expect(listed).toEqual({ links: [{ digest: link.digest, role: 'commenter' }] });
      const joined = await ask('eve', 'POST', 'links/redeem', { secret: link.secret });
      expect([joined.status, await joined.json()]).toEqual([200, { session, role: 'commenter' }]);
      expect((await ask('ada', 'DELETE', `${at}/links/${link.digest}`)).status).toBe(204);
      const late = await ask('zoe', 'POST', 'links/redeem', { secret: link.secret });
      expect(await failed(late)).toEqual([404, 'missing']);
    }));

  test.each([
    ['bob', 'POST', `${at}/links`, { role: 'viewer' }, [403, 'forbidden']],
    ['bob', 'GET', `${at}/links`, undefined, [403, 'forbidden']],
    ['bob', 'DELETE', `${at}/links/digest`, undefined, [403, 'forbidden']],
    ['eve', 'GET', `${at}/links`, undefined, [404, 'missing']],
    ['ada', 'POST', `${at}/links`, { role: 'owner' }, [400, 'bad-request']],
    ['eve', 'POST', 'links/redeem', { secret: 'x' }, [404, 'missing']],
    ['eve', 'POST', 'links/redeem', {}, [400, 'bad-request']],
  ])('[W149] %s may not %s %s %o', (who, method, path, body, expected) =>
    withMembers(async (ask) => {
      expect(await failed(await ask(who, method, path, body))).toEqual(expected);
    }),
  );
});

describe('a local server', () => {
  const secret = 'a secret of tests that is long enough';
  const local = (
    isLocal: boolean,
    act: (
      post: (body?: string, headers?: object, query?: string) => Promise<Response>,
    ) => Promise<void>,
  ): Promise<void> => {
    const rules = { allowed: [], localPort: 0 as number | undefined };
    return withServer(localTokenRoutes({ rules: () => rules, secret, clock }), ({ url, port }) => {
      rules.localPort = isLocal ? port : undefined;
      return act((body, headers = {}, query = '') =>
        fetch(`${url}/api/local-token${query}`, {
          method: 'POST',
          headers: { origin: url, ...(body && { 'content-type': 'application/json' }), ...headers },
          ...(body && { body }),
        }),
      );
    });
  };

  test('[W124] gives its own page a token for nothing', () =>
    local(true, async (post) => {
      const response = await post();
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.json()).toMatchObject({
        token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
        principal: { id: 'local', name: 'You', kind: 'person' },
        expiresAt: 3_601_000,
      });
      expect(await (await post('{"name":"Ada"}', {}, '?as=ada')).json()).toMatchObject({
        principal: { id: 'ada', name: 'Ada' },
      });
    }));

  test('[W124] gives none to other pages, to programs, or where it is for others', async () => {
    await local(true, async (post) => {
      const cross = { 'sec-fetch-site': 'cross-site' };
      expect(await failed(await post(undefined, cross))).toEqual([403, 'not-local']);
      expect(await failed(await post(undefined, { via: 'proxy' }))).toEqual([403, 'not-local']);
      expect(await failed(await post('{"name":7}'))).toEqual([400, 'bad-request']);
      expect(await failed(await post(undefined, {}, '?as=%20'))).toEqual([400, 'bad-request']);
    });
    await local(false, async (post) => {
      expect(await failed(await post())).toEqual([403, 'not-local']);
    });
  });
});
