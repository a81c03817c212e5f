// The moments of a recovery that no real server shows at will: a connection that says when it
// knows what, and a store in which another tab was faster.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { defined } from '../../../../src/base/assert.ts';
import { seededChance } from '../../../../src/base/chance.ts';
import { manualClock, systemClock } from '../../../../src/base/clock.ts';
import { createEmitter } from '../../../../src/base/emitter.ts';
import { createClient } from '../../../../src/client/client.ts';
import type {
  Connection,
  ConnectionListeners,
  ConnectionOptions,
} from '../../../../src/client/connection/connection.ts';
import { blame } from '../../../../src/client/recovery/blame.ts';
import type { Platform } from '../../../../src/client/platform.ts';
import type { LocalSession } from '../../../../src/client/store/offline.ts';
import { rights } from '../../../../src/protocol/token.ts';
import {
  ClientDevice,
  noNetwork,
  openPage,
  until,
  wordsOf,
} from '../../../support/client-stage.ts';
import { within } from '../../../support/hang.ts';
import { withSync } from '../../../support/sync-stage.ts';

/** A connection that does what a test says. */
class Scripted implements Connection {
  readonly options: ConnectionOptions;
  readonly told = createEmitter<(listeners: ConnectionListeners) => void>();
  state: Connection['state'] = { name: 'offline', why: 'not-wanted' };

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  connect(): void {
    this.state = { name: 'syncing' };
  }

  disconnect(): void {}
  close(): void {}

  ask(): undefined {
    return undefined;
  }

  on(listeners: ConnectionListeners): () => void {
    return this.told.subscribe((tell) => tell(listeners));
  }

  live(): void {
    const admission = { generation: 'g', incarnation: 'i', principal: 'ada', rights, expiresAt: 1 };
    this.state = { name: 'live' };
    this.told.emit(({ ready }) => ready?.(admission));
    this.told.emit(({ state }) => state?.(this.state));
  }
}

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

test('[C41] nothing is issued again before it is known what has landed', async () => {
  const made: Scripted[] = [];
  const device = new ClientDevice();
  const client = createClient({
    url: 'http://nowhere',
    token: 'none',
    principal: 'ada',
    platform: {
      ...device.platform(1),
      ...noNetwork,
      clock: manualClock(),
      chance: seededChance(5),
      connect: (options) => {
        const connection = new Scripted(options);
        made.push(connection);
        return connection;
      },
    },
  });
  const handle = client.create({ title: 'Walks' });
  const [first] = made;
  if (first === undefined) throw new Error('it dials');
  const { doc } = first.options;
  const landed = Y.encodeStateAsUpdate(doc);
  const bad = handle.send('bad', { agent: 'guide' });
  const clock = Y.getState(doc.store, doc.clientID) - 1;
  const good = handle.annotate({ kind: 'run', run: bad.run ?? '' }, 'x', { score: 1 });
  first.live();
  const refused = { client: doc.clientID, clock, rule: 'shape' };
  first.told.emit(({ refused: tell }) => tell?.(refused));
  await settled();
  const [, second] = made;
  if (second === undefined) throw new Error('it dials again');
  handle.rename('Written meanwhile');
  second.live();
  await settled();
  expect(handle.kept).toEqual([]);
  expect(wordsOf(handle)).toEqual(['bad', '']);
  // What had landed comes with the rest, and the barrier behind it.
  Y.applyUpdate(second.options.doc, landed, 'wire');
  second.told.emit(({ durable }) => durable?.(1));
  // Also while the store is at work: at every turn of it.
  for (let turn = 0; turn < 30; turn++) {
    handle.rename(`Turn ${turn}`);
    await Promise.resolve();
  }
  expect(handle.view.meta.title).toBe('Turn 29');
  const server = new Y.Doc();
  Y.applyUpdate(server, Y.encodeStateAsUpdate(second.options.doc));
  expect(server.getMap('meta').get('title')).toBe('Turn 29');
  expect(wordsOf(handle)).toEqual([]);
  expect(handle.kept).toMatchObject([{ content: 'bad' }, { verb: 'annotate', rule: 'depends' }]);
  second.told.emit(({ durable }) => durable?.(1_000));
  expect(handle.status.unsent).toBe(0);
  expect(good.state).toBe('refused');
  // What had landed, what was issued again, and what was written into the new document.
  expect(second.options.doc.store.clients.size).toBe(3);
  expect(second.options.doc.getMap('meta').get('createdBy')).toBe('ada');
  await client.close();
});

