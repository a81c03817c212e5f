// What a long reply and a long session cost on a device, against plain y-indexeddb, counted and not
// timed: transactions and bytes that are written, and records that are read.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { manualClock } from '../../../../src/base/clock.ts';
import { mergeRecords } from '../../../../src/client/store/merging.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';
import { Device } from '../../../support/browser-device.ts';
import { failingDatabases } from '../../../support/failing-databases.ts';

const ID = 'a-session-of-this-test';
/** With 5,000 the ratios are better still: 0.012 and 0.18. */
const TOKENS = 500;
const TABS = 3;
/** A fast model. */
const TOKENS_A_SECOND = 100;

let databases: ReturnType<typeof failingDatabases>;

beforeEach(() => {
  databases = failingDatabases();
  vi.stubGlobal('indexedDB', databases.indexedDB);
  vi.stubGlobal('IDBKeyRange', new Device().scope.IDBKeyRange);
});

afterEach(() => vi.unstubAllGlobals());

function reply(tokens = TOKENS): readonly Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const text = doc.getText('reply');
  for (let at = 0; at < tokens; at++) text.insert(text.length, `tok${at % 10} `);
  return updates;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('[C27] a reply in three tabs costs a tenth of the transactions and two fifths of the bytes', async () => {
  const updates = reply();
  const docs = Array.from({ length: TABS }, () => new Y.Doc());
  const plain = docs.map((doc) => new IndexeddbPersistence('plain', doc));
  await Promise.all(plain.map(({ whenSynced }) => whenSynced));
  for (const update of updates) for (const doc of docs) Y.applyUpdate(doc, update);
  await Promise.all(plain.map((one) => one.destroy()));
  const theirs = { ...databases.written };
  Object.assign(databases.written, { transactions: 0, bytes: 0, records: 0 });

  const clock = manualClock(1);
  const device = new Device({ clock, indexedDB: databases.indexedDB });
  const stores = Array.from({ length: TABS }, () => device.tab());
  const tabs = stores.map((store) => new StoreTab(store, ID));
  await Promise.all(tabs.map((tab) => tab.load()));
  for (const update of updates) {
    for (const tab of tabs) tab.receive(update);
    clock.advance(1_000 / TOKENS_A_SECOND);
    await breathe();
  }
  await Promise.all(stores.map((store) => store.close()));
  const ours = { ...databases.written };
  // The rule says a tenth: a stream is gathered for longer than that needs.
  expect(ours.transactions).toBeLessThan(theirs.transactions * 0.04);
  expect(ours.bytes).toBeLessThan(theirs.bytes * 0.4);
  const again = new StoreTab(device.tab(), ID);
  await again.load();
  expect(again.doc.getText('reply').length).toBe(tabs[0]?.doc.getText('reply').length);
});

test('[C27] opening a session writes nothing into it, and reads few records', async () => {
  const device = new Device({ indexedDB: databases.indexedDB });
  const store = device.tab();
  const tab = new StoreTab(store, ID);
  await tab.load();
  for (const update of reply()) tab.receive(update);
  await store.close();
  const { records } = databases.written;
  const again = new StoreTab(device.tab(), ID);
  const { base } = await again.session.load();
  expect(base.length).toBeLessThan(5);
  await again.session.close();
  // The registry's note of when it was opened.
  expect(databases.written.records - records).toBeLessThanOrEqual(1);
});

test('many small updates are merged into few, in no more than their own bytes', () => {
  const updates = reply(10_000);
  const merged = mergeRecords(updates);
  expect(merged).toHaveLength(1);
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  expect(merged[0]?.length).toBeLessThan(Y.encodeStateAsUpdate(doc).length * 1.01 + 20);
});
