// Records that cannot be read, as a person meets them.

import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import type { Client } from '../../../../src/client/client-options.ts';
import { Device } from '../../../support/browser-device.ts';
import { openPage, until, wordsOf } from '../../../support/client-stage.ts';
import { sharedSync } from '../../../support/sync-stage.ts';

const stage = sharedSync({ clock: systemClock });
const open: Client[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});

async function page(device: Device): Promise<Client> {
  const client = await openPage(stage(), 'ann', { platform: { openStore: () => device.tab() } });
  open.push(client);
  return client;
}

/** Puts bytes that are no update into the base of a session. */
async function spoil(device: Device, session: string): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const request = device.indexedDB.open(device.database(session));
    request.addEventListener('success', () => resolve(request.result));
  });
  const transaction = db.transaction('updates', 'readwrite');
  transaction.objectStore('updates').add(Uint8Array.of(1, 2, 3));
  await new Promise((resolve) => transaction.addEventListener('complete', resolve));
  db.close();
}

test('[C30] are told in the status until this person signs out, which leaves none of them', async () => {
  const device = new Device();
  const first = await page(device);
  const made = first.create();
  await made.send('One').reached('durable');
  expect(made.status.notice).toBeNull();
  await first.close();
  await spoil(device, made.id);
  for (const _ of ['when it is found', 'and whenever it is opened again']) {
    const again = await page(device);
    const handle = again.open(made.id);
    await handle.ready;
    expect(handle.status.notice).toEqual({
      code: 'quarantined',
      sentence: expect.stringContaining('cannot be read'),
    });
    await until(handle, 'live', ({ status }) => status.connection.name === 'live');
    expect(handle.status.notice?.code).toBe('quarantined');
    expect(wordsOf(handle)).toEqual(['One']);
    await again.close();
  }
  const last = await page(device);
  await last.open(made.id).ready;
  await last.signOut();
  expect(await device.indexedDB.databases()).toEqual([]);
  const back = await page(device);
  const handle = back.open(made.id);
  await until(handle, 'all', (now) => wordsOf(now).join() === 'One');
  expect(handle.status.notice).toBeNull();
});
