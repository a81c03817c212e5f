// The connection against the real server, over real sockets.

import WebSocket from 'ws';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { WebSocketClass } from '../../../../src/client/connection/socket.ts';
import { decodeFrame } from '../../../../src/protocol/frame.ts';
import { type Claims, rights } from '../../../../src/protocol/token.ts';
import { type Device, type DeviceOptions, withDevice } from '../../../support/device.ts';
import { withFaultProxy } from '../../../support/fault-proxy.ts';
import { type StockOptions, withStockPeer } from '../../../support/stock-peer.ts';
import { sharedSync, type SyncStage, withSync } from '../../../support/sync-stage.ts';

const session = (name: string): string => `${name}-0123456789abcdef`;

interface Opening extends Partial<Omit<DeviceOptions, 'session'>> {
  readonly sub?: string;
  readonly claims?: Partial<Claims>;
}

function open<T>(
  stage: SyncStage,
  name: string,
  act: (device: Device) => Promise<T>,
  { sub = 'ada', claims = {}, ...options }: Opening = {},
): Promise<T> {
  const token = (): Promise<string> => stage.token(sub, claims);
  return withDevice({ url: stage.url, token, ...options, session: session(name) }, act);
}

/** Counts what the server says by type. */
function counting(): { readonly WebSocket: WebSocketClass; readonly heard: Map<string, number> } {
  const heard = new Map<string, number>();
  const made = class extends WebSocket {
    constructor(url: string | URL) {
      super(url);
      this.on('message', (data: Buffer) => {
        const decoded = decodeFrame(new Uint8Array(data));
        const type = decoded.ok ? decoded.frame.type : decoded.rule;
        heard.set(type, (heard.get(type) ?? 0) + 1);
      });
    }
  };
  return { WebSocket: made as unknown as WebSocketClass, heard };
}

async function live(device: Device): Promise<void> {
  device.connection.connect();
  await device.untilIs('live');
}

async function stock(stage: SyncStage, name: string, sub: string): Promise<StockOptions> {
  return { url: stage.url, session: session(name), token: await stage.token(sub) };
}

/** What a device has that was offline for long, with words of many clients. */
function writeOffline({ doc }: Device): void {
  doc.getMap('annotations').delete('deleted offline');
  for (let tab = 1; tab <= 70; tab++) {
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    other.getArray('messages').push([new Y.Map([['id', tab]])]);
    other.getMap('annotations').set(`tab ${tab}`, 'x'.repeat(20_000));
    other.getMap('annotations').set('last', tab);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  }
  for (let i = 0; i < 6_000; i++) doc.getMap('annotations').set(`n${i}`, i);
  for (let i = 0; i < 1_300; i += 2) doc.getMap('annotations').delete(`n${i}`);
}

const contentOf = (doc: Y.Doc): unknown => [
  doc.getArray('messages').toJSON(),
  doc.getMap('annotations').toJSON(),
];

describe('a connection to the real server', () => {
  const stage = sharedSync();

  test('opens, is let in, is live, and meets stock peers', async () => {
    await open(stage(), 'meets', async (device) => {
      device.note('before');
      await live(device);
      await device.untilDurable();
      device.note('after');
      device.note('after 2');
      await device.untilDurable();
      expect(device.states.map(({ name }) => name)).toEqual(['connecting', 'syncing', 'live']);
      expect(device.admissions[0]).toMatchObject({ principal: 'ada' });
      await withStockPeer(await stock(stage(), 'meets', 'bob'), async (bob) => {
        await withStockPeer(await stock(stage(), 'meets', 'cay'), async (cay) => {
          await Promise.all([bob.untilSynced(), cay.untilSynced()]);
          expect([...bob.doc.getMap('annotations').keys()].sort()).toEqual(device.notes);
          bob.doc.getMap('annotations').set('bob', 1);
          cay.doc.getMap('annotations').set('cay', 1);
          const both = (): boolean => device.notes.includes('bob') && device.notes.includes('cay');
          await device.until(both, 'words of stock peers');
        });
      });
    });
  });

  test('shows who is here, both ways', async () => {
    const typing = ({ awareness }: Device): string =>
      [...awareness.getStates().values()]
        .map((state) => String(state['typing']))
        .sort()
        .join();
    const bobToo = { sub: 'bob' };
    await open(stage(), 'presence', async (ada) => {
      await open(
        stage(),
        'presence',
        async (bob) => {
          await Promise.all([live(ada), live(bob)]);
          for (const device of [ada, bob]) device.awareness.on('change', () => device.look());
          ada.awareness.setLocalStateField('typing', 'ada');
          bob.awareness.setLocalStateField('typing', 'bob');
          await ada.until(() => typing(ada) === 'ada,bob', 'bob to be seen');
          await bob.until(() => typing(bob) === 'ada,bob', 'ada to be seen');
          ada.connection.disconnect();
          await bob.until(() => typing(bob) === 'bob', 'ada to be gone');
          expect(typing(ada)).toBe('ada');
        },
        bobToo,
      );
    });
  });

  test('[C14] brings what was written offline for long, by several clients, asked once', async () => {
    const { WebSocket: Counting, heard } = counting();
    await open(
      stage(),
      'offline',
      async (device) => {
        device.note('deleted offline');
        await live(device);
        await device.untilDurable();
        device.connection.disconnect();
        writeOffline(device);
        await live(device);
        await device.untilDurable();
        expect(heard.get('sync-step-1')).toBe(2);
        device.doc.transact(() => {
          for (let i = 0; i < 300; i++) device.note(`z${i}`, 'z'.repeat(2_000));
        });
        await device.untilDurable();
        expect(heard.get('sync-step-1')).toBe(2);
        expect(device.refused).toEqual([]);
        await withStockPeer(await stock(stage(), 'offline', 'eve'), async (eve) => {
          await eve.untilSynced();
          expect(contentOf(eve.doc)).toEqual(contentOf(device.doc));
        });
      },
      { WebSocket: Counting },
    );
  });

  test('[C17] tells what was refused, and calls nothing durable behind it', async () => {
    await open(stage(), 'refused', async (device) => {
      await live(device);
      device.note('good');
      await device.untilDurable();
      device.doc.getMap('elsewhere').set('key', 1);
      await device.until(() => device.refused.length > 0, 'a refusal');
      expect(device.refused).toMatchObject([{ client: device.doc.clientID, rule: 'root' }]);
      device.note('later');
      await device.until(() => device.sentTo === 3, 'it to be sent');
      expect(device.durableTo).toBe(1);
      expect(device.connection.state.name).toBe('live');
    });
  });

  test('[C12] a session that is not theirs is refused', async () => {
    const claims = { sessions: ['elsewhere-0123456789'] };
    await open(
      stage(),
      'theirs',
      async (device) => {
        device.connection.connect();
        await device.untilIs('refused');
        expect(device.connection.state).toMatchObject({ reason: { code: 'no-session' } });
      },
      { claims },
    );
  });

  test('[C12] what it holds of another generation is reported, and it can come again', async () => {
    let generation: string | undefined = 'another';
    await open(
      stage(),
      'generation',
      async (device) => {
        device.connection.connect();
        await device.untilIs('refused');
        expect(device.connection.state).toMatchObject({ reason: { code: 'generation' } });
        generation = undefined;
        await live(device);
      },
      { generation: () => generation },
    );
  });
});

