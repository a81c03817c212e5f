// One database, two programs: what plain y-indexeddb wrote opens here, and the other way round.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { answerOf, openDatabase, transact } from '../../../../src/client/store/database.ts';
import { sessionShape } from '../../../../src/client/store/indexed-session.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';
import { Device } from '../../../support/browser-device.ts';

const ID = 'a-session-of-this-test';
let device: Device;

beforeEach(() => {
  device = new Device();
  vi.stubGlobal('indexedDB', device.indexedDB);
  vi.stubGlobal('IDBKeyRange', device.scope.IDBKeyRange);
});

afterEach(() => vi.unstubAllGlobals());

async function plain(): Promise<{ doc: Y.Doc; close: () => Promise<void> }> {
  const doc = new Y.Doc();
  const persistence = new IndexeddbPersistence(device.database(ID), doc);
  await persistence.whenSynced;
  return { doc, close: () => persistence.destroy() };
}

async function tabOf(): Promise<StoreTab & { close: () => Promise<void> }> {
  const store = device.tab();
  const tab = Object.assign(new StoreTab(store, ID), { close: () => store.close() });
  await tab.load();
  return tab;
}

async function put(store: string, ...values: readonly unknown[]): Promise<void> {
  const db = await openDatabase(device.scope, device.clock, device.database(ID), sessionShape);
  await transact(db, [store], { durability: 'relaxed' }, async (transaction) => {
    await Promise.all(values.map((value) => answerOf(transaction.objectStore(store).add(value))));
  });
  db.close();
}

describe('a database of y-indexeddb', () => {
  test('[C22] opens here, with words of which nobody knows whether they are durable', async () => {
    const theirs = await plain();
    theirs.doc.getArray('words').push(['from', 'before']);
    await theirs.close();
    const ours = await tabOf();
    expect(ours.words).toEqual(['from', 'before']);
    const { mixed, outbox } = await ours.session.load();
    expect({ mixed, outbox }).toEqual({ mixed: true, outbox: [] });
    ours.session.setGeneration('g');
    await ours.close();
    const again = await tabOf();
    expect(again.words).toEqual(['from', 'before']);
    await again.close();
  });

  test('[C22] that is open elsewhere gives way', async () => {
    const theirs = await plain();
    theirs.doc.getArray('words').push(['open']);
    const ours = await tabOf();
    expect(ours.words).toEqual(['open']);
    await ours.close();
    await theirs.close();
  });
});

test('[C22] what a server said is read by plain y-indexeddb, and what it adds is read here', async () => {
  const ours = await tabOf();
  const other = new Y.Doc();
  other.on('update', (update: Uint8Array) => ours.receive(update));
  const text = other.getText('reply');
  for (let at = 0; at < 700; at++) text.insert(text.length, `${at} `);
  text.delete(0, 100);
  await ours.close();
  const theirs = await plain();
  expect(theirs.doc.getText('reply').toJSON()).toBe(text.toJSON());
  theirs.doc.getArray('words').push(['theirs']);
  await theirs.close();
  const again = await tabOf();
  expect(again.words).toEqual(['theirs']);
  expect(again.doc.getText('reply').toJSON()).toBe(text.toJSON());
  await again.close();
});

describe('a record that cannot be read', () => {
  const good = (): Uint8Array => {
    const doc = new Y.Doc();
    doc.getArray('words').push(['good']);
    return Y.encodeStateAsUpdate(doc);
  };
  const bad = [
    Uint8Array.of(1, 2, 3),
    new Uint8Array(),
    Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
    good().slice(0, -3),
    'not even bytes',
    { update: 1 },
  ];

  test('[C23] is put aside, counted, and does not stand in the way of the others', async () => {
    await put('updates', ...bad, good(), ...bad);
    await put('outbox', { id: 'x', update: Uint8Array.of(9) }, { id: 'y' });
    const tab = await tabOf();
    expect(tab.words).toEqual(['good']);
    expect((await tab.session.load()).quarantined).toBe(bad.length * 2 + 2);
    await tab.close();
    const theirs = await plain();
    expect(theirs.doc.getArray('words').toArray()).toEqual(['good']);
    await theirs.close();
    const again = await tabOf();
    expect((await again.session.load()).quarantined).toBe(bad.length * 2 + 2);
    await again.close();
  });
});

test('types that a session does not have are read all the same', async () => {
  const theirs = await plain();
  theirs.doc.getXmlFragment('xml').insert(0, [new Y.XmlElement('p')]);
  theirs.doc.getText('rich').insert(0, 'bold', { bold: true });
  await theirs.close();
  const tab = await tabOf();
  expect(tab.doc.getXmlFragment('xml').toJSON()).toBe('<p></p>');
  expect((await tab.session.load()).quarantined).toBe(0);
  await tab.close();
});
