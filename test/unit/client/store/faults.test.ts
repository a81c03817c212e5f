// What storage does in the field, done to the store: no space, transactions that fail at their end,
// databases that are closed or deleted by others. The live session goes on each time, and the storage
// has everything once it can.

import { describe, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../../src/base/clock.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';
import type { OfflineStore } from '../../../../src/client/store/offline.ts';
import { Device } from '../../../support/browser-device.ts';
import { failingDatabases } from '../../../support/failing-databases.ts';
import * as Y from 'yjs';

const ID = 'a-session-of-this-test';

/** Lets storage work until it is so, with time standing still or moved on. */
async function until(isSo: () => boolean, clock?: ManualClock): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock?.advance(20);
  }
  expect(isSo()).toBe(true);
}

interface Stage {
  readonly clock: ManualClock;
  readonly device: Device;
  readonly fail: ReturnType<typeof failingDatabases>;
  readonly store: OfflineStore;
  readonly tab: StoreTab;
}

async function stage(): Promise<Stage> {
  const clock = manualClock(1);
  const fail = failingDatabases();
  const device = new Device({ clock, indexedDB: fail.indexedDB });
  const store = device.tab();
  const tab = new StoreTab(store, ID);
  await tab.load();
  return { clock, device, fail, store, tab };
}

async function reopened(device: Device): Promise<StoreTab> {
  const tab = new StoreTab(device.tab(), ID);
  await tab.load();
  return tab;
}

describe('while the disk is full', () => {
  test('[C24] nothing is told to be stored, the session goes on, and heals by itself', async () => {
    const { tab, fail, clock, device } = await stage();
    fail.when('QuotaExceededError');
    const id = tab.write('one');
    tab.session.setGeneration('g');
    await tab.session.flush();
    expect(tab.stored.has(id)).toBe(false);
    expect(tab.session.state).toMatchObject({
      state: 'failed',
      why: expect.stringContaining('no space'),
    });
    const other = new StoreTab(device.tab(), ID);
    await other.load();
    await until(() => other.words.length === 1);
    tab.write('two');
    fail.never();
    await until(() => tab.session.state.state === 'persistent', clock);
    await until(() => tab.stored.size === 2, clock);
    const again = await reopened(device);
    expect(again.words).toEqual(['one', 'two']);
    expect((await again.session.load()).generation).toBe('g');
  });

  test('[C24] other sessions make room, if they may', async () => {
    const { tab, fail, store, device, clock } = await stage();
    const old = new StoreTab(store, 'an-old-session-----');
    await old.load();
    old.receive(Y.encodeStateAsUpdate(tab.doc));
    await old.session.close();
    let asked = 0;
    fail.when('QuotaExceededError', async () => {
      asked += 1;
      return (await device.indexedDB.databases()).some(({ name }) => name?.includes('an-old'));
    });
    tab.write('one');
    await until(() => tab.stored.size === 1, clock);
    expect(asked).toBeGreaterThan(0);
    expect((await store.sessions()).map(({ id }) => id)).toEqual([ID]);
  });

  test('[C24] a session that is replaced is replaced at once, and on disk when there is space', async () => {
    const { tab, fail, clock, device } = await stage();
    tab.write('refused');
    await tab.session.flush();
    fail.when('QuotaExceededError');
    expect(await tab.session.replace({ base: [], outbox: [], kept: [{ id: 'k', draft: 1 }] })).toBe(
      'done',
    );
    expect(await tab.session.load()).toMatchObject({ resets: 1, outbox: [], stale: [] });
    fail.never();
    await until(() => tab.session.state.state === 'persistent', clock);
    const again = await reopened(device);
    expect(await again.session.load()).toMatchObject({
      resets: 1,
      outbox: [],
      stale: [],
      base: [],
    });
    expect((await again.session.load()).kept).toEqual([{ id: 'k', draft: 1 }]);
  });
});

describe('a transaction that is undone at its end', () => {
  test('[C24] stored nothing, tells nothing, and is made again', async () => {
    const { tab, fail, clock, device } = await stage();
    fail.when('AbortError');
    const id = tab.write('one');
    await tab.session.flush();
    expect(tab.stored.has(id)).toBe(false);
    expect(tab.session.state.state).toBe('failed');
    fail.never();
    await until(() => tab.stored.has(id), clock);
    expect(tab.session.state.state).toBe('persistent');
    expect((await reopened(device)).entries.size).toBe(1);
  });
});

describe('a database that is taken away', () => {
  test('[C25] by a delete in another page is made again, with everything', async () => {
    const { tab, clock, device } = await stage();
    const doc = new Y.Doc();
    doc.getText('reply').insert(0, 'what a server said');
    tab.receive(Y.encodeStateAsUpdate(doc));
    tab.session.setGeneration('g');
    const id = tab.write('not durable');
    await tab.session.flush();
    await new Promise<void>((resolve) => {
      device.indexedDB
        .deleteDatabase(device.database(ID))
        .addEventListener('success', () => resolve());
    });
    const after = tab.write('after');
    await until(() => tab.stored.has(after), clock);
    const again = await reopened(device);
    expect(again.digest).toBe(tab.digest);
    expect([...again.entries.keys()]).toEqual([id, after]);
    const { generation, mixed } = await again.session.load();
    expect({ generation, mixed }).toEqual({ generation: 'g', mixed: true });
  });

  test('[C25] is made again also while nobody writes', async () => {
    const { tab, clock, device } = await stage();
    const doc = new Y.Doc();
    doc.getText('reply').insert(0, 'what a server said');
    tab.receive(Y.encodeStateAsUpdate(doc));
    await tab.session.flush();
    device.indexedDB.deleteDatabase(device.database(ID));
    let again = '';
    const look = async (): Promise<void> => {
      again = (await reopened(device)).doc.getText('reply').toJSON();
    };
    await until(() => {
      void look();
      return again !== '';
    }, clock);
    expect(again).toBe('what a server said');
  });

  test('[C25] by a connection that is closed under it is opened again, and nothing is written twice', async () => {
    const { tab, clock, device, fail } = await stage();
    tab.write('one');
    await tab.session.flush();
    fail.closeAll();
    const id = tab.write('two');
    await until(() => tab.stored.has(id), clock);
    const again = await reopened(device);
    expect(again.entries.size).toBe(2);
    expect((await again.session.load()).mixed).toBe(false);
  });

  test('[C25] by a newer version of the app is opened as that one has it', async () => {
    const { tab, clock, device } = await stage();
    tab.write('one');
    await tab.session.flush();
    await new Promise<void>((resolve) => {
      const request = device.indexedDB.open(device.database(ID), 9);
      request.addEventListener('success', () => {
        request.result.close();
        resolve();
      });
    });
    const id = tab.write('two');
    await until(() => tab.stored.has(id), clock);
    expect((await reopened(device)).words).toEqual(['one', 'two']);
  });
});

test('[C24] nothing that storage does is thrown into who writes', async () => {
  const { tab, fail, clock } = await stage();
  fail.when('throws');
  expect(() => {
    tab.write('one');
    tab.receive(Uint8Array.of(0, 0));
    tab.session.settle(['x']);
    tab.session.setGeneration('g');
    tab.session.keep({ id: 'a', draft: 1 });
  }).not.toThrow();
  await expect(tab.session.flush()).resolves.toBeUndefined();
  await expect(tab.session.load()).resolves.toMatchObject({ generation: 'g' });
  fail.never();
  await until(() => tab.stored.size === 1, clock);
});
