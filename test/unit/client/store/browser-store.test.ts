// What the store makes of the place in which it is opened.

import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { type BrowserScope, openBrowserStore } from '../../../../src/client/store/browser-store.ts';
import { fakeLocks } from '../../../support/locks.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';

let seed = 0;
const open = (scope: BrowserScope): ReturnType<typeof openBrowserStore> => {
  const chance = seededChance((seed += 1));
  return openBrowserStore({
    server: 'ws://a',
    principal: 'ann',
    clock: systemClock,
    chance,
    scope,
  });
};
const ID = 'a-session-of-this-test';

test('[C21] the globals of a page, a worker or Node will do', async () => {
  const scope: BrowserScope = globalThis;
  const store = open(scope);
  expect(store.open(ID).state.state).toBe('memory');
  await store.close();
});

test('[C21] without storage everything works in memory, and says so', async () => {
  const store = open({});
  const tab = new StoreTab(store, ID);
  await tab.load();
  tab.write('one');
  await tab.session.flush();
  expect(tab.session.state).toMatchObject({
    state: 'memory',
    why: expect.stringContaining('gone'),
  });
  expect(tab.stored.size).toBe(0);
  expect((await tab.session.load()).outbox).toHaveLength(1);
  expect(await store.persist()).toBe(false);
  await store.close();
});

test.each([
  [
    'throws',
    'memory',
    (): never => {
      throw new DOMException('no', 'SecurityError');
    },
  ],
  [
    'refuses',
    'failed',
    () => {
      const factory = new IDBFactory();
      const request = factory.open('x');
      request.addEventListener('upgradeneeded', () => request.transaction?.abort());
      return request;
    },
  ],
])(
  '[C21] storage that %s is as if there was none, or is told to have failed',
  async (_, state, refuse) => {
    const indexedDB = new IDBFactory();
    indexedDB.open = refuse;
    const store = open({ indexedDB, IDBKeyRange });
    const tab = new StoreTab(store, ID);
    tab.write('one');
    await tab.load();
    await tab.session.flush();
    expect(tab.session.state.state).toBe(state);
    expect((await tab.session.load()).outbox).toHaveLength(1);
    await store.close();
  },
);

test('[C21] a place that may not even be asked for storage is one without', async () => {
  const scope = {
    get indexedDB(): IDBFactory {
      throw new DOMException('no', 'SecurityError');
    },
  };
  const store = open(scope);
  expect(store.open(ID).state.state).toBe('memory');
  await store.close();
});

test('what the browser says of its storage is passed on', async () => {
  const storage = {
    estimate: async () => ({ usage: 5, quota: 7 }),
    persist: async () => true,
    persisted: async () => true,
  };
  const store = open({ indexedDB: new IDBFactory(), IDBKeyRange, navigator: { storage } });
  expect(await store.usage()).toEqual({ usedBytes: 5, quotaBytes: 7, persisted: true });
  expect(await store.persist()).toBe(true);
  await store.close();
});

test('[C20] tabs with locks and a BroadcastChannel of the platform have the same', async () => {
  const scope = {
    indexedDB: new IDBFactory(),
    IDBKeyRange,
    BroadcastChannel: globalThis.BroadcastChannel,
    navigator: { locks: fakeLocks() },
  };
  const [one, other] = [open(scope), open(scope)];
  const [mine, yours] = [new StoreTab(one, ID), new StoreTab(other, ID)];
  await Promise.all([mine.load(), yours.load()]);
  const heard = new Promise<void>((resolve) => {
    yours.session.on({ update: () => resolve() });
  });
  const stored = new Promise<void>((resolve) => {
    mine.session.on({ stored: () => resolve() });
  });
  mine.write('hello');
  await Promise.all([heard, stored]);
  expect(yours.words).toEqual(['hello']);
  expect(await other.evict(1)).toBe(0);
  await Promise.all([one.close(), other.close()]);
});
