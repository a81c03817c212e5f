// Tokens that end, are refused or are of somebody else, and ends that are final.

import { describe, expect, test } from 'vitest';
import type { Right } from '../../../../src/protocol/token.ts';
import { live, settle, staged } from '../../../support/scripted-stage.ts';

const minute = 60_000;

/** Gives `token 1`, `token 2` and so on, by what is asked. */
function tokens(): { readonly count: () => number; readonly token: () => Promise<string> } {
  let count = 0;
  return { count: () => count, token: () => Promise.resolve(`token ${++count}`) };
}

describe('a token', () => {
  test('[C12] that is refused is followed by one new one, then by none', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      (await live(stage)).end(4401);
      expect(device.connection.state).toMatchObject({ name: 'connecting' });
      const second = await socket(2);
      second.open();
      expect(second.commands[0]).toMatchObject({ token: 'token 2' });
      second.end(4401);
      expect(device.connection.state).toMatchObject({
        name: 'refused',
        reason: { code: 'token' },
      });
      device.wake.signal('online');
      device.clock.advance(100_000);
      await socket(2);
      device.connection.connect();
      const third = await socket(3);
      third.open();
      third.greet();
      expect(device.connection.state.name).toBe('live');
    }, tokens());
  });

  test('[C12] that is refused and the only one there is ends the trying', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      (await live(stage)).end(4401);
      await settle();
      expect(device.connection.state.name).toBe('refused');
      device.connection.connect();
      await socket(2);
    });
  });

  test('[C12] that ends after a good while is no reason to give up', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      let open = await live(stage);
      for (let count = 2; count < 6; count++) {
        device.clock.advance(6_000);
        open.end(4401);
        open = await socket(count);
        open.open();
        open.greet();
      }
      expect(device.connection.state.name).toBe('live');
    }, tokens());
  });

  test('[C16] is renewed before it ends, without an interruption', async () => {
    const { count, token } = tokens();
    const rights: Right[] = ['read'];
    await staged(
      async (stage) => {
        const { device, sockets } = stage;
        const socket = await live(stage);
        const stay = async (ms: number): Promise<void> => {
          for (let left = ms; left > 0; left -= 15_000) {
            device.clock.advance(Math.min(left, 15_000));
            socket.beat();
            await settle();
          }
        };
        await stay(3.75 * minute - 1);
        expect(count()).toBe(1);
        await stay(1);
        expect(count()).toBe(2);
        const renewal = { id: 2, type: 'renew-token', token: 'token 2' };
        expect(socket.commands.at(-1)).toEqual(renewal);
        const expiresAt = device.clock.now() + 4 * minute;
        socket.command({ id: 9, re: 7, type: 'token-renewed', rights: [], expiresAt });
        socket.command({ id: 9, re: 2, type: 'token-renewed', rights, expiresAt });
        expect(device.admissions).toHaveLength(2);
        expect(device.admissions.at(-1)).toMatchObject({ rights, expiresAt, principal: 'ada' });
        await stay(3 * minute);
        expect(socket.commands.at(-1)).toMatchObject({ id: 3, token: 'token 3' });
        expect(sockets).toHaveLength(1);
      },
      { token },
    );
  });

  test('[C16] that the server does not take in place is taken on a new connection', async () => {
    for (const how of ['refused', 'silent'] as const) {
      const { token } = tokens();
      await staged(
        async (stage) => {
          const { device, socket } = stage;
          const first = await live(stage);
          for (let i = 0; i < 15; i++) {
            device.clock.advance(15_000);
            first.beat();
            await settle();
          }
          const { id } = first.commands.at(-1) ?? { id: 0 };
          const error = { id: 8, re: id, type: 'error', code: 'other-principal' } as const;
          if (how === 'refused') first.command({ ...error, message: 'No.', retryable: false });
          else device.clock.advance(15_000);
          const second = await socket(2);
          second.open();
          expect(second.commands[0]).toMatchObject({ type: 'hello', token: 'token 3' });
          const codes = device.errors.map(({ facts }) => facts['code']);
          expect(codes).toEqual(how === 'refused' ? ['other-principal'] : []);
        },
        { token },
      );
    }
  });

  test('[C16] that cannot be had now is asked for again, and what works is left alone', async () => {
    let isBroken = false;
    let asked = 0;
    const token = (): Promise<string> => {
      asked++;
      return isBroken ? Promise.reject(new Error('down')) : Promise.resolve('the same');
    };
    await staged(
      async (stage) => {
        const { device, sockets } = stage;
        const socket = await live(stage);
        for (let i = 0; i < 20; i++) {
          isBroken = i % 2 === 0;
          device.clock.advance(15_000);
          socket.beat();
          await settle();
        }
        expect(asked).toBeGreaterThan(3);
        expect(asked).toBeLessThan(20);
        expect(device.errors.every(({ code }) => code === 'token-unavailable')).toBe(true);
        expect(device.errors.length).toBeGreaterThan(0);
        expect([sockets.length, socket.all('command').length]).toEqual([1, 1]);
      },
      { token },
    );
  });

  test('[C19] of somebody else gets nothing of what was written here', async () => {
    await staged(
      async ({ device, socket }) => {
        device.note('private');
        device.connection.connect();
        const first = await socket(1);
        first.open();
        first.ready({ principal: 'bob' });
        first.ask();
        expect(device.connection.state).toMatchObject({
          name: 'refused',
          reason: { code: 'token' },
        });
        expect(device.admissions).toEqual([]);
        expect(first.kinds).not.toContain('sync-step-2');
      },
      { principal: () => 'ada' },
    );
  });
});

describe('an end', () => {
  const reasons = [
    [4403, 'rights'],
    [4404, 'no-session'],
    [4409, 'generation'],
    [4413, 'too-large'],
    [4426, 'protocol'],
  ] as const;
  test.for(reasons)('[C12] by %s is told as "%s", until it is told to connect', async (reason) => {
    const [code, name] = reason;
    let generation = 'g1';
    await staged(
      async (stage) => {
        const { device, socket } = stage;
        (await live(stage)).end(code);
        const { state } = device.connection;
        expect(state).toMatchObject({ name: 'refused', reason: { code: name } });
        device.clock.advance(100_000);
        generation = 'g2';
        device.connection.connect();
        const second = await socket(2);
        second.open();
        expect(second.commands[0]).toMatchObject({ generation: 'g2' });
        second.greet();
        expect(device.connection.state.name).toBe('live');
      },
      { generation: () => generation },
    );
  });

  test('of our own is quiet, and for good where that is said', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      const first = await live(stage);
      device.connection.disconnect();
      expect(device.connection.state).toEqual({ name: 'offline', why: 'not-wanted' });
      first.end(1000);
      device.wake.signal('online');
      device.clock.advance(100_000);
      await socket(1);
      device.connection.connect();
      await socket(2);
      device.connection.close();
      device.connection.close();
      device.connection.connect();
      device.connection.disconnect();
      device.clock.advance(100_000);
      await socket(2);
      expect(device.connection.state).toEqual({ name: 'offline', why: 'closed' });
    });
  });

  test('while a token is fetched makes that token nobody’s', async () => {
    const { token } = tokens();
    await staged(
      async ({ device, socket, sockets }) => {
        device.connection.connect();
        device.connection.disconnect();
        await settle();
        expect(sockets).toHaveLength(0);
        device.connection.connect();
        device.connection.disconnect();
        device.connection.connect();
        const first = await socket(1);
        first.open();
        expect(first.commands[0]).toMatchObject({ token: 'token 3' });
      },
      { token },
    );
  });
});
