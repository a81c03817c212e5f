// A connection that is in: what it may do as its token and its place change, what is said to
// whoever sends what it may not, and that nobody is kept who is not there.

import { describe, expect, test } from 'vitest';
import { encodeFrame, type Frame } from '../../../../src/protocol/frame.ts';
import { limits } from '../../../../src/protocol/limits.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { map, textType, values, words } from '../../../support/gate.ts';
import { sharedSync, type SyncStage, withSync } from '../../../support/sync-stage.ts';
import { block, update } from '../../../support/update-bytes.ts';
import type { WireClient } from '../../../support/wire-client.ts';

const session = 'live-0123456789abcdef';
const step1: Frame = { type: 'sync-step-1', stateVector: Uint8Array.of(0) };
const emptyAnswer: Frame = { type: 'sync-step-2', update: update([]) };

/** One key of meta, at a clock of a client. */
const key = (client: number, clock: number): Frame => ({
  type: 'update',
  update: update([block(client, clock, [values({ in: 'meta', key: `k${clock}` }, 1)])]),
});

const annotation = (client: number): Frame => ({
  type: 'update',
  update: update([block(client, 0, [values({ in: 'annotations', key: 'a/b/c' }, 1)])]),
});

/** In, and both sides have answered. */
async function joined(
  stage: SyncStage,
  sub: string,
  more: Partial<Claims> = {},
  id = session,
): Promise<WireClient> {
  const client = await stage.wire(sub, id, more);
  client.send(step1);
  await client.next('sync-step-2');
  if (client.count('sync-step-1') > 0) client.send(emptyAnswer);
  return client;
}

/** Joined and known as a peer that speaks our commands. */
async function extended(stage: SyncStage, sub: string, id: string): Promise<WireClient> {
  const client = await joined(stage, sub, {}, id);
  await client.barrier();
  return client;
}

/** A change is judged at once, and what is asked meanwhile is answered before. */
async function untilRights(client: WireClient, wanted: readonly string[]): Promise<void> {
  for (;;) {
    const ready = await client.ask({ type: 'hello' });
    if ('rights' in ready && ready.rights.join() === wanted.join()) return;
  }
}

/** Time passes, and the peer answers what it is asked meanwhile. */
async function elapse(stage: SyncStage, client: WireClient, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= limits.heartbeatMs) {
    stage.clock.advance(Math.min(left, limits.heartbeatMs));
    await client.ask({ type: 'hello' });
  }
}

describe('a token', () => {
  test('[W166] [F38] that ends ends the connection, with the skew of clocks', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      await elapse(stage, ann, 300_000 + limits.clockSkewMsMax - 1);
      ann.send(key(1, 0));
      await ann.barrier();
      stage.clock.advance(1);
      expect(await ann.closed).toEqual({ code: 4401, reason: 'token' });
    }));

  test('[W166] [F38] that is renewed counts from then on', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      await elapse(stage, ann, 200_000);
      const token = await stage.token('ann', { rights: ['read', 'write'] });
      expect(await ann.ask({ type: 'renew-token', token })).toMatchObject({
        type: 'token-renewed',
        rights: ['read', 'write'],
        expiresAt: stage.clock.now() + 300_000,
      });
      await elapse(stage, ann, 250_000);
      ann.send(key(1, 0));
      await ann.barrier();
      ann.send(annotation(2));
      expect(await ann.command()).toMatchObject({ type: 'refused', rule: 'right', client: 2 });
      await elapse(stage, ann, 79_999);
      stage.clock.advance(1);
      expect((await ann.closed).code).toBe(4401);
    }));

  test('[W166] of somebody else, or a bad one, renews nothing', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      const other = await stage.token('bob');
      expect(await ann.ask({ type: 'renew-token', token: other })).toMatchObject({
        type: 'error',
        code: 'other-principal',
        retryable: false,
      });
      expect(await ann.ask({ type: 'renew-token', token: 'x.y.z' })).toMatchObject({
        type: 'error',
        code: 'invalid',
      });
      ann.send(key(1, 0));
      await ann.barrier();
      await elapse(stage, ann, 329_999);
      stage.clock.advance(1);
      expect((await ann.closed).code).toBe(4401);
    }));

  test('[W166] that is renewed without the right to read ends the connection', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      const token = await stage.token('ann', { rights: [] });
      ann.tell({ type: 'renew-token', token });
      expect((await ann.closed).code).toBe(4404);
    }));
});

