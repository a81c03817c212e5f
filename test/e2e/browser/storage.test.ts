// What a browser's storage does to an app in the field: it is full, blocked by another tab,
// damaged, or deleted under it. The session goes on, and the person is told.

import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { databaseOf, sharedAppServer } from '../../support/app-stage.ts';
import { appTab, type AppTab, rowsOf } from '../../support/app-tab.ts';
import { type Device, sharedBrowser } from '../../support/browser.ts';
import { sharedPage } from '../../support/page-server.ts';

const browser = sharedBrowser();
const stage = sharedAppServer();
let sessions = 0;
const newSession = (): string => `session-of-storage-${++sessions}`;

async function open(
  device: Device,
  session: string,
  more: { readonly create?: boolean; readonly clockSpeed?: number } = {},
): Promise<AppTab> {
  const tab = await appTab(device, stage().url);
  await tab.open({ url: stage().url, token: await stage().token('ada'), session, ...more });
  return tab;
}

/** A tab of the same origin that runs nothing of ours. */
async function stranger(device: Device): Promise<AppTab> {
  const tab = await appTab(device, stage().url);
  await tab.tab.page.goto(`${stage().url}/page`);
  return tab;
}

async function onOtherDevice(session: string): Promise<AppTab> {
  return open(await browser().device(), session);
}

describe('storage', () => {
  test('[C124] that is full is told, nothing is lost, and it is used again when there is space', async () => {
    const session = newSession();
    const device = await browser().device();
    const first = await stranger(device);
    await first.tab.setQuota(200_000);
    const tab = await open(device, session, { create: true, clockSpeed: 10 });
    await tab.say('before');
    await tab.sees({ rows: ['before'], unsent: 0 });
    const large = Array.from({ length: 8 }, (_, at) => `${at} ${noise(100_000)}`);
    for (const text of large) await tab.say(text);
    expect((await tab.sees({ storage: 'failed' })).why).toMatch(/no space left/);
    await tab.say('after');
    const other = await onOtherDevice(session);
    await other.sees({ rows: ['before', ...large, 'after'] });
    await tab.sees({ rows: ['before', ...large, 'after'], unsent: 0, connection: 'live' });
    await first.tab.setQuota(500_000_000);
    await tab.sees({ storage: 'persistent' });
  });

  test('[C125] that another tab blocks is waited for, and the session goes on meanwhile', async () => {
    const session = newSession();
    const device = await browser().device();
    const blocker = await stranger(device);
    await blocker.tab.page.evaluate(hold, databaseOf(stage(), 'ada', session));
    const tab = await open(device, session, { create: true, clockSpeed: 10 });
    await tab.say('said');
    const { why } = await tab.sees({ rows: ['said'], unsent: 0, storage: 'failed' });
    expect(why).toMatch(/cannot be stored/);
    await (await onOtherDevice(session)).sees({ rows: ['said'] });
    await blocker.tab.page.close();
    await tab.sees({ storage: 'persistent' });
  });

  test('[C126] with a damaged record shows the rest, says so, and gets from the server what is missing', async () => {
    const session = newSession();
    const device = await browser().device();
    const tab = await open(device, session, { create: true });
    for (const text of ['one', 'two', 'three']) {
      await tab.say(text);
      await tab.sees({ unsent: 0 });
    }
    await tab.tab.page.evaluate(() => window.app.close());
    await tab.tab.page.evaluate(damage, databaseOf(stage(), 'ada', session));
    const again = await open(device, session);
    const { notice } = await again.sees({ rows: ['one', 'two', 'three'], unsent: 0 });
    expect(notice).toMatch(/cannot be read/);
  });

  test('[C127] that another tab deletes is made again, with all that the session holds', async () => {
    const session = newSession();
    const device = await browser().device();
    const tab = await open(device, session, { create: true, clockSpeed: 10 });
    await tab.say('durable');
    await tab.sees({ unsent: 0 });
    const other = await stranger(device);
    await device.cutNetwork();
    await tab.sees({ connection: 'offline' });
    await tab.say('unsent');
    await tab.sees({ rows: ['durable', 'unsent (stored)'] });
    await other.tab.page.evaluate(drop, databaseOf(stage(), 'ada', session));
    await tab.say('later');
    await tab.sees({
      rows: ['durable', 'unsent (stored)', 'later (stored)'],
      storage: 'persistent',
    });
    await tab.tab.crash();
    const again = await open(device, session);
    expect(rowsOf(await again.sees({ unsent: 2 }))).toEqual([
      'durable',
      'unsent (stored)',
      'later (stored)',
    ]);
  });
});

describe('the published cases of a store', () => {
  const url = sharedPage('store');
  test('[C20] hold on the storage of a browser', async () => {
    const tab = await (await browser().device()).tab(url());
    const ends = await tab.page.evaluate(() => window.runStoreCases());
    expect(Object.keys(ends).length).toBeGreaterThan(8);
    expect(Object.entries(ends).filter(([, end]) => end !== 'holds')).toEqual([]);
  });
});

/** Which no storage makes smaller. */
function noise(chars: number): string {
  return randomBytes(chars / 2).toString('hex');
}

/** Has the database open in an older version, and hears nothing. */
function hold(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = indexedDB.open(name, 1);
  request.addEventListener('success', () => resolve());
  return promise;
}

/** Half of the last record of the base is gone. */
function damage(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = indexedDB.open(name);
  request.addEventListener('success', () => {
    const transaction = request.result.transaction('updates', 'readwrite');
    const cursor = transaction.objectStore('updates').openCursor(null, 'prev');
    cursor.addEventListener('success', () => {
      const bytes: unknown = cursor.result?.value;
      if (bytes instanceof Uint8Array) cursor.result?.update(bytes.slice(0, bytes.length / 2));
    });
    transaction.addEventListener('complete', () => {
      request.result.close();
      resolve();
    });
  });
  return promise;
}

function drop(name: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = indexedDB.deleteDatabase(name);
  request.addEventListener('success', () => resolve());
  return promise;
}
