// Who comes in. Members and links are in members.test.ts and links.test.ts.

import { describe, expect, test } from 'vitest';
import type { Guard } from '../../../../server/access/guard.ts';
import { openEmbeddedLog } from '../../../../server/log/embedded.ts';
import type { Log } from '../../../../server/log/log.ts';
import { deleted, unavailable, type Deleted } from '../../../../server/log/refusal.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import type { Claims, Right } from '../../../../src/protocol/token.ts';
import { withFolder } from '../../../support/folder.ts';
import {
  claimsOf,
  codeOf,
  guarded,
  other,
  overriding,
  session,
  shared,
} from '../../../support/guarded.ts';
import { inlineStore } from '../../../support/inline-store.ts';

/** The rights somebody has on entering, or why it may not. */
async function rightsOf(guard: Guard, claims: Claims, id = session): Promise<readonly string[]> {
  const entered = await guard.enter(claims, id);
  return entered.ok ? [...entered.access.rights].toSorted() : [entered.code];
}

describe('[W114] what a member may do', () => {
  const members = { ed: 'editor', cyd: 'commenter', viv: 'viewer' } as const;

  test.each([
    ['ada', ['admin', 'annotate', 'control', 'read', 'write']],
    ['ed', ['annotate', 'control', 'read', 'write']],
    ['cyd', ['annotate', 'read']],
    ['viv', ['read']],
    ['nobody', ['missing']],
  ])('[W114] is what its role gives: %s', async (who, rights) => {
    const { guard } = await shared(members);
    expect(await rightsOf(guard, claimsOf(who))).toEqual(rights);
  });

  test('[W114] is no more than its token gives', async () => {
    const { guard } = await shared(members);
    expect(await rightsOf(guard, claimsOf('ed', { rights: ['read', 'admin'] }))).toEqual(['read']);
    expect(await rightsOf(guard, claimsOf('viv', { rights: ['write'] }))).toEqual(['missing']);
    expect(await rightsOf(guard, claimsOf('ada', { sessions: [] }))).toEqual(['missing']);
    expect(await rightsOf(guard, claimsOf('ada', { sessions: [other] }))).toEqual(['missing']);
  });

  test.each<[Claims['kind'], string, readonly Right[], readonly string[]]>([
    ['agent', 'ed', ['read', 'write', 'agent'], ['agent', 'read', 'write']],
    ['agent', 'viv', ['read', 'write', 'agent'], ['read']],
    ['agent', 'ed', ['read'], ['read']],
    ['person', 'ed', ['read', 'agent'], ['read']],
  ])('[W114] as an %s, %s, with %j: %j', async (kind, who, rights, has) => {
    const { guard } = await shared(members);
    expect(await rightsOf(guard, claimsOf(who, { kind, rights }))).toEqual(has);
  });

  test('[W114] is all that the token gives where the token names the session', async () => {
    const { guard } = await shared(members);
    const rights: Right[] = ['read', 'agent'];
    for (const sessions of [[session], ['AbCd*'], ['*'], ['member', '*']]) {
      const stranger = claimsOf('worker', { kind: 'agent', rights, sessions });
      expect(await rightsOf(guard, stranger)).toEqual(['agent', 'read']);
    }
    const viewer = claimsOf('viv', { rights: ['read', 'write'], sessions: ['member', 'AbCd*'] });
    expect(await rightsOf(guard, viewer)).toEqual(['read', 'write']);
  });

  test('[W114] is said with who it is and until when', async () => {
    const { guard } = await shared();
    const claims = claimsOf('ada', { exp: 5_000 });
    const entered = await guard.enter(claims, session);
    expect(entered.ok && { ...entered.access, rights: undefined }).toEqual({
      principal: { id: 'ada', name: 'ADA', kind: 'person' },
      expiresAt: 5_000_000 + limits.clockSkewMsMax,
      mayCreate: false,
      claims,
      rights: undefined,
    });
  });

  test('[W114] is nothing in a role that this version does not know', async () => {
    const { guard, log } = await shared();
    await log.members.set(session, 'bob', 'emperor');
    expect(await rightsOf(guard, claimsOf('bob'))).toEqual(['missing']);
  });
});

