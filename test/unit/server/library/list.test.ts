import { describe, expect, test } from 'vitest';
import { Guard } from '../../../../server/access/guard.ts';
import { toStored } from '../../../../server/library/entry.ts';
import { listRoutes } from '../../../../server/library/list-routes.ts';
import { sees } from '../../../../server/library/scope.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import type { ListEntry } from '../../../../src/protocol/library.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { bearer, claimsOf, testDoorman } from '../../../support/doorman.ts';
import { failed, withServer } from '../../../support/http.ts';

interface Page {
  readonly sessions: readonly ListEntry[];
  readonly cursor: string | null;
}

type Ask = (query: string, claims?: Claims) => Promise<Response>;

const nameOf = (at: number): string => `session-0123456789-${at}`;

async function withList(act: (ask: Ask, log: MemoryLog) => Promise<void>): Promise<void> {
  const log = new MemoryLog({ clock: manualClock(1_000) });
  const routes = listRoutes({ doorman: testDoorman(log), summaries: log.summaries });
  await withServer(routes, ({ url }) =>
    act(
      (query, claims = claimsOf('ada')) =>
        fetch(`${url}/api/sessions${query}`, { headers: bearer(claims) }),
      log,
    ),
  );
}

/** Sessions of these principals, with a summary each; later ones are later. */
async function fill(log: MemoryLog, owners: readonly string[]): Promise<void> {
  for (const [at, principal] of owners.entries()) {
    await log.create(nameOf(at), { principal, role: 'owner' });
    const summary = { title: `Walk ${at}`, preview: 'Hello', running: at === 0 };
    await log.summaries.put([toStored(nameOf(at), summary, 5_000 + at)]);
  }
}

const idsIn = async (response: Response): Promise<readonly string[]> =>
  ((await response.json()) as Page).sessions.map(({ session }) => session);

describe('the list', () => {
  test('[W142] shows what a session looks like from outside, the latest first', () =>
    withList(async (ask, log) => {
      await fill(log, ['ada', 'ada']);
      await log.create(nameOf(2), { principal: 'ada', role: 'owner' });
      const page = (await (await ask('')).json()) as Page;
      const entry = { createdAt: 1_000, preview: 'Hello', running: false };
      const untold = { title: '', preview: '', running: false, createdAt: 1_000 };
      expect(page).toEqual({
        sessions: [
          { ...entry, session: nameOf(1), title: 'Walk 1', lastActivity: 5_001 },
          { ...entry, session: nameOf(0), title: 'Walk 0', lastActivity: 5_000, running: true },
          { ...untold, session: nameOf(2), lastActivity: 1_000 },
        ],
        cursor: null,
      });
    }));

  const cases: readonly (readonly [string, Partial<Claims>, readonly number[]])[] = [
    ['its own', {}, [3, 0]],
    ['what it names', { sessions: [nameOf(1), 'nobody-0123456789'] }, [1]],
    ['what begins so', { sessions: ['session-0123456789-*'] }, [3, 2, 1, 0]],
    ['both', { sessions: ['member', nameOf(2)] }, [3, 2, 0]],
    ['everything', { sessions: ['*'] }, [3, 2, 1, 0]],
    ['nothing', { sessions: [] }, []],
    ['nothing without the right to read', { sessions: ['*', 'member'], rights: ['write'] }, []],
  ];
  test.each(cases)('[W142] shows a token %s, as entering does', (_, more, expected) =>
    withList(async (ask, log) => {
      await fill(log, ['ada', 'bob', 'bob', 'ada']);
      const claims = claimsOf('ada', more);
      expect(await idsIn(await ask('', claims))).toEqual(expected.map(nameOf));
      const guard = new Guard(log);
      for (const at of [0, 1, 2, 3]) {
        const entered = await guard.enter(claims, nameOf(at));
        const mayRead = entered.ok && entered.access.rights.has('read');
        const member = await log.members.role(nameOf(at), 'ada');
        const isMember = member.ok && member.role !== undefined;
        expect([mayRead, sees(claims, nameOf(at), isMember)]).toEqual([
          expected.includes(at),
          expected.includes(at),
        ]);
      }
    }),
  );

  test('[W142] comes in pages without holes, also while something happens', () =>
    withList(async (ask, log) => {
      await fill(log, ['ada', 'ada', 'ada', 'ada', 'ada']);
      const first = (await (await ask('?limit=2')).json()) as Page;
      await log.summaries.put([
        toStored(nameOf(3), { title: '', preview: '', running: true }, 9_000),
      ]);
      const second = (await (await ask(`?limit=2&cursor=${first.cursor}`)).json()) as Page;
      const third = (await (await ask(`?limit=2&cursor=${second.cursor}`)).json()) as Page;
      const pages = [first, second, third];
      expect(pages.map(({ sessions }) => sessions.map(({ session }) => session))).toEqual([
        [nameOf(4), nameOf(3)],
        [nameOf(2), nameOf(1)],
        [nameOf(0)],
      ]);
      expect(third.cursor).toBe(null);
      const whole = (await (await ask('?limit=5')).json()) as Page;
      expect(whole.cursor).toBe(null);
    }));

  test.each(['cursor=x', 'cursor=', 'limit=0', 'limit=1.5', 'limit=x', 'limit=201'])(
    '[W142] refuses %s',
    (query) =>
      withList(async (ask) => {
        expect(await failed(await ask(`?${query}`))).toEqual([400, 'bad-request']);
      }),
  );

  test('[W142] is not empty, but unavailable, where the store does not answer', async () => {
    const log = new MemoryLog({ clock: manualClock() });
    const summaries = { latest: async () => unavailable('damaged') };
    await withServer(listRoutes({ doorman: testDoorman(log), summaries }), async ({ url }) => {
      const response = await fetch(`${url}/api/sessions`, { headers: bearer(claimsOf('ada')) });
      expect(await failed(response)).toEqual([503, 'unavailable']);
      expect((await fetch(`${url}/api/sessions`)).status).toBe(401);
    });
  });

  test('[W142] is in bounds, whatever a session says of itself', () =>
    withList(async (ask, log) => {
      await log.create(nameOf(0), { principal: 'ada', role: 'owner' });
      const long = '\u{1F642}'.repeat(limits.titleCharsMax);
      await log.summaries.put([
        toStored(nameOf(0), { title: `a${long}`, preview: long, running: true }, 1),
      ]);
      await log.create(nameOf(1), { principal: 'ada', role: 'owner' });
      await log.summaries.put([{ session: nameOf(1), activity: 0, json: '{"title":[1],"x":2}' }]);
      const { sessions } = (await (await ask('')).json()) as Page;
      const [one, other] = sessions;
      expect([one?.title.length, one?.preview.length, one?.title.isWellFormed()]).toEqual([
        199,
        200,
        true,
      ]);
      expect(other).toMatchObject({ title: '', preview: '', running: false });
    }));
});