/** A device whose third look at a session's store is shown late, as it was. */
function gatedAtThirdLoad(
  device: ClientDevice,
  waits: () => void,
  gate: Promise<void>,
): Partial<Platform> {
  const platform = device.platform(77);
  const openStore: Platform['openStore'] = (wish) => {
    const store = defined(platform.openStore, 'a store')(wish);
    const open = store.open.bind(store);
    store.open = (...args): LocalSession => {
      const local = open(...args);
      const load = local.load.bind(local);
      let loads = 0;
      local.load = async () => {
        const loaded = await load();
        // At opening, for what is prepared, and now for what is to be issued again.
        if (++loads !== 3) return loaded;
        waits();
        await gate;
        return loaded;
      };
      return local;
    };
    return store;
  };
  return { ...platform, openStore };
}

test('[C43] the tab that comes second takes over what the first one stored', () =>
  withSync(
    async (stage) => {
      const device = new ClientDevice();
      const first = await openPage(stage, 'ada', { device });
      const made = first.create();
      await made.send('Hello').reached('durable');
      await first.close();
      const offline = await openPage(stage, 'ada', { device, platform: noNetwork });
      const away = offline.open(made.id);
      await away.ready;
      away.send('one');
      const [hello] = away.view.path;
      away.annotate({ kind: 'message', message: hello?.id ?? '' }, 'good', { score: 1 });
      await offline.close();
      const { promise: gate, resolve: openGate } = Promise.withResolvers<void>();
      const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
      const platform = gatedAtThirdLoad(device, waits, gate);
      const claims = { rights: ['read', 'write'] } as const;
      const late = await openPage(stage, 'ada', { device, platform, claims });
      const there = late.open(made.id);
      await within(waiting, 'its turn');
      const quick = await openPage(stage, 'ada', { device, claims });
      const here = quick.open(made.id);
      await until(here, 'recovery', (one) => one.kept.length === 1 && one.status.unsent === 0);
      openGate();
      await until(there, 'recovery', (one) => one.kept.length === 1 && one.status.unsent === 0);
      for (const handle of [here, there]) {
        expect(wordsOf(handle)).toEqual(['Hello', 'one']);
        expect(handle.view.faults).toEqual([]);
        expect(handle.kept).toMatchObject([{ verb: 'annotate', rule: 'right' }]);
      }
      await Promise.all([late.close(), quick.close()]);
      const eve = await openPage(stage, 'eve');
      const seen = eve.open(made.id);
      await until(seen, 'it', (one) => wordsOf(one).length === 2);
      expect(seen.view.faults).toEqual([]);
      expect(seen.view.annotations.size).toBe(0);
      await eve.close();
    },
    { clock: systemClock },
  ));

test('[C41] what names something that was refused goes with it, and nothing else', () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const key of ['a', 'b', 'c', 'd']) doc.getMap('meta').set(key, 1);
  const about = [
    { ids: ['m1', 'r1'], refs: [] },
    { ids: ['q1'], refs: ['r1'] },
    { ids: ['m2'], refs: ['q1'] },
    { ids: ['m3'], refs: ['older'] },
  ];
  const writes = updates.map((update, at) => ({
    id: `w${at}`,
    update,
    intent: {
      verb: 'send' as const,
      roots: ['messages' as const],
      ids: [],
      refs: [],
      ...about[at],
    },
  }));
  const refused = { client: doc.clientID, clock: 0, rule: 'shape' };
  expect([...blame(writes, refused, rights)]).toEqual([
    ['w0', 'shape'],
    ['w1', 'depends'],
    ['w2', 'depends'],
  ]);
  expect(blame(writes, { ...refused, rule: 'client-bound' }, rights).size).toBe(0);
  expect(blame(writes, { ...refused, rule: 'right' }, ['read', 'control']).size).toBe(4);
});
