import { describe, expect, test } from 'vitest';
import { httpLimits } from '../../../../server/http/limits.ts';
import type { Log } from '../../../../server/log/log.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { claimsOf } from '../../../support/doorman.ts';
import { overriding } from '../../../support/guarded.ts';
import { advancing } from '../../../support/http.ts';
import { withLibrary, type Device, type LibraryWorld } from '../../../support/library-world.ts';

const nameOf = (at: number): string => `session-0123456789-${at}`;
const one = nameOf(1);

/** Something happens in a session: its title is another one. */
async function happens(world: LibraryWorld, session: string, title: string): Promise<void> {
  world.keeper.changed(session, () => ({ title, preview: '', running: false }));
  world.clock.advance(httpLimits.summaryEveryMs + httpLimits.summarySoonMs);
}

const titlesOf = (sessions: readonly { session: string; title: string }[]): readonly string[] =>
  sessions.map(({ session, title }) => `${session.at(-1)} ${title}`);

const typesOf = async (device: Device): Promise<readonly string[]> =>
  (await device.rest()).map(({ type }) => type);

describe('who is let in', () => {
  test('[W144] by a first message, by a header or by a subprotocol', () =>
    withLibrary(async (world) => {
      const token = await world.token(claimsOf('ada'));
      const byHeader = await world.connect({ headers: { authorization: `Bearer ${token}` } });
      const byProtocol = await world.connect({
        protocols: ['holdfast', `holdfast.token.${token}`],
      });
      const byMessage = await world.connect();
      byMessage.send({ type: 'hello', token });
      byHeader.send({ type: 'hello' });
      byProtocol.send({ type: 'hello' });
      for (const device of [byMessage, byHeader, byProtocol]) {
        expect(await device.next('ready')).toMatchObject({
          principal: 'ada',
          rights: claimsOf('ada').rights,
          expiresAt: 3_600_000,
          incarnation: world.log.incarnation,
        });
        expect(await device.next('page')).toMatchObject({ sessions: [], cursor: null });
      }
      expect(byProtocol.socket.protocol).toBe('holdfast');
      expect(world.library.connections).toBe(3);
    }));

  const strangers: readonly (readonly [
    string,
    (world: LibraryWorld) => Promise<Device>,
    number,
  ])[] = [
    ['whose token is none', (world) => greeting(world, 'x'), 4401],
    ['who sends no token', (world) => greeting(world, undefined), 4401],
    [
      'whose token ended',
      async (world) => greeting(world, await tokenOf(world, { exp: -60 })),
      4401,
    ],
    [
      'whose credential is malformed',
      (world) => world.connect({ headers: { authorization: 'Bearer ?' } }),
      4401,
    ],
    [
      'who says something else first',
      (world) => saying(world, '{"v":[1,0],"id":1,"type":"list"}'),
      4401,
    ],
    ['who sends no JSON', (world) => saying(world, '{'), 4401],
    ['who says too much', (world) => saying(world, 'a'.repeat(limits.helloBytesMax + 1)), 4401],
    ['of another version', (world) => saying(world, '{"v":[9,0],"id":1,"type":"hello"}'), 4426],
    ['who sends bytes', (world) => saying(world, Buffer.from('{}')), 4403],
  ];
  test.each(strangers)('[W144] nobody %s', (_, connect, code) =>
    withLibrary(async (world) => {
      const device = await connect(world);
      expect((await device.closed).code).toBe(code);
      expect(device.received).toEqual([]);
    }),
  );

  test('[W144] nobody who says nothing for too long', () =>
    withLibrary(async (world) => {
      const device = await world.connect();
      const closed = await advancing(world.clock, limits.helloMsMax, device.closed);
      expect(closed).toEqual({ code: 4401, reason: 'token' });
    }));

  test('[W144] until the token ends, unless it is renewed by the same principal', () =>
    withLibrary(async (world) => {
      const { clock } = world;
      const device = await world.open('ada', { exp: 600 });
      const other = await world.token(claimsOf('eve'));
      expect(await device.ask({ type: 'renew-token', token: other })).toMatchObject({
        type: 'error',
        code: 'other-principal',
      });
      expect(await device.ask({ type: 'renew-token', token: 'x' })).toMatchObject({
        type: 'error',
        code: 'invalid',
      });
      const longer = await world.token(claimsOf('ada', { exp: 1_200, rights: ['read'] }));
      expect(await device.ask({ type: 'renew-token', token: longer })).toMatchObject({
        type: 'token-renewed',
        rights: ['read'],
        expiresAt: 1_200_000,
      });
      // It says something now and then, or it would be taken for dead.
      for (let at = 0; at < 119; at++) {
        clock.advance(10_000);
        expect(await typesOf(device)).not.toContain('error');
      }
      clock.advance(60_000);
      expect((await device.closed).code).toBe(4401);
    }));

  test('[W144] and sent away when the server stops, to come back', () =>
    withLibrary(async (world) => {
      const device = await world.open('ada');
      await world.library.close();
      expect((await device.closed).code).toBe(4503);
      expect(world.library.connections).toBe(0);
      expect(world.reported).toEqual(['opened', 'released', 'closed']);
    }));

  test('[W144] with a sign of life every 15 s, and none who gives none', () =>
    withLibrary(async (world) => {
      const device = await world.open('ada');
      const ponged = new Promise((resolve) => device.socket.once('ping', resolve));
      world.clock.advance(limits.heartbeatMs);
      await device.next('beat');
      await ponged;
      // A socket that is not read answers no ping.
      device.socket.pause();
      for (let at = 0; at < 4; at++) world.clock.advance(limits.heartbeatMs);
      device.socket.resume();
      expect((await device.closed).code).toBe(1006);
    }));
});