async function expectRights(stage: SyncStage): Promise<void> {
  let asked = 0;
  const token = (): Promise<string> => {
    const exp = Math.floor(stage.now() / 1_000);
    return asked++ === 0
      ? stage.token('ada', { rights: ['read'], exp: exp + 20 })
      : stage.token('ada', { rights, exp: exp + 300 });
  };
  // A reader makes no session.
  await open(stage, 'rights', live, { sub: 'bob' });
  await open(
    stage,
    'rights',
    async (device) => {
      device.note('mine');
      await live(device);
      device.note('mine too');
      expect(device.admissions[0]?.rights).toEqual(['read']);
      device.clock.advance(15_000);
      await device.untilDurable();
      const mayWrite = device.admissions.map(({ rights: may }) => may.includes('write'));
      expect(mayWrite).toEqual([false, true]);
      expect(device.states.map(({ name }) => name)).toEqual(['connecting', 'syncing', 'live']);
    },
    { token },
  );
}

async function expectReturn(stage: SyncStage, now: number): Promise<void> {
  const token = (): Promise<string> =>
    stage.token('ada', { exp: Math.floor(stage.now() / 1_000) + 5 });
  await open(
    stage,
    'expiry',
    async (device) => {
      await live(device);
      stage.clock.advance(35_000);
      // However it learns of that: the server's timers all ran at once.
      const isBack = (): boolean => device.admissions.length > 1;
      await device.patient(device.until(isBack, 'to be let in again'));
      device.note('after');
      await device.patient(device.untilDurable());
    },
    { now, token },
  );
}

describe('a token on the real server', () => {
  test('[C16] of who may only read keeps what was written, until another one may write', async () => {
    await withSync(expectRights);
    expect.hasAssertions();
  });

  test('[C16] that ended unnoticed costs a reconnect, however wrong the clock is', () =>
    withSync(async (stage) => {
      const hour = 3_600_000;
      await expect(expectReturn(stage, stage.now() - hour)).resolves.toBeUndefined();
      await expect(expectReturn(stage, stage.now() + hour)).resolves.toBeUndefined();
    }));
});

describe('a network that lies', () => {
  test('[C15] a connection that is swallowed is found after 20 s of silence, and by waking', () =>
    withSync((stage) =>
      withFaultProxy({ port: stage.port }, (proxy) =>
        open(
          stage,
          'swallowed',
          async (device) => {
            await live(device);
            for (const how of ['silence', 'wake']) {
              proxy.swallow();
              device.note(how);
              await device.until(() => device.sentTo === device.position, 'it to be sent');
              if (how === 'wake') device.wake.signal('visible');
              else device.clock.advance(16_000);
              expect(device.connection.state.name).toBe('live');
              device.clock.advance(4_000);
              expect(device.connection.state.name).toBe('connecting');
              await device.patient(device.untilDurable());
              await device.untilIs('live');
            }
          },
          { url: proxy.url },
        ),
      ),
    ));

  test('[C15] one that takes connections and says nothing is tried again', () =>
    withSync((stage) =>
      withFaultProxy({ port: stage.port }, (proxy) =>
        open(
          stage,
          'silent',
          async (device) => {
            proxy.swallow({ new: true });
            device.note('a');
            device.connection.connect();
            const several = (): boolean => device.states.length > 4;
            await device.patient(device.until(several, 'several attempts'), 500);
            proxy.heal();
            await device.patient(device.untilDurable());
            expect(device.durable).toEqual([0, 1]);
          },
          { url: proxy.url },
        ),
      ),
    ));

  test('[C12] one that refuses for a while gets what was written meanwhile', () =>
    withSync((stage) =>
      withFaultProxy({ port: stage.port }, (proxy) =>
        open(
          stage,
          'stops',
          async (device) => {
            await live(device);
            proxy.refuse();
            proxy.cut();
            await device.untilIs('connecting');
            device.note('meanwhile');
            proxy.heal();
            await device.patient(device.untilDurable());
            expect(device.durable).toEqual([0, 1]);
          },
          { url: proxy.url },
        ),
      ),
    ));
});