describe('a place in a session', () => {
  test('[W116] [W166] [F38] that is taken away ends the connection, before the answer', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann', { sessions: ['member'] });
      const owner = { sub: 'ann', name: 'ann', kind: 'person', exp: 0 } as const;
      const by: Claims = { ...owner, rights: ['read', 'write', 'admin'], sessions: ['member'] };
      await stage.server.guard.invite(by, session, 'bob', 'editor');
      const bob = await joined(stage, 'bob', { sessions: ['member'] });
      bob.send(key(2, 0));
      await bob.barrier();
      // Less: what it may not do any more is refused on the open connection.
      await stage.server.guard.invite(by, session, 'bob', 'viewer');
      await untilRights(bob, ['read']);
      bob.send(key(2, 1));
      expect(await bob.command()).toMatchObject({ type: 'refused', rule: 'read-only' });
      // More again: for a new connection, and for one that is open.
      const again = await stage.wire('bob', session, { sessions: ['member'] });
      again.send(step1);
      await again.next('sync-step-2');
      expect(again.count('sync-step-1')).toBe(0);
      await stage.server.guard.invite(by, session, 'bob', 'commenter');
      await again.next('sync-step-1');
      again.send(emptyAnswer);
      again.send(annotation(3));
      await again.barrier();
      // Nothing.
      await stage.server.guard.remove(by, session, 'bob');
      expect((await again.closed).code).toBe(4404);
      expect((await bob.closed).code).toBe(4404);
      ann.send(key(1, 0));
      await ann.barrier();
    }));
});

describe('what is said to whoever sends', () => {
  const shared = sharedSync();
  let cases = 0;
  const bad = update([block(1, 0, [values({ in: 'elsewhere', key: 'x' }, 1)])]);

  test.each([
    ['an unknown type of frame', Uint8Array.of(77), 4403, 'refused'],
    ['nothing', new Uint8Array(), 4403, 'refused'],
    ['two messages in one frame', Uint8Array.of(1, 1, 0, 1, 1, 0), 4403, 'refused'],
    ['an unknown kind of sync', Uint8Array.of(0, 9, 0), 4403, 'refused'],
    [
      'a state vector that is none',
      encodeFrame({ ...step1, stateVector: Uint8Array.of(7) }),
      4403,
      'refused',
    ],
    ['an update that breaks a rule', encodeFrame({ type: 'update', update: bad }), 4403, 'refused'],
    ['a barrier that is too long', Uint8Array.of(102, 65, ...new Uint8Array(65)), 4403, 'refused'],
    [
      'an update that is too large',
      encodeFrame({ type: 'update', update: new Uint8Array(300_000) }),
      4413,
      'too-large',
    ],
    [
      'an answer that nobody asked for',
      encodeFrame({ type: 'sync-step-2', update: new Uint8Array(300_000) }),
      4413,
      'too-large',
    ],
    [
      'a frame that is larger than any',
      new Uint8Array(limits.frameBytesMax + 1),
      4413,
      'too-large',
    ],
  ] as const)('[W155] [W13] [F23] [F35] a stock peer: %s', async (_, bytes, code, reason) => {
    const stage = shared();
    const id = `${++cases}-0123456789abcdef`;
    const ann = await joined(stage, 'ann', {}, id);
    const eve = await joined(stage, 'eve', {}, id);
    // Its question is answered, so that its next SyncStep2 is not awaited.
    eve.send(key(9, 0));
    await ann.next('update');
    eve.send(bytes);
    expect(await eve.closed).toEqual({ code, reason });
    ann.send(key(1, 0));
    await ann.barrier();
    await ann.close();
  });

  test('[W155] words of text, which no peer sends', async () => {
    const eve = await joined(shared(), 'eve', {}, 'text-0123456789abcdef');
    eve.sendText('hello');
    expect((await eve.closed).code).toBe(4403);
  });

  test('[W155] [W12] our own commands: each gets its answer', async () => {
    const ann = await extended(shared(), 'ann', 'commands-0123456789abcdef');
    ann.send({ type: 'update', update: bad });
    expect(await ann.command()).toMatchObject({ type: 'refused', rule: 'root', client: 1 });
    const say = (json: string): void => ann.send({ type: 'command', json });
    say('{"v":[1,0],"id":7,"type":"unheard-of"}');
    expect(await ann.command()).toMatchObject({ re: 7, type: 'error', code: 'command-unknown' });
    say('{"v":[1,9],"id":8,"type":"of-a-newer-minor"}');
    say('no json');
    expect(await ann.command()).toMatchObject({ type: 'error', code: 'json-shape' });
    say('{"v":[1,0],"id":9,"type":"token-renewed","rights":[],"expiresAt":1}');
    expect(await ann.command()).toMatchObject({ re: 9, type: 'error', code: 'unexpected' });
    expect(ann.isOpen).toBe(true);
    say('{"v":[2,0],"id":10,"type":"hello"}');
    expect(await ann.closed).toEqual({ code: 4426, reason: 'upgrade' });
  });
});

