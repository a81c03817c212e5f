// Who comes in by a socket, and how it is told when not: real sockets, a real server, and a
// clock that is turned by hand.

import { connect as dial } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../../../src/protocol/frame.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import { sharedSync, withSync } from '../../../support/sync-stage.ts';
import { connect, refusedUpgrade } from '../../../support/wire-client.ts';

const session = 'hello-0123456789abcdef';
const step1 = { type: 'sync-step-1', stateVector: Uint8Array.of(0) } as const;

describe('a token', () => {
  const shared = sharedSync();

  test.each(['query', 'header', 'subprotocol', 'hello'] as const)(
    '[W165] [W110] comes by %s',
    async (by) => {
      const ann = await shared().wire('ann', session, {}, { by });
      ann.send(step1);
      await ann.next('sync-step-2');
      expect(ann.subprotocol).toBe(by === 'subprotocol' ? 'holdfast' : '');
    },
  );

  test('[W165] in a first frame is answered with who one is and what one may do', () =>
    withSync(async (stage) => {
      const ann = await stage.wire('ann', session, {}, { by: 'hello' });
      const ready = await ann.command(({ type }) => type === 'ready');
      expect(ready).toMatchObject({
        re: 1,
        principal: 'ann',
        rights: ['read', 'write', 'control', 'annotate', 'agent', 'create', 'admin'],
        expiresAt: stage.clock.now() + 300_000,
      });
      // From whoever brought it with the upgrade, the same.
      const bob = await stage.wire('bob', session, { rights: ['read'] });
      expect(await bob.ask({ type: 'hello' })).toMatchObject({
        principal: 'bob',
        rights: ['read'],
        generation: 'generation' in ready ? ready.generation : '',
      });
    }));

  test('[W165] that does not come within 5 s ends the connection', () =>
    withSync(async (stage) => {
      const ann = await connect({ url: stage.url, session });
      const eve = await connect({ url: stage.url, session });
      await arrived(stage.server, 2);
      stage.clock.advance(limits.helloMsMax - 1);
      ann.tell({ type: 'hello', token: await stage.token('ann') });
      await ann.command(({ type }) => type === 'ready');
      stage.clock.advance(1);
      expect(await eve.closed).toEqual({ code: 4401, reason: 'token' });
      expect(ann.isOpen).toBe(true);
      await ann.terminate();
    }));

  test('[W165] nothing is loaded before', () =>
    withSync(async (stage) => {
      const eve = await connect({ url: stage.url, session });
      await arrived(stage.server, 1);
      expect(stage.server.rooms.size).toBe(0);
      await eve.terminate();
    }));

  test.each([
    ['no command', encodeFrame(step1)],
    ['no frame', Uint8Array.of(9, 9, 9)],
    [
      'another command',
      encodeFrame({ type: 'command', json: '{"v":[1,0],"id":1,"type":"ready"}' }),
    ],
    [
      'a hello without one',
      encodeFrame({ type: 'command', json: '{"v":[1,0],"id":1,"type":"hello"}' }),
    ],
    [
      'a hello that is too long',
      encodeFrame({
        type: 'command',
        json: `{"v":[1,0],"id":1,"type":"hello","token":"x","more":"${'x'.repeat(limits.helloBytesMax)}"}`,
      }),
    ],
  ])('[W165] a first frame that is %s ends the connection', async (_, bytes) => {
    const { url, server } = shared();
    const eve = await connect({ url, session: 'never-0123456789abcdef' });
    eve.send(bytes);
    expect(await eve.closed).toEqual({ code: 4401, reason: 'token' });
    expect(server.rooms.find('never-0123456789abcdef')).toBeUndefined();
  });

  test('[W165] a first frame with a good token is still short', async () => {
    const { url } = shared();
    const token = await shared().token('ann');
    const eve = await connect({ url, session });
    const hello = {
      v: [1, 0],
      id: 1,
      type: 'hello',
      token,
      more: 'x'.repeat(limits.helloBytesMax),
    };
    eve.send({ type: 'command', json: JSON.stringify(hello) });
    expect(await eve.closed).toEqual({ code: 4401, reason: 'token' });
  });

  test('[W165] [F35] many bytes before a first frame end the connection at once', () =>
    withSync(async (stage) => {
      const eve = await connect({ url: stage.url, session });
      eve.send(new Uint8Array(4 * 1024 * 1024));
      expect((await eve.closed).code).toBe(1006);
    }));

  test('[W110] that is bad, or one of two, is no token; it is in no log', () =>
    withSync(async (stage) => {
      const good = await stage.token('ann');
      const bad = await connect({ url: stage.url, session, token: 'not.a.token' });
      expect(await bad.closed).toEqual({ code: 4401, reason: 'token' });
      const two = await connect({
        url: stage.url,
        session,
        token: good,
        headers: { authorization: `Bearer ${await stage.token('bob')}` },
      });
      expect((await two.closed).code).toBe(4401);
      const late = await stage.token('ann', { exp: stage.clock.now() / 1_000 - 31 });
      const old = await connect({ url: stage.url, session, token: late });
      expect((await old.closed).code).toBe(4401);
      expect(JSON.stringify(stage.logged)).not.toContain(good.slice(-20));
    }));
});

