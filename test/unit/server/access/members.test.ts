// Who may say who belongs to a session, and that each change is told.

import { describe, expect, test } from 'vitest';
import { accessLimits } from '../../../../server/access/limits.ts';
import type { Log } from '../../../../server/log/log.ts';
import { unavailable, type Unavailable } from '../../../../server/log/refusal.ts';
import {
  claimsOf,
  codeOf,
  guarded,
  overriding,
  session,
  shared,
} from '../../../support/guarded.ts';

const ada = claimsOf('ada');
const bob = claimsOf('bob');

async function membersOf(log: Log): Promise<string> {
  const found = await log.members.of(session);
  if (!found.ok) return found.code;
  return found.members.map(({ principal, role }) => `${principal} ${role}`).join(', ');
}

describe('[W114] an owner', () => {
  test('[W114] invites, changes and removes, and sees who is there', async () => {
    const { guard, log } = await shared();
    expect(codeOf(await guard.invite(ada, session, 'bob', 'viewer'))).toBe('ok');
    expect(codeOf(await guard.invite(ada, session, 'bob', 'editor'))).toBe('ok');
    expect(codeOf(await guard.invite(ada, session, 'cyd', 'owner'))).toBe('ok');
    expect(await membersOf(log)).toBe('ada owner, bob editor, cyd owner');
    const members = await guard.members(claimsOf('cyd'), session);
    expect(members.ok && members.members).toHaveLength(3);
    expect(codeOf(await guard.remove(ada, session, 'bob'))).toBe('ok');
    expect(codeOf(await guard.remove(ada, session, 'bob'))).toBe('ok');
    expect(codeOf(await guard.enter(bob, session))).toBe('missing');
  });

  test('[W114] that is the last can neither go nor be made less', async () => {
    const { guard, log } = await shared({ bob: 'editor' });
    expect(codeOf(await guard.remove(ada, session, 'ada'))).toBe('last-owner');
    expect(codeOf(await guard.invite(ada, session, 'ada', 'editor'))).toBe('last-owner');
    expect(codeOf(await guard.invite(ada, session, 'ada', 'owner'))).toBe('ok');
    await guard.invite(ada, session, 'bob', 'owner');
    expect(codeOf(await guard.invite(ada, session, 'ada', 'viewer'))).toBe('ok');
    expect(codeOf(await guard.remove(bob, session, 'bob'))).toBe('last-owner');
    expect(await membersOf(log)).toBe('ada viewer, bob owner');
  });

  test('[W114] is left when two of them remove one another at once', async () => {
    const { guard, log } = await shared({ bob: 'owner' });
    const answers = await Promise.all([
      guard.remove(ada, session, 'bob'),
      guard.remove(bob, session, 'ada'),
      guard.invite(bob, session, 'ada', 'viewer'),
    ]);
    expect(answers.map(codeOf)).toEqual(['ok', 'missing', 'missing']);
    expect(await membersOf(log)).toBe('ada owner');
    const world = await shared({ bob: 'owner' });
    const leaving = [ada, bob].map((who) => world.guard.remove(who, session, who.sub));
    expect((await Promise.all(leaving)).map(codeOf)).toEqual(['ok', 'last-owner']);
  });

  test('[W114] is who may administer, by role or by a token that names the session', async () => {
    const { guard } = await shared({ bob: 'editor' });
    const readOnly = claimsOf('ada', { rights: ['read'] });
    expect(codeOf(await guard.invite(readOnly, session, 'cyd', 'viewer'))).toBe('forbidden');
    const service = claimsOf('service', { rights: ['admin'], sessions: ['*'] });
    expect(codeOf(await guard.invite(service, session, 'cyd', 'viewer'))).toBe('ok');
    expect(codeOf(await guard.remove(service, session, 'ada'))).toBe('last-owner');
  });

  test.each(['', 'x'.repeat(257), 'half \ud83d'])(
    '[W114] invites nobody by the name %j',
    async (name) => {
      const { guard } = await shared();
      expect(codeOf(await guard.invite(ada, session, name, 'viewer'))).toBe('unfit');
    },
  );

  test('[W114] invites a bounded number', async () => {
    const { guard, log } = await shared();
    for (let i = 1; i < accessLimits.membersMax; i++) {
      await log.members.set(session, `m${i}`, 'viewer');
    }
    expect(codeOf(await guard.invite(ada, session, 'bob', 'viewer'))).toBe('too-many');
    expect(codeOf(await guard.invite(ada, session, 'm1', 'editor'))).toBe('ok');
    const link = await guard.makeLink(ada, session, 'viewer');
    const secret = link.ok ? link.secret : '';
    expect(codeOf(await guard.redeem(bob, secret))).toBe('too-many');
    expect(codeOf(await guard.redeem(claimsOf('m2'), secret))).toBe('ok');
  });
});

