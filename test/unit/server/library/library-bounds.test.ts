import { describe, expect, test } from 'vitest';
import { httpLimits } from '../../../../server/http/limits.ts';
import type { Log } from '../../../../server/log/log.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import type { Summaries } from '../../../../server/log/summaries.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { claimsOf } from '../../../support/doorman.ts';
import { overriding } from '../../../support/guarded.ts';
import { withLibrary } from '../../../support/library-world.ts';

const nameOf = (at: number): string => `session-0123456789-${at}`;
const one = nameOf(1);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const say = (title: string) => (): { title: string; preview: string; running: boolean } => ({
  title,
  preview: title,
  running: false,
});

/** A log whose pages of the list are given when the test lets them. */
function held(): { over: (log: Log) => Log; gate: { wait: Promise<void> } } {
  const gate = { wait: Promise.resolve() };
  const over = (log: Log): Log => {
    const latest: Summaries['latest'] = async (...args) => {
      const { wait } = gate;
      const answer = await log.summaries.latest(...args);
      await wait;
      return answer;
    };
    return overriding(log, { summaries: overriding(log.summaries, { latest }) });
  };
  return { over, gate };
}

describe('the library', () => {
  test('[W148] tells what happens while a page is read after that page', () => {
    const { over, gate } = held();
    return withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      const device = await world.open('ada');
      const { promise, resolve } = Promise.withResolvers<void>();
      gate.wait = promise;
      device.send({ type: 'hello' });
      await device.next('ready');
      await device.next('ready');
      for (let at = 0; at < 20; at++) await turn();
      world.keeper.gone(one);
      resolve();
      const page = await device.next('page');
      expect(page.sessions.map(({ session }) => session)).toEqual([one]);
      await device.next('gone');
      const types = device.received.map(({ type }) => type);
      expect(types.slice(-3)).toEqual(['ready', 'page', 'gone']);
    }, over);
  });

  test('[W148] cuts off who asks for more than it can take answers of', () => {
    const { over, gate } = held();
    return withLibrary(async (world) => {
      await world.log.create(one, { principal: 'ada', role: 'owner' });
      const device = await world.open('ada');
      gate.wait = new Promise(() => undefined);
      const cursor = Buffer.from(JSON.stringify([1, one])).toString('base64url');
      for (let at = 0; at <= limits.libraryRequestsMax; at++) device.send({ type: 'list', cursor });
      expect(await device.closed).toEqual({ code: 4529, reason: 'busy' });
    }, over);
  });

  test('[W148] cuts off who says much before it is known who it is', () =>
    withLibrary(async (world) => {
      const device = await world.connect();
      const token = await world.token(claimsOf('ada'));
      for (let at = 0; at < 9; at++) device.send({ type: 'hello', token });
      expect((await device.closed).code).toBe(4529);
    }));

  test('[W148] cuts off who does not take what it is told, and nobody else', () =>
    withLibrary(async (world) => {
      const count = limits.listPageSessionsMax;
      for (let at = 0; at < count; at++) {
        await world.log.create(nameOf(at), { principal: 'ada', role: 'owner' });
      }
      const slow = await world.open('ada');
      const quick = await world.open('ada');
      slow.socket.pause();
      for (let round = 0; !world.reported.includes('slow'); round++) {
        for (let at = 0; at < count; at++) {
          world.keeper.changed(nameOf(at), say('\u4e00'.repeat(limits.titleCharsMax)));
        }
        world.clock.advance(httpLimits.summaryEveryMs);
        expect((await quick.next('changed')).sessions).toHaveLength(count);
        expect(round).toBeLessThan(1_000);
      }
      slow.socket.resume();
      expect([4529, 1006]).toContain((await slow.closed).code);
      expect(world.library.connections).toBe(1);
    }));

  test('[W148] has a bound on the connections of one principal', () =>
    withLibrary(async (world) => {
      for (let at = 0; at < 50; at++) await world.open('ada');
      const late = await world.connect();
      late.send({ type: 'hello', token: await world.token(claimsOf('ada')) });
      expect((await late.closed).code).toBe(4529);
      const other = await world.open('bob');
      await other.leave();
      const last = await world.open('bob');
      await last.leave();
    }));

  test('[W148] counts who has gone no more', () =>
    withLibrary(async (world) => {
      for (let at = 0; at < 60; at++) {
        const device = await world.open('ada');
        await device.leave();
        while (world.library.connections > 0) await turn();
      }
      const ended = world.reported.filter((what) => what === 'closed');
      expect(ended).toHaveLength(60);
      expect(world.library.remembered).toBe(0);
    }));

  test('[W148] waits for a slow reader of what it asked for itself', () =>
    withLibrary(async (world) => {
      const large = JSON.stringify('a'.repeat(limits.rowBytesMax - 2));
      const count = 4 * limits.rowsPageMax;
      for (let at = 1; at <= count; at++) {
        await world.desk.write('ada', { key: `row ${at}`, json: large, known: 0 });
      }
      const device = await world.connect();
      device.send({ type: 'hello', token: await world.token(claimsOf('ada')), rowsAfter: 0 });
      await device.next('page');
      device.socket.pause();
      for (let at = 0; at < 200; at++) await turn();
      device.socket.resume();
      let seq = 0;
      while (seq < count) seq = (await device.next('rows')).rows.at(-1)?.seq ?? 0;
      expect(world.reported).not.toContain('slow');
    }));

  test('[W148] sends away, to come back, whose sessions cannot be read', () => {
    const over = (log: Log): Log =>
      overriding(log, {
        members: overriding(log.members, { sessions: async () => unavailable('damaged') }),
      });
    return withLibrary(async (world) => {
      for (let at = 0; at < 2; at++) {
        const device = await world.connect();
        device.send({ type: 'hello', token: await world.token(claimsOf('ada')) });
        expect((await device.closed).code).toBe(4503);
      }
    }, over);
  });

  test('[W148] reads all memberships, however many pages they have', () =>
    withLibrary(async (world) => {
      const count = httpLimits.membershipsPage + 1;
      for (let at = 0; at < count; at++) {
        await world.log.create(nameOf(at + 1_000), { principal: 'ada', role: 'owner' });
      }
      const device = await world.open('ada');
      world.keeper.changed(nameOf(count + 999), say('last'));
      world.clock.advance(httpLimits.summarySoonMs);
      expect((await device.next('changed')).sessions).toMatchObject([{ title: 'last' }]);
      await device.leave();
      // Whoever comes after the last has gone is told as well.
      const next = await world.open('ada');
      world.keeper.changed(nameOf(1_000), say('first'));
      world.clock.advance(httpLimits.summaryEveryMs);
      expect((await next.next('changed')).sessions).toMatchObject([{ title: 'first' }]);
    }));

  test('[W148] answers what it does not understand, and goes on', () =>
    withLibrary(async (world) => {
      const device = await world.open('ada');
      device.socket.send('{"v":[1,0],"id":77,"type":"dance"}');
      expect(await device.next('error')).toMatchObject({ re: 77, code: 'command-unknown' });
      device.socket.send('{"v":[1,99],"id":78,"type":"dance"}');
      device.socket.send('{');
      expect(await device.next('error')).toMatchObject({ code: 'json-shape' });
      device.socket.send('a'.repeat(limits.libraryMessageBytesMax + 1));
      expect((await device.closed).code).toBe(1009);
    }));
});
