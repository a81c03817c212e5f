// The connection against a socket that the test plays, on a clock that the test turns.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../../src/base/assert.ts';
import { readUpdate } from '../../../../src/protocol/update.ts';
import { session } from '../../../support/guarded.ts';
import { live, settle, staged } from '../../../support/scripted-stage.ts';

describe('the first frames', () => {
  test('[C11] the token is fetched before, and said before anything else', async () => {
    const tokens: string[] = [];
    const token = (): Promise<string> => {
      tokens.push(`token ${tokens.length + 1}`);
      return Promise.resolve(defined(tokens.at(-1), 'a token'));
    };
    await staged(
      async ({ device, sockets, socket }) => {
        device.connection.connect();
        expect(sockets).toHaveLength(0);
        const first = await socket(1);
        expect(first.url).toBe(`wss://holdfast.test/sync/${session}`);
        first.open();
        expect(first.kinds).toEqual(['command', 'sync-step-1', 'awareness']);
        expect(first.commands[0]).toEqual({ id: 1, type: 'hello', token: 'token 1' });
        first.greet();
        first.end(1006);
        device.clock.advance(30_000);
        const second = await socket(2);
        second.open();
        const hello = { id: 1, type: 'hello', token: 'token 2', generation: 'g1' };
        expect(second.commands[0]).toEqual(hello);
      },
      { token },
    );
  });

  test('a token that does not come, or not in time, is asked for again', async () => {
    let asked = 0;
    const token = (): Promise<string> => {
      asked++;
      if (asked === 1) return Promise.reject(new Error('no network'));
      return asked === 2 ? new Promise(() => undefined) : Promise.resolve('token');
    };
    await staged(
      async ({ device, sockets, socket }) => {
        device.connection.connect();
        await settle();
        expect(device.connection.state).toMatchObject({ name: 'connecting', attempt: 1 });
        expect(device.errors.map(({ code }) => code)).toEqual(['token-unavailable']);
        device.clock.advance(250);
        expect(asked).toBe(2);
        device.clock.advance(30_000);
        expect(sockets).toHaveLength(0);
        device.clock.advance(500);
        await socket(1);
      },
      { token },
    );
  });
});

describe('positions', () => {
  test('[C13] nothing counts before the answer to the first question of the server', async () => {
    await staged(async ({ device, socket }) => {
      device.note('offline');
      device.connection.connect();
      const first = await socket(1);
      first.open();
      first.ready();
      device.note('early');
      await settle();
      expect(first.kinds).toEqual(['command', 'sync-step-1', 'awareness']);
      first.ask();
      expect(first.kinds.slice(3)).toEqual(['sync-step-2', 'barrier']);
      expect(device.sentTo).toBe(2);
      expect(device.durableTo).toBe(0);
      first.echo();
      expect(device.durableTo).toBe(2);
    });
  });

  test('[C13] one barrier is outstanding, and another follows what came meanwhile', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      for (const key of ['a', 'b', 'c']) {
        device.note(key);
        await settle();
      }
      expect(socket.kinds.slice(4)).toEqual(['update', 'barrier', 'update', 'update']);
      expect(device.sent).toEqual([0, 1, 2, 3]);
      // A barrier that nobody asked for.
      socket.say({ type: 'barrier', mark: new Uint8Array([99]) });
      expect(device.durableTo).toBe(0);
      socket.echo();
      expect(device.durable).toEqual([0, 1]);
      expect(socket.kinds.at(-1)).toBe('barrier');
      socket.echo();
      expect(device.durable).toEqual([0, 1, 3]);
      socket.echo();
      expect(socket.kinds.filter((kind) => kind === 'barrier')).toHaveLength(2);
    });
  });

  test('[C13] what a dead socket was asked is not taken from it, nor from another one', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      const first = await live(stage);
      device.note('a');
      await settle();
      device.connection.disconnect();
      first.echo();
      expect(device.durableTo).toBe(0);
      device.connection.connect();
      const second = await socket(2);
      second.open();
      second.ready();
      second.say(defined(first.all('barrier')[0], 'a barrier'));
      expect(device.durableTo).toBe(0);
      second.ask();
      expect(device.durableTo).toBe(0);
      second.echo();
      expect(device.durable).toEqual([0, 1]);
    });
  });

  test('[C17] after a refusal nothing on this connection is durable', async () => {
    await staged(async (stage) => {
      const { device, socket } = stage;
      const first = await live(stage);
      device.note('a');
      await settle();
      first.command({ id: 2, type: 'refused', client: 7, clock: 3, rule: 'shape' });
      expect(device.refused).toEqual([{ client: 7, clock: 3, rule: 'shape' }]);
      first.echo();
      device.note('b');
      await settle();
      first.echo();
      expect(device.durableTo).toBe(0);
      expect(first.all('barrier')).toHaveLength(1);
      expect(device.connection.state.name).toBe('live');
      device.connection.disconnect();
      device.connection.connect();
      const second = await socket(2);
      second.open();
      second.greet();
      second.echo();
      expect(device.durableTo).toBe(2);
    });
  });

  test('[C13] positions never go back, also where fewer are counted than before', async () => {
    let position = 5;
    await staged(
      async (stage) => {
        const { device, socket } = stage;
        (await live(stage)).echo();
        position = 2;
        device.connection.disconnect();
        device.connection.connect();
        const second = await socket(2);
        second.open();
        second.greet();
        second.echo();
        expect([device.sent, device.durable]).toEqual([
          [0, 5],
          [0, 5],
        ]);
      },
      { position: () => position },
    );
  });
});