describe('[W114] who is no owner', () => {
  test.each(['editor', 'commenter', 'viewer'] as const)(
    '[W114] but %s changes nobody',
    async (role) => {
      const { guard, log } = await shared({ bob: role, cyd: 'viewer' });
      const refusals = [
        await guard.invite(bob, session, 'bob', 'owner'),
        await guard.invite(bob, session, 'dan', 'viewer'),
        await guard.remove(bob, session, 'cyd'),
        await guard.remove(bob, session, 'ada'),
        await guard.members(bob, session),
        await guard.links(bob, session),
        await guard.makeLink(bob, session, 'viewer'),
        await guard.revokeLink(bob, session, 'digest'),
      ];
      expect(new Set(refusals.map(codeOf))).toEqual(new Set(['forbidden']));
      expect(await membersOf(log)).toBe(`ada owner, bob ${role}, cyd viewer`);
    },
  );

  test('[W114] may go', async () => {
    const { guard, log } = await shared({ bob: 'viewer' });
    expect(codeOf(await guard.remove(bob, session, 'bob'))).toBe('ok');
    expect(codeOf(await guard.remove(bob, session, 'bob'))).toBe('missing');
    expect(await membersOf(log)).toBe('ada owner');
  });
});

describe('[W116] a change', () => {
  test('[W116] is told when it is durable, and with whom it is about', async () => {
    const { guard, log, told } = await shared();
    const seen: string[] = [];
    guard.onChange((id, principal) => {
      // Whoever is told can already judge by it.
      void log.members.role(id, principal).then((found) => seen.push(JSON.stringify(found)));
    });
    await guard.invite(ada, session, 'bob', 'editor');
    await guard.remove(ada, session, 'bob');
    expect(told).toEqual([`${session} bob`, `${session} bob`]);
    expect(seen).toEqual(['{"ok":true,"role":"editor"}', '{"ok":true}']);
  });

  test('[W116] that was refused is not told, nor is a look', async () => {
    const { guard, told } = await shared({ bob: 'viewer' });
    await guard.invite(bob, session, 'cyd', 'viewer');
    await guard.remove(ada, session, 'ada');
    await guard.members(ada, session);
    await guard.enter(bob, session);
    expect(told).toEqual([]);
  });

  test('[W116] of which the log cannot say whether it is durable is told', async () => {
    const { log } = await shared({ bob: 'viewer' });
    const set = (): Promise<Unavailable> => Promise.resolve(unavailable('locked'));
    const members = overriding(log.members, { set });
    const { guard, told } = guarded(overriding(log, { members }));
    expect(codeOf(await guard.remove(ada, session, 'bob'))).toBe('unavailable');
    expect(told).toEqual([`${session} bob`]);
  });

  test('[W116] is told to nobody who has stopped listening', async () => {
    const { guard } = await shared();
    let times = 0;
    const stop = guard.onChange(() => {
      times += 1;
    });
    await guard.invite(ada, session, 'bob', 'viewer');
    stop();
    await guard.invite(ada, session, 'cyd', 'viewer');
    expect(times).toBe(1);
  });
});