describe('[W113] a session that is missing and one that is forbidden', () => {
  const known = claimsOf('bob', { rights: ['read', 'write', 'admin'] });

  test('[W113] answer the same to every question', async () => {
    const { guard } = await shared();
    for (const by of [known, claimsOf('bob', { rights: ['admin'], sessions: ['Zz*', 'member'] })]) {
      const answers = async (id: string): Promise<readonly object[]> => [
        await guard.enter(by, id),
        await guard.members(by, id),
        await guard.invite(by, id, 'bob', 'owner'),
        await guard.remove(by, id, 'ada'),
        await guard.remove(by, id, 'bob'),
        await guard.links(by, id),
        await guard.makeLink(by, id, 'viewer'),
        await guard.revokeLink(by, id, 'digest'),
      ];
      const forbidden = await answers(session);
      expect(forbidden).toEqual(await answers(other));
      expect(new Set(forbidden.map((answer) => JSON.stringify(answer)))).toEqual(
        new Set(['{"ok":false,"code":"missing"}']),
      );
    }
  });

  test('[W113] cost the same questions to the log, and none that only one of them has', async () => {
    const { log } = await shared();
    const asked: string[] = [];
    const told = <T extends object>(of: string, target: T): T =>
      new Proxy(target, {
        get(from, name) {
          const value: unknown = Reflect.get(from, name);
          if (typeof value === 'object' && value !== null) return told(String(name), value);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            asked.push(`${of}.${String(name)}`);
            return Reflect.apply(value, from, args);
          };
        },
      });
    const { guard } = guarded(told('log', log));
    await guard.enter(known, session);
    const forbidden = asked.splice(0);
    await guard.enter(known, other);
    expect(forbidden).toEqual(['members.role']);
    expect(asked).toEqual(forbidden);
  });

  test('[W113] so is one that was deleted, also to who owned it and to who may create', async () => {
    const { guard, log } = await shared();
    await log.delete(session);
    expect(await rightsOf(guard, claimsOf('ada'))).toEqual(['missing']);
    expect(await rightsOf(guard, claimsOf('eve', { sessions: ['*'] }))).toEqual(['missing']);
    expect(codeOf(await guard.invite(claimsOf('ada'), session, 'bob', 'viewer'))).toBe('missing');
  });

  test('[W113] so is one that was deleted between two questions', async () => {
    const { log } = await shared();
    const gone = (): Promise<Deleted> => Promise.resolve(deleted);
    const members = overriding(log.members, { of: gone, links: gone, removeLink: gone });
    const { guard } = guarded(overriding(log, { members }));
    const ada = claimsOf('ada');
    const answers = [
      await guard.members(ada, session),
      await guard.invite(ada, session, 'bob', 'viewer'),
      await guard.makeLink(ada, session, 'viewer'),
      await guard.links(ada, session),
      await guard.revokeLink(ada, session, 'digest'),
    ];
    expect(new Set(answers.map(codeOf))).toEqual(new Set(['missing']));
  });

  test.each(['short', 'with space-0123456789', '../../0123456789abcdef', 'a'.repeat(65), ''])(
    '[W113] so is what is no name of a session: %j',
    async (id) => {
      const { guard } = guarded();
      expect(await rightsOf(guard, claimsOf('ada', { sessions: ['*', 'member'] }), id)).toEqual([
        'missing',
      ]);
    },
  );
});