describe('what goes up', () => {
  test('[C14] what is written in one turn is one frame', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      for (const key of ['a', 'b', 'c']) device.note(key);
      expect(socket.all('update')).toHaveLength(0);
      await settle();
      const [update, ...others] = socket.all('update');
      expect(others).toEqual([]);
      const there = new Y.Doc();
      Y.applyUpdate(there, defined(update, 'an update').update);
      expect([...there.getMap('annotations').keys()].sort()).toEqual(['a', 'b', 'c']);
    });
  });

  test('what a closing socket was given is not sent', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      socket.bufferedAmount = 10_000_000;
      device.note('late');
      await settle();
      socket.readyState = 2;
      socket.bufferedAmount = 0;
      device.clock.advance(60);
      expect(device.sentTo).toBe(0);
    });
  });

  test('[C14] a full socket is given no more, and what waits is merged', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      socket.bufferedAmount = 10_000_000;
      for (const key of ['a', 'b', 'c']) {
        device.note(key);
        await settle();
        device.clock.advance(60);
      }
      expect(socket.all('update')).toHaveLength(0);
      expect(device.sentTo).toBe(0);
      socket.bufferedAmount = 0;
      device.clock.advance(60);
      expect(socket.all('update')).toHaveLength(1);
      expect(device.sentTo).toBe(3);
      socket.echo();
      expect(device.durableTo).toBe(3);
    });
  });

  test('[C14] a large answer leaves in updates within the bounds, as the socket takes them', async () => {
    await staged(async ({ device, socket }) => {
      device.doc.getArray('messages').push([new Y.Text('x'.repeat(700_000)), new Y.Text('y')]);
      device.connection.connect();
      const first = await socket(1);
      first.open();
      first.ready();
      first.bufferedAmount = 10_000_000;
      first.ask();
      device.note('meanwhile');
      await settle();
      expect(first.kinds.slice(3)).toEqual([]);
      expect(device.sentTo).toBe(0);
      first.bufferedAmount = 0;
      device.clock.advance(60);
      const kinds = first.kinds.slice(3);
      expect(kinds).toEqual(['update', 'update', 'update', 'sync-step-2', 'barrier', 'update']);
      for (const { update } of first.all('update')) expect(readUpdate(update).ok).toBe(true);
      expect(device.sent).toEqual([0, 1, 2]);
    });
  });

  test('[C14] a large write leaves in parts, and counts when the last one left', async () => {
    await staged(async (stage) => {
      const { device } = stage;
      const socket = await live(stage);
      device.doc.getArray('messages').push([new Y.Text('z'.repeat(600_000))]);
      await settle();
      expect(socket.kinds.slice(4)).toEqual(['update', 'update', 'update', 'barrier']);
      expect(device.sent).toEqual([0, 1]);
    });
  });
});
