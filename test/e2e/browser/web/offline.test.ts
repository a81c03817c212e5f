// Without a network: the app opens cold, is read, searched and written in, and what was written
// goes out later.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { withFolder } from '../../../support/folder.ts';
import { beginSession, say, sharedApp } from '../../../support/web-app.ts';

/** Resolves when the service worker answers for the page. */
const kept = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** Whether a database of the page holds these words. */
async function stores(words: string): Promise<boolean> {
  const asked = <Result>(request: IDBRequest<Result>): Promise<Result> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('no answer')));
    return promise;
  };
  const text = (value: unknown): string => {
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    if (typeof value !== 'object' || value === null) return '';
    return Object.values(value).map(text).join();
  };
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const all = await asked(database.transaction(store).objectStore(store).getAll());
      if (all.map(text).join().includes(words)) return true;
    }
    database.close();
  }
  return false;
}

describe('without a network', () => {
  const browser = sharedBrowser();
  const app = sharedApp();

  test('[U11] the app opens cold, and what is written is sent later', async () => {
    await withFolder(async (folder) => {
      const first = await browser().keptDevice(folder);
      const before = (await first.tab(app().url)).page;
      const id = await beginSession(before, 'Remember the lighthouse');
      await before.getByRole('main').getByText('You said: Remember the lighthouse').waitFor();
      await kept(before);
      await expect
        .poll(() => before.evaluate(stores, 'You said: '), { timeout: 20_000 })
        .toBe(true);
      await first.close();

      const second = await browser().keptDevice(folder);
      await second.context.setOffline(true);
      const tab = await second.tab();
      tab.expectErrors(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
      const { page } = tab;
      const main = page.getByRole('main');
      await page.goto(`${app().url}/s/${id}`);
      await page.getByRole('main').getByText('You said: Remember the lighthouse').waitFor();
      await main.getByText(/No network|cannot be reached/).waitFor();
      await say(page, 'Written in the dark');
      await main.getByText(/changes? (is|are) kept/).waitFor();
      await page.getByLabel('Search everything').fill('lighthouse');
      const hit = page.getByRole('region', { name: 'Search results' }).getByRole('link').first();
      await hit.waitFor();
      expect(await hit.locator('mark').first().textContent()).toBe('lighthouse');
      await second.context.setOffline(false);
      await page.getByRole('main').getByText('You said: Written in the dark').waitFor();
      await expect
        .poll(() => main.getByText(/No network|cannot be reached/).count(), { timeout: 20_000 })
        .toBe(0);
      await second.close();
    });
  });

  test('[U6] a hit opens its session at its message', async () => {
    const { page } = await (await browser().device()).tab(app().url);
    const id = await beginSession(page, 'A heron stood there');
    await page.getByRole('main').getByText('You said: A heron').waitFor();
    await page.getByLabel('Search everything').fill('heron');
    const results = page.getByRole('region', { name: 'Search results' });
    await results.locator('a[href*="/m/"]').first().click();
    await page.waitForURL(new RegExp(`/s/${id}/m/`));
    expect(await page.getByRole('main').getByText('A heron stood there').count()).toBeGreaterThan(
      0,
    );
    await page.getByLabel('Search everything').fill('nothing says this');
    await results.getByText(/Nothing on this device/).waitFor();
    expect(page.url()).toContain(`/s/${id}/m/`);
  });

  test('[U12] nothing that the server says is kept by the service worker', async () => {
    const { page } = await (await browser().device()).tab(app().url);
    await beginSession(page, 'Not to be cached');
    await page.getByRole('main').getByText('You said: Not to be cached').waitFor();
    await kept(page);
    await page.reload();
    await page.getByRole('main').getByText('You said: Not to be cached').waitFor();
    const paths = await page.evaluate(async () => {
      const names = await caches.keys();
      const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return all.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(paths).toContain('/index.html');
    const ours = /^\/(index\.html|manifest\.webmanifest|[\w-]+\.svg|assets\/[\w.-]+\.(js|css))$/;
    expect(paths.filter((path) => !ours.test(path))).toEqual([]);
  });
});