describe('[W114] a session that does not exist', () => {
  const creators: [string, readonly string[]][] = [
    ['its members', ['member']],
    ['its name', [session]],
    ['its beginning', ['AbCd*']],
  ];

  test.each(creators)(
    '[W114] is made by who may, and is its own: a token for %s',
    async (_, to) => {
      const { guard, log, told } = guarded();
      const claims = claimsOf('ada', { sessions: to });
      const entered = await guard.enter(claims, session);
      expect(entered).toMatchObject({ ok: true, access: { mayCreate: true } });
      if (!entered.ok) return;
      const created = await guard.create(entered.access, session);
      expect(created).toMatchObject({ ok: true, access: { mayCreate: false } });
      const roles = await log.members.of(session);
      expect(roles).toMatchObject({ members: [{ principal: 'ada', role: 'owner' }] });
      expect(created.ok && created.access.rights).toEqual(entered.access.rights);
      expect(await guard.enter(claims, session)).toEqual(created);
      expect(told).toEqual([`${session} ada`]);
    },
  );

  test.each([
    ['without the right', { rights: ['read', 'write', 'admin'] as const }],
    ['under another name', { sessions: [other, 'Zz*'] }],
    ['for nobody', { sessions: [] }],
  ])('[W114] is not made %s', async (_, more) => {
    const { guard } = guarded();
    expect(await rightsOf(guard, claimsOf('ada', more))).toEqual(['missing']);
  });

  test('[W114] may not be changed before it is made', async () => {
    const { guard, log } = guarded();
    expect(codeOf(await guard.invite(claimsOf('ada'), session, 'bob', 'viewer'))).toBe('missing');
    expect(codeOf(await guard.makeLink(claimsOf('ada'), session, 'viewer'))).toBe('missing');
    expect(codeOf(await log.open(session))).toBe('missing');
  });

  test('[W114] is made once, by whoever comes first', async () => {
    const { guard, log } = guarded();
    const both = await Promise.all(
      ['ada', 'ada', 'bob'].map(async (who) => {
        const entered = await guard.enter(claimsOf(who), session);
        return entered.ok ? guard.create(entered.access, session) : entered;
      }),
    );
    expect(both.map(codeOf)).toEqual(['ok', 'ok', 'missing']);
    const members = [{ principal: 'ada', role: 'owner' }];
    expect(await log.members.of(session)).toEqual({ ok: true, members });
  });

  test('[W114] is entered where its maker made it while entering, on another device', async () => {
    const { log } = guarded();
    const slow: Log['members']['role'] = async (id, principal) => {
      const answer = await log.members.role(id, principal);
      await log.create(session, { principal: 'ada', role: 'owner' });
      return answer;
    };
    const members = overriding(log.members, { role: slow });
    const { guard } = guarded(overriding(log, { members }));
    expect(await guard.enter(claimsOf('ada'), session)).toMatchObject({
      ok: true,
      access: { mayCreate: false },
    });
  });

  test('[W114] is not made by who may make another', async () => {
    const { guard, log } = guarded();
    const entered = await guard.enter(claimsOf('ada', { sessions: [session] }), session);
    expect(entered.ok && codeOf(await guard.create(entered.access, other))).toBe('missing');
    expect(codeOf(await log.open(other))).toBe('missing');
  });

  test('[W114] is made by nobody who was told otherwise', async () => {
    const { guard } = await shared({ viv: 'viewer' });
    const entered = await guard.enter(claimsOf('viv'), session);
    expect(entered.ok && codeOf(await guard.create(entered.access, session))).toBe('ok');
    expect(await rightsOf(guard, claimsOf('viv'))).toEqual(['read']);
  });
});

test('[W113] a log that cannot answer is no refusal', async () => {
  const { log } = await shared();
  const down = unavailable('locked');
  const members = overriding(log.members, { role: () => Promise.resolve(down) });
  const { guard } = guarded(overriding(log, { members }));
  expect(await guard.enter(claimsOf('ada'), session)).toEqual(down);
  expect(await guard.invite(claimsOf('ada'), session, 'bob', 'viewer')).toEqual(down);
});

test('[W114] who owns a session owns it after a restart, and what was revoked is', () =>
  withFolder(async (folder) => {
    const open = (): Promise<Log> =>
      openEmbeddedLog({ folder, clock: manualClock(1), store: inlineStore(folder) });
    const first = guarded(await open());
    const entered = await first.guard.enter(claimsOf('ada'), session);
    if (entered.ok) await first.guard.create(entered.access, session);
    await first.guard.invite(claimsOf('ada'), session, 'bob', 'editor');
    await first.guard.invite(claimsOf('ada'), session, 'cyd', 'editor');
    await first.guard.remove(claimsOf('ada'), session, 'cyd');
    const link = await first.guard.makeLink(claimsOf('ada'), session, 'viewer');
    await first.log.close();
    const { guard, log } = guarded(await open());
    expect(await rightsOf(guard, claimsOf('ada'))).toContain('admin');
    expect(await rightsOf(guard, claimsOf('bob'))).toContain('write');
    expect(await rightsOf(guard, claimsOf('cyd'))).toEqual(['missing']);
    expect(codeOf(await guard.redeem(claimsOf('dan'), link.ok ? link.secret : ''))).toBe('ok');
    await log.close();
  }));
