// Sockets that live by name only, and what wakes a connection.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { live, settle, staged } from '../../../support/scripted-stage.ts';

describe('a socket that is none', () => {
  test('[C15] one that never opens is given up after 10 s', async () => {
    await staged(async ({ device, socket }) => {
      device.connection.connect();
      const first = await socket(1);
      device.clock.advance(9_999);
      expect(device.connection.state).toMatchObject({ name: 'connecting', attempt: 0 });
      device.clock.advance(1);
      expect(device.connection.state).toMatchObject({ name: 'connecting', attempt: 1 });
      expect(first.readyState).toBe(2);
      device.clock.advance(250);
      await socket(2);
      // Too late to be anything.
      first.open();
      expect(device.connection.state.name).toBe('connecting');
    });
  });

  test('[C15] a server that says nothing, or nothing of the session, is given up after 20 s', async () => {
    await staged(async ({ device, socket }) => {
      device.connection.connect();
      const first = await socket(1);
      first.open();
      device.clock.advance(15_000);
      first.beat();
      device.clock.advance(4_999);
      expect(device.connection.state.name).toBe('syncing');
      device.clock.advance(1);
      expect(device.connection.state.name).toBe('connecting');
      device.clock.advance(250);
      const second = await socket(2);
      second.open();
      second.ready();
      for (let i = 0; i < 5; i++) {
        device.clock.advance(15_000);
        second.say({ type: 'update', update: new Uint8Array([0, 0]) });
      }
      expect(device.connection.state.name).toBe('syncing');
    });
  });

  test('[C15] a silence is asked about after 16 s, and ended after 20', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      const first = await live(stage);
      device.clock.advance(15_000);
      first.beat();
      device.clock.advance(15_999);
      expect(first.all('barrier')).toHaveLength(0);
      device.clock.advance(1);
      expect(first.all('barrier')).toHaveLength(1);
      device.clock.advance(3_999);
      expect(device.connection.state.name).toBe('live');
      device.clock.advance(1);
      expect(device.connection.state.name).toBe('connecting');
      device.clock.advance(250);
      await socket(2);
    });
  });

  test('[C15] whoever answers, or says anything, stays', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      for (let i = 0; i < 20; i++) {
        device.clock.advance(17_000);
        if (i % 2 === 0) socket.echo();
        else socket.beat();
      }
      expect(device.states.map(({ name }) => name)).toEqual(['connecting', 'syncing', 'live']);
      expect(device.durableTo).toBe(0);
    });
  });

  test('[C15] after a refusal the silence counts by itself', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      socket.command({ id: 2, type: 'refused', client: 7, clock: 3, rule: 'shape' });
      device.wake.signal('visible');
      device.clock.advance(15_000);
      expect(device.connection.state.name).toBe('live');
      socket.beat();
      device.clock.advance(20_000);
      expect(device.connection.state.name).toBe('connecting');
    });
  });

  test('what makes no sense ends the connection and is told', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      for (const nonsense of ['text', new Uint8Array([0, 9]).buffer]) {
        device.connection.connect();
        const socket = await stage.socket(stage.sockets.length + 1);
        socket.open();
        socket.greet();
        socket.raw(nonsense);
        expect(device.connection.state.name).toBe('connecting');
        expect(device.errors.at(-1)?.code).toBe('not-understood');
      }
    });
  });
});

describe('waking', () => {
  for (const signal of ['online', 'visible', 'page-restored'] as const) {
    test(`[C15] by "${signal}" it asks at once, and gives up soon`, async () => {
      await staged(async (stage) => {
        const { device } = stage;
        const socket = await live(stage);
        device.wake.signal(signal);
        expect(socket.all('barrier')).toHaveLength(1);
        socket.echo();
        device.clock.advance(10_000);
        expect(device.connection.state.name).toBe('live');
        device.wake.signal(signal);
        device.clock.advance(3_999);
        expect(device.connection.state.name).toBe('live');
        device.clock.advance(1);
        expect(device.connection.state.name).toBe('connecting');
      });
    });
  }

  test('[C15] a question behind much that is still being taken is given time', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      socket.bufferedAmount = 3_000;
      device.wake.signal('visible');
      for (let left = 2_000; left >= 0; left -= 1_000) {
        socket.bufferedAmount = left;
        device.clock.advance(4_000);
        expect(device.connection.state.name).toBe('live');
      }
      device.clock.advance(4_000);
      expect(device.connection.state.name).toBe('connecting');
    });
  });

  test('[C10] it dials at once, and counts anew', async () => {
    await staged(async ({ device, socket }) => {
      device.connection.connect();
      for (let i = 1; i <= 6; i++) {
        (await socket(i)).end(1006);
        expect(device.connection.state).toMatchObject({ name: 'connecting', attempt: i });
        if (i < 6) device.clock.advance(30_000);
      }
      const { state } = device.connection;
      const retryAt = state.name === 'connecting' ? state.retryAt : null;
      expect(retryAt).toBeGreaterThan(device.clock.now());
      device.wake.signal('visible');
      await socket(7);
      expect(device.connection.state).toMatchObject({ attempt: 0, retryAt: null });
    });
  });

  test('[C15] while it is syncing it has to come further soon', async () => {
    await staged(async ({ device, socket }) => {
      device.connection.connect();
      const first = await socket(1);
      first.open();
      device.wake.signal('visible');
      device.clock.advance(3_999);
      expect(device.connection.state.name).toBe('syncing');
      first.ready();
      device.wake.signal('visible');
      device.clock.advance(4_000);
      expect(device.connection.state.name).toBe('connecting');
    });
  });

  test('an attempt from before a sleep is begun anew, a young one is not', async () => {
    await staged(async ({ device, socket }) => {
      device.connection.connect();
      const first = await socket(1);
      device.clock.advance(1_000);
      device.wake.signal('online');
      await socket(1);
      device.clock.advance(5_000);
      device.wake.signal('online');
      await socket(2);
      expect(first.readyState).toBe(2);
    });
  });

  test('[C18] the loss of the network ends nothing that works, and is no reason to give up', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      const first = await live(stage);
      device.wake.signal('offline');
      device.note('a');
      await settle();
      // It is asked at once whether it lives, and then for what was written.
      first.echo();
      await settle();
      first.echo();
      expect(device.durableTo).toBe(1);
      first.end(1006);
      expect(device.connection.state).toEqual({ name: 'offline', why: 'no-network' });
      device.clock.advance(29_999);
      await socket(1);
      device.clock.advance(1);
      const second = await socket(2);
      second.open();
      second.greet();
      expect(device.connection.state).toEqual({ name: 'live' });
      second.end(1006);
      device.wake.signal('online');
      await socket(3);
    });
  });
});

describe('the stock provider', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('[C10] never dials by itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    await staged(async (stage) => {
      (await live(stage)).end(1006);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(stage.sockets).toHaveLength(1);
    });
  });

  test('talks to no other one in the same process or browser', async () => {
    await staged(async (one) => {
      await staged(async (other) => {
        one.device.note('secret');
        await Promise.all([live(one), live(other)]);
        one.device.note('secret 2');
        for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
        expect(other.device.notes).toEqual([]);
      });
    });
  });

  test('is not led astray by a document that took another client', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      await live(stage);
      device.doc.clientID = 4_711;
      device.connection.disconnect();
      expect(device.connection.state.name).toBe('offline');
      device.doc.clientID = 4_712;
      device.connection.connect();
      const second = await socket(2);
      second.open();
      second.greet();
      expect(device.connection.state.name).toBe('live');
    });
  });
});
