// The tests' own browser: that it can do to a page what the world does, and hides nothing.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { withFolder } from '../../support/folder.ts';
import { sharedPage } from '../../support/page-server.ts';
import { withPage } from '../../support/page-stage.ts';

/** Puts so many bytes into a database of the page; how that ended. */
function store(bytes: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const opening = indexedDB.open('bytes', 1);
  opening.addEventListener('upgradeneeded', () => {
    opening.result.createObjectStore('all', { autoIncrement: true });
  });
  opening.addEventListener('success', () => {
    const transaction = opening.result.transaction('all', 'readwrite');
    const words = crypto.getRandomValues(new Uint8Array(50_000));
    for (let at = 0; at < bytes; at += words.length) transaction.objectStore('all').add(words);
    transaction.addEventListener('complete', () => resolve('stored'));
    transaction.addEventListener('abort', () => resolve(transaction.error?.name ?? 'aborted'));
  });
  return promise;
}

describe('a browser under test', () => {
  const browser = sharedBrowser();
  const url = sharedPage('plain');

  test('keeps devices apart, and tabs of one together', async () => {
    const [one, other] = [await browser().device(), await browser().device()];
    const write = await one.tab(url());
    await write.page.evaluate(() => localStorage.setItem('mine', 'yes'));
    const read = (): string | null => localStorage.getItem('mine');
    expect(await (await one.tab(url())).page.evaluate(read)).toBe('yes');
    expect(await (await other.tab(url())).page.evaluate(read)).toBe(null);
  });

  test('tells what a page reports, unless it was expected', async () => {
    const device = await browser().device();
    const tab = await device.tab(url());
    await tab.page.evaluate(() => {
      console.error('it was said');
      queueMicrotask(() => {
        throw new Error('it was thrown');
      });
      void Promise.reject(new Error('nobody caught it'));
    });
    await expect.poll(() => device.unexpected.length).toBe(3);
    expect(device.unexpected.join()).toMatch(/it was said.*it was thrown.*nobody caught it/s);
    tab.expectErrors(/it was/);
    expect(device.unexpected).toHaveLength(1);
    tab.expectErrors(/nobody caught it/);
  });

  test('cuts the network of one device', async () => {
    const [one, other] = [await browser().device(), await browser().device()];
    const cut = await one.tab(url());
    const whole = await other.tab(url());
    const ask = (): Promise<string> =>
      fetch('/').then(
        () => 'there',
        () => 'gone',
      );
    await one.cutNetwork();
    expect(await cut.page.evaluate(ask)).toBe('gone');
    expect(await whole.page.evaluate(ask)).toBe('there');
    await one.restoreNetwork();
    expect(await cut.page.evaluate(ask)).toBe('there');
  });

  test('limits what a page may store', async () => {
    const [one, other] = [await browser().device(), await browser().device()];
    const limited = await one.tab(url());
    const free = await other.tab(url());
    await limited.setQuota(500_000);
    expect(await limited.page.evaluate(store, 1_000_000)).toBe('QuotaExceededError');
    expect(await free.page.evaluate(store, 1_000_000)).toBe('stored');
  });

  test('crashes one tab, and the others go on', async () => {
    const device = await browser().device();
    const [one, other] = [await device.tab(url()), await device.tab(url())];
    await one.crash();
    expect(await other.page.evaluate(() => document.title)).toBe('plain');
  });

  test('keeps a profile from one start to the next', async () => {
    await withFolder(async (folder) => {
      const first = await browser().keptDevice(folder);
      const tab = await first.tab(url());
      await tab.page.evaluate(() => localStorage.setItem('mine', 'yes'));
      await first.close();
      const second = await browser().keptDevice(folder);
      const again = await second.tab(url());
      expect(await again.page.evaluate(() => localStorage.getItem('mine'))).toBe('yes');
      await second.close();
    });
  });

  test('opens a page that the real server gives', async () => {
    await withPage('plain', async (stage) => {
      const device = await browser().device();
      const tab = await device.tab(stage.url);
      expect(await tab.page.title()).toBe('plain');
      await device.close();
    });
  });
});