describe('a session', () => {
  test('[F39] [W113] [W169] that is missing, not shared, or has no name is all the same', () =>
    withSync(async (stage) => {
      await stage.server.log.create(session, { principal: 'ann', role: 'owner' });
      const asked = [
        ['missing-0123456789abcdef', { rights: ['read', 'write'] }],
        [session, { sessions: ['member'] }],
        [session, { rights: ['write'] }],
        ['short', {}],
      ] as const;
      for (const [id, more] of asked) {
        const eve = await stage.wire('eve', id, more);
        expect(await eve.closed, id).toEqual({ code: 4404, reason: 'missing' });
        expect(stage.server.rooms.size).toBe(0);
      }
    }));

  test('[W104] [W114] comes into being when somebody who may make it comes, and is theirs', () =>
    withSync(async (stage) => {
      const ann = await stage.wire('ann', session, { sessions: ['member'] });
      ann.send(step1);
      await ann.next('sync-step-2');
      expect(await stage.server.log.members.role(session, 'ann')).toMatchObject({ role: 'owner' });
    }));

  test('[W166] of another generation than the peer knows is not mixed with it', () =>
    withSync(async (stage) => {
      const ann = await stage.wire('ann', session, {}, { by: 'hello' });
      const ready = await ann.command(({ type }) => type === 'ready');
      const generation = 'generation' in ready ? (ready.generation ?? '') : '';
      const token = await stage.token('bob');
      const bob = await connect({ url: stage.url, session });
      bob.tell({ type: 'hello', token, generation });
      expect(await bob.command()).toMatchObject({ type: 'ready', generation });
      const cay = await connect({ url: stage.url, session });
      cay.tell({ type: 'hello', token, generation: 'older' });
      expect(await cay.closed).toEqual({ code: 4409, reason: 'generation' });
      const dan = await stage.wire('dan', session);
      dan.tell({ type: 'hello', generation: 'older' });
      expect((await dan.closed).code).toBe(4409);
      await bob.terminate();
    }));
});

describe('an upgrade', () => {
  test('[W172] [W111] of another page is refused before anything is made of it', () =>
    withSync(async (stage) => {
      const token = await stage.token('ann');
      const { url } = stage;
      const of = (headers: Readonly<Record<string, string>>, path = '/sync/') =>
        refusedUpgrade({ url, session, token, headers, path });
      expect((await of({ origin: 'https://elsewhere.example' })).status).toBe(403);
      expect((await of({ origin: 'null' })).status).toBe(403);
      expect((await of({}, '/elsewhere/')).status).toBe(404);
      expect((await of({}, '/sync/a/')).status).toBe(404);
      const own = await stage.wire('ann', session, {}, { headers: { origin: url } });
      own.send(step1);
      await own.next('sync-step-2');
      expect(stage.server.connections).toBe(1);
    }));

  test('[W172] [W112] beyond what an address or a principal may have is told to come back', () =>
    withSync(
      async (stage) => {
        await stage.wire('ann', session);
        await stage.wire('ann', session);
        const third = await stage.wire('ann', session);
        expect(await third.closed).toEqual({ code: 4529, reason: 'busy' });
        await stage.wire('bob', session);
        await stage.wire('cay', session);
        const { status, headers } = await refusedUpgrade({ url: stage.url, session });
        expect(status).toBe(429);
        expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      },
      { caps: { address: { openMax: 4 }, principal: { openMax: 2 } } },
    ));

  test('[W172] [W168] into a session that is crowded is told to come back', () =>
    withSync(
      async (stage) => {
        for (const name of ['ann', 'bob']) {
          const one = await stage.wire(name, session);
          one.send(step1);
          await one.next('sync-step-2');
        }
        const cay = await stage.wire('cay', session);
        expect((await cay.closed).code).toBe(4529);
      },
      { limits: { connectionsMax: 2 } },
    ));

  test.each([`sync/${session}`, 'library'])(
    '[W172] to %s that is no WebSocket takes nobody’s place',
    (place) =>
      withSync(
        async (stage) => {
          const socket = dial(stage.port, '127.0.0.1');
          const head = `GET /${place} HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}`;
          socket.write(`${head}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
          const [answer] = (await once(socket, 'data')) as [Buffer];
          expect(answer.toString()).toMatch(/^HTTP\/1.1 400/);
          if (!socket.closed) await once(socket, 'close');
          const ann = await stage.wire('ann', session);
          ann.send(step1);
          await ann.next('sync-step-2');
        },
        { caps: { address: { openMax: 1 } } },
      ),
  );

  test('[W172] that come all at once are all let in', () =>
    withSync(async (stage) => {
      const crowd = await Promise.all(
        Array.from({ length: 60 }, (_, at) => stage.wire(`peer-${at}`, session)),
      );
      for (const peer of crowd) peer.send(step1);
      await Promise.all(crowd.map((peer) => peer.next('sync-step-2')));
      expect(stage.server.connections).toBe(60);
    }));

  test('[W172] that is broken off halfway leaves nothing', () =>
    withSync(async (stage) => {
      const socket = dial(stage.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`GET /sync/${session} HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nUpgr`);
      socket.destroy();
      const ann = await stage.wire('ann', session);
      ann.send(step1);
      await ann.next('sync-step-2');
      expect(stage.server.connections).toBe(1);
    }));
});

/** Until so many connections are open: each turn of the loop may bring one. */
async function arrived(server: { readonly connections: number }, count: number): Promise<void> {
  while (server.connections < count) await new Promise((resolve) => setImmediate(resolve));
}