describe('a connection', () => {
  test('[W164] [W2] hears something every 15 s', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      for (let beat = 0; beat < 5; beat++) {
        stage.clock.advance(limits.heartbeatMs);
        const { entries } = await ann.next('awareness');
        expect([...entries]).toEqual([0]);
      }
    }));

  test('[W164] [F3] that is silent for two beats is cut, and seen to leave', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      const eve = await joined(stage, 'eve');
      eve.pause();
      for (let beat = 0; beat < 4; beat++) {
        stage.clock.advance(limits.heartbeatMs);
        await ann.next('awareness');
        // Its pong is on its way: whoever is asked something has answered.
        await ann.ask({ type: 'hello' });
      }
      expect(stage.server.connections).toBe(1);
      eve.resume();
      expect((await eve.closed).code).toBe(1006);
      expect(ann.isOpen).toBe(true);
    }));

  test('[W168] [F36] that takes nothing is cut off, and nobody waits for it', () =>
    withSync(
      async (stage) => {
        const ann = await joined(stage, 'ann');
        const bob = await joined(stage, 'bob');
        const eve = await joined(stage, 'eve', { rights: ['read'] });
        eve.pause();
        ann.send({
          type: 'update',
          update: update([
            block(1, 0, [
              map({ in: 'messages' }),
              textType({ in: [1, 0], key: 'body' }),
              words({ in: [1, 1] }, 'x'),
            ]),
          ]),
        });
        const piece = 'x'.repeat(200_000);
        let clock = 3;
        while (stage.server.connections === 3 && clock < 100_000_000) {
          ann.send({
            type: 'update',
            update: update([block(1, clock, [words({ origin: [1, clock - 1] }, piece)])]),
          });
          await ann.barrier();
          clock += piece.length;
        }
        expect(stage.logged.map(({ message }) => message)).toContain(
          'a connection that took nothing was cut off',
        );
        eve.resume();
        expect((await eve.closed).code).toBe(1006);
        await bob.barrier();
        expect(bob.got.bytes).toBeGreaterThan(clock - 10);
      },
      { limits: { socketBytesMax: 1024 * 1024 } },
    ));

  test('[W168] [F36] that asks for everything again and again costs what it takes', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      const update_ = (clock: number): Frame => ({
        type: 'update',
        update: update([
          block(1, clock, [
            clock === 0
              ? map({ in: 'messages' })
              : values({ in: 'meta', key: `${clock}${'x'.repeat(1_000)}` }, 1),
          ]),
        ]),
      });
      for (let clock = 0; clock < 3_000; clock++) ann.send(update_(clock));
      await ann.barrier();
      const eve = await joined(stage, 'eve', { rights: ['read'] });
      const whole = eve.got.bytes;
      expect(whole).toBeGreaterThan(3_000_000);
      eve.pause();
      const before = process.memoryUsage().arrayBuffers;
      for (let at = 0; at < 500; at++) eve.send(step1);
      for (let at = 0; at < 20; at++) await ann.barrier();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * whole);
      eve.resume();
      await ann.barrier();
    }));

  test('[W171] [F31] of a server that stops is closed to come back, with what it wrote stored', () =>
    withSync(async (stage) => {
      const ann = await joined(stage, 'ann');
      ann.send(key(1, 0));
      const closing = stage.server.close();
      expect(await ann.closed).toEqual({ code: 4503, reason: 'unavailable' });
      await closing;
    }));
});