async function greeting(world: LibraryWorld, token: string | undefined): Promise<Device> {
  const device = await world.connect();
  device.send({ type: 'hello', token });
  return device;
}

async function saying(world: LibraryWorld, data: string | Buffer): Promise<Device> {
  const device = await world.connect();
  device.socket.send(data);
  return device;
}

const tokenOf = (world: LibraryWorld, more: object): Promise<string> =>
  world.token(claimsOf('ada', more));

describe('the live list', () => {
  test('[W145] begins with its latest page, goes on page by page, and then as it changes', () =>
    withLibrary(async (world) => {
      const count = httpLimits.listPageSessions + 1;
      for (let at = 0; at < count; at++) {
        await world.log.create(nameOf(at), { principal: 'ada', role: 'owner' });
        world.clock.advance(1);
      }
      const device = await world.connect();
      device.send({ type: 'hello', token: await world.token(claimsOf('ada')) });
      const first = await device.next('page');
      expect(first.sessions.map(({ session }) => session)).toEqual(
        Array.from({ length: count - 1 }, (_, at) => nameOf(count - 1 - at)),
      );
      const rest = await device.ask({ type: 'list', cursor: first.cursor ?? '' });
      expect(rest).toMatchObject({
        type: 'page',
        sessions: [{ session: nameOf(0) }],
        cursor: null,
      });
      await happens(world, one, 'Walks');
      expect((await device.next('changed')).sessions).toEqual([
        {
          session: one,
          title: 'Walks',
          preview: '',
          running: false,
          lastActivity: expect.any(Number),
          createdAt: 1_001,
        },
      ]);
      expect(await device.ask({ type: 'list', cursor: 'x' })).toMatchObject({ code: 'cursor' });
    }));

  test('[W145] tells everybody who may see it, and nobody else', () =>
    withLibrary(async (world) => {
      const { guard, log } = world;
      await log.create(one, { principal: 'ada', role: 'owner' });
      await guard.invite(claimsOf('ada'), one, 'bob', 'viewer');
      const mine = await world.open('ada');
      const alsoMine = await world.open('ada');
      const shared = await world.open('bob');
      const stranger = await world.open('eve');
      const blind = await world.open('ada', { rights: ['write'] });
      const everything = await world.open('ops', { sessions: ['*'] });
      const named = await world.open('ops', { sessions: [one] });
      const elsewhere = await world.open('ops', { sessions: ['other-*', 'member'] });
      await happens(world, one, 'Walks');
      for (const device of [mine, alsoMine, shared, everything, named]) {
        expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 Walks']);
      }
      for (const device of [stranger, blind, elsewhere]) {
        expect(await typesOf(device)).not.toContain('changed');
      }
    }));

  test('[W145] tells nothing before hello, which news are about', () =>
    withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      const token = await world.token(claimsOf('ada'));
      const device = await world.connect({ headers: { authorization: `Bearer ${token}` } });
      expect(await device.rest()).toEqual([]);
      await happens(world, one, 'Walks');
      expect(await device.rest()).toEqual([]);
      device.send({ type: 'hello' });
      expect(titlesOf((await device.next('page')).sessions)).toEqual(['1 Walks']);
    }));

  test('[W145] brings many changes in messages of bounded size', () =>
    withLibrary(async (world) => {
      const count = limits.listPageSessionsMax + 1;
      for (let at = 0; at < count; at++) {
        await world.log.create(nameOf(at), { principal: 'ada', role: 'owner' });
      }
      const device = await world.open('ada');
      for (let at = 0; at < count; at++) {
        world.keeper.changed(nameOf(at), () => ({ title: 'T', preview: '', running: true }));
      }
      world.clock.advance(httpLimits.summarySoonMs);
      expect((await device.next('changed')).sessions).toHaveLength(count - 1);
      expect((await device.next('changed')).sessions).toHaveLength(1);
    }));

  test('[W146] follows who belongs to a session: it comes, changes its role, and goes', () =>
    withLibrary(async (world) => {
      const { guard, log } = world;
      const ada = claimsOf('ada');
      await log.create(one, { principal: 'ada', role: 'owner' });
      await happens(world, one, 'Walks');
      const device = await world.open('bob');
      await guard.invite(ada, one, 'bob', 'viewer');
      expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 Walks']);
      await happens(world, one, 'Hills');
      expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 Hills']);
      await guard.invite(ada, one, 'bob', 'editor');
      expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 Hills']);
      await guard.remove(ada, one, 'bob');
      expect(await device.next('gone')).toMatchObject({ sessions: [one] });
      await happens(world, one, 'Secret');
      expect(await typesOf(device)).not.toContain('changed');
    }));

  test('[W146] a session that one makes is in one\u2019s list at once', () =>
    withLibrary(async (world) => {
      const device = await world.open('ada');
      const entered = await world.guard.enter(claimsOf('ada'), one);
      expect(entered.ok && (await world.guard.create(entered.access, one)).ok).toBe(true);
      expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 ']);
    }));

  test('[W146] somebody whose token names a session keeps it when it belongs to it no more', () =>
    withLibrary(async (world) => {
      const { guard, log } = world;
      await log.create(one, { principal: 'ada', role: 'owner' });
      await guard.invite(claimsOf('ada'), one, 'bob', 'viewer');
      const device = await world.open('bob', { sessions: ['member', one] });
      await guard.remove(claimsOf('ada'), one, 'bob');
      expect((await device.next('changed')).sessions).toHaveLength(1);
      const renewed = await world.token(claimsOf('bob'));
      await device.ask({ type: 'renew-token', token: renewed });
      await happens(world, one, 'Secret');
      expect(await typesOf(device)).not.toContain('changed');
    }));

  test('[W146] a renewed token may show more, too', () =>
    withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      const device = await world.open('bob');
      const token = await world.token(claimsOf('bob', { sessions: ['session-*'] }));
      await device.ask({ type: 'renew-token', token });
      await happens(world, one, 'Walks');
      expect(titlesOf((await device.next('changed')).sessions)).toEqual(['1 Walks']);
    }));

  test('[W146] who comes back is told by what it may see then', () =>
    withLibrary(async (world) => {
      const ada = claimsOf('ada');
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      await world.guard.invite(ada, one, 'bob', 'viewer');
      const before = await world.open('bob');
      await before.leave();
      while (world.library.connections > 0) await new Promise((resolve) => setImmediate(resolve));
      await world.guard.remove(ada, one, 'bob');
      const device = await world.open('bob');
      await happens(world, one, 'Secret');
      expect(await typesOf(device)).not.toContain('changed');
    }));

  test('[W146] nobody is told while it is looked up who may see it', () => {
    const gate = { wait: Promise.resolve() };
    const over = (log: Log): Log => {
      const role: Log['members']['role'] = async (session, principal) => {
        if (principal === 'bob') await gate.wait;
        return log.members.role(session, principal);
      };
      return overriding(log, { members: overriding(log.members, { role }) });
    };
    return withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      await world.guard.invite(claimsOf('ada'), one, 'bob', 'viewer');
      const device = await world.open('bob');
      const { promise, resolve } = Promise.withResolvers<void>();
      gate.wait = promise;
      await world.guard.remove(claimsOf('ada'), one, 'bob');
      await happens(world, one, 'Secret');
      expect(await typesOf(device)).toEqual(['ready']);
      resolve();
      expect(await device.next('gone')).toMatchObject({ sessions: [one] });
    }, over);
  });

  test('[W146] a session that was deleted is gone for everybody', () =>
    withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      const devices = [await world.open('ada'), await world.open('ops', { sessions: ['*'] })];
      await world.log.delete(one);
      world.keeper.gone(one);
      for (const device of devices) {
        expect(await device.next('gone')).toMatchObject({ sessions: [one] });
      }
      await happens(world, one, 'Back');
      for (const device of devices) expect(await typesOf(device)).not.toContain('changed');
    }));

  test('[W146] nobody is told while nobody can say who may see it', () => {
    const down = { role: '' };
    const over = (log: Log): Log => {
      const role: Log['members']['role'] = async (session, principal) =>
        principal === down.role ? unavailable('damaged') : log.members.role(session, principal);
      return overriding(log, { members: overriding(log.members, { role }) });
    };
    return withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      await world.guard.invite(claimsOf('ada'), one, 'bob', 'viewer');
      const device = await world.open('bob');
      down.role = 'bob';
      await world.guard.remove(claimsOf('ada'), one, 'bob');
      await happens(world, one, 'Secret');
      expect((await device.closed).code).toBe(4503);
      expect(device.received.map(({ type }) => type)).toEqual(['ready', 'page']);
    }, over);
  });
});
