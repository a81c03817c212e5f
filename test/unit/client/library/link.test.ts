import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { retryDelayMs } from '../../../../src/client/library/backoff.ts';
import { libraryLimits } from '../../../../src/client/library/limits.ts';
import { linkStage, settled, type LinkStage } from '../../../support/library-server.ts';

async function live(more?: Parameters<typeof linkStage>[0]): Promise<LinkStage> {
  const stage = linkStage(more);
  stage.link.connect();
  await settled();
  stage.socket().welcome(stage.clock.now());
  return stage;
}

/** Until it dials again; how long that took. */
async function untilDial({ clock, sockets }: LinkStage, ms = 60_000): Promise<number> {
  const before = sockets.length;
  for (let passed = 0; passed <= ms; passed += 100) {
    if (sockets.length > before) return passed;
    clock.advance(100);
    await settled();
  }
  return Infinity;
}

describe('the connection to the library', () => {
  test('[C60] says who it is first, and what it has of the desk', async () => {
    const { link, socket, states } = await live({ rowsAfter: () => 41 });
    expect(socket().url).toBe('wss://holdfast.test/library');
    expect(socket().requests[0]).toMatchObject({ type: 'hello', token: 'token-1', rowsAfter: 41 });
    expect(states).toEqual(['connecting', 'syncing', 'live']);
    link.close();
    expect(socket().isClosed).toBe(true);
  });

  test('[C60] is lost after 20 s of silence, and comes back by itself', async () => {
    const stage = await live();
    stage.clock.advance(15_000);
    stage.socket().say({ type: 'beat' });
    stage.clock.advance(19_999);
    expect(stage.link.state.name).toBe('live');
    stage.clock.advance(1);
    expect(stage.link.state.name).toBe('connecting');
    expect(stage.sockets[0]?.isClosed).toBe(true);
    expect(await untilDial(stage)).toBeLessThanOrEqual(1_100);
    // What the lost one still says means nothing.
    let heard = 0;
    stage.link.onNews(() => (heard += 1));
    stage.sockets[0]?.say({ type: 'page', sessions: [], cursor: null });
    stage.sockets[0]?.break(4403);
    expect([stage.link.state.name, heard]).toEqual(['connecting', 0]);
    stage.link.close();
  });

  test('[C60] one that never opens, and a token that never comes, are given up', async () => {
    const stage = linkStage();
    stage.link.connect();
    await settled();
    stage.clock.advance(20_000);
    expect(stage.link.state).toMatchObject({ name: 'connecting', attempt: 1 });
    stage.tokens.next = () => new Promise(() => undefined);
    stage.clock.advance(1_000);
    expect(stage.link.state).toMatchObject({ name: 'connecting', retryAt: null });
    stage.clock.advance(20_000);
    expect(stage.link.state).toMatchObject({ name: 'connecting', attempt: 2 });
    stage.link.close();
  });

  test('[C60] when the device wakes up it is asked at once whether it still holds', async () => {
    const stage = await live();
    stage.wake('visible');
    expect(stage.socket().last('renew-token')).toMatchObject({ token: 'token-1' });
    stage.clock.advance(4_999);
    expect(stage.link.state.name).toBe('live');
    stage.clock.advance(1);
    expect(stage.link.state.name).toBe('connecting');
    stage.wake('online');
    await settled();
    expect(stage.sockets).toHaveLength(2);
    stage.link.close();
  });

  test('[C60] without a network it says so, and tries a server that is nearer all the same', async () => {
    const stage = await live();
    stage.wake('offline');
    stage.clock.advance(5_000);
    expect(stage.link.state).toMatchObject({ name: 'offline', why: 'no-network' });
    expect(await untilDial(stage)).toBeLessThan(2_000);
    stage.link.close();
  });

  test('[C60] a token is renewed within the connection before it ends', async () => {
    const stage = await live();
    stage.clock.advance(1);
    for (let minute = 0; minute < 59; minute++) {
      for (let beats = 0; beats < 4; beats++) {
        stage.clock.advance(15_000);
        stage.socket().say({ type: 'beat' });
      }
    }
    await settled();
    const renewal = stage.socket().last('renew-token');
    expect(renewal?.token).toBe('token-2');
    const failure = { type: 'error', code: 'keys', message: 'Later.', retryable: true } as const;
    stage.socket().say({ ...failure, re: renewal?.id });
    stage.clock.advance(15_000);
    await settled();
    expect(stage.socket().last('renew-token')?.token).toBe('token-3');
    expect(stage.sockets).toHaveLength(1);
    stage.link.close();
  });

  test('[C60] a token that ended is replaced once at once, and then like any other failure', async () => {
    const stage = await live();
    stage.socket().break(4401);
    await settled();
    expect(stage.socket().url).toContain('/library');
    expect(stage.sockets).toHaveLength(2);
    stage.socket().welcome(stage.clock.now());
    expect(stage.socket().requests[0]).toMatchObject({ token: 'token-2' });
    stage.socket().break(4401);
    await settled();
    expect(stage.sockets).toHaveLength(2);
    expect(stage.link.state).toMatchObject({ name: 'connecting', attempt: 2 });
    stage.link.close();
  });

  test.each([
    [4401, 'token'],
    [4403, 'rights'],
    [4404, 'rights'],
    [4426, 'protocol'],
  ])(
    '[C60] a close with %i before it is let in is said, and not tried again',
    async (code, why) => {
      const stage = linkStage();
      stage.link.connect();
      await settled();
      stage.socket().open();
      stage.socket().break(code);
      expect(stage.link.state).toMatchObject({ name: 'refused', reason: { code: why } });
      expect(await untilDial(stage)).toBe(Infinity);
      stage.link.connect();
      await settled();
      expect(stage.sockets).toHaveLength(2);
      stage.link.close();
    },
  );

  test('[C60] what another version says ends it, what cannot be read does not', async () => {
    const stage = await live();
    stage.socket().garble('{"v":[1,0],"id":1,"type":"page"}');
    stage.socket().garble(new ArrayBuffer(3));
    expect(stage.link.state.name).toBe('live');
    stage.socket().garble('{"v":[2,0],"id":1,"type":"page"}');
    expect(stage.link.state).toMatchObject({ name: 'refused', reason: { code: 'protocol' } });
  });

  test('[C60] a server that has too much to do is left alone for a while', async () => {
    const stage = await live();
    stage.socket().break(4529);
    expect(await untilDial(stage)).toBeGreaterThanOrEqual(5_000);
    stage.link.close();
  });

  test('closed and not wanted are quiet', async () => {
    const stage = await live();
    stage.link.disconnect();
    expect(stage.link.state).toEqual({ name: 'offline', why: 'not-wanted' });
    expect(stage.link.send({ type: 'list', cursor: 'x' })).toBeUndefined();
    stage.link.connect();
    await settled();
    stage.link.close();
    stage.link.connect();
    await settled();
    expect(stage.sockets).toHaveLength(2);
    expect(stage.link.state).toEqual({ name: 'offline', why: 'closed' });
  });
});

test('[C60] pauses are at random within a bound that grows, up to half a minute', () => {
  const chance = seededChance(7);
  for (const attempt of [0, 1, 3, 6, 40]) {
    const delays = Array.from({ length: 400 }, () => retryDelayMs(chance, attempt));
    const bound = Math.min(libraryLimits.retryMsMax, 500 * 2 ** attempt);
    expect(Math.max(...delays)).toBeLessThanOrEqual(bound);
    expect(Math.max(...delays)).toBeGreaterThan(bound * 0.9);
    expect(Math.min(...delays)).toBeLessThan(bound * 0.1);
  }
});
