// How an app starts: cold and without a network, on a plain http page, and after somebody signed
// out. And the page of the documents, as it stands there.

import { describe, expect, test } from 'vitest';
import { blockOf, sharedAppServer } from '../../support/app-stage.ts';
import { AppTab, appTab, givePage } from '../../support/app-tab.ts';
import { sharedBrowser } from '../../support/browser.ts';
import { withFolder } from '../../support/folder.ts';
import { bundleText } from '../../support/page-bundle.ts';
import { withPage } from '../../support/page-stage.ts';

const browser = sharedBrowser();

describe('a device', () => {
  const stage = sharedAppServer();

  test('[C128] starts cold without a network, and shows everything with no request at all', async () => {
    const session = 'session-of-a-cold-start';
    await withFolder(async (folder) => {
      const before = await browser().keptDevice(folder);
      const tab = await appTab(before, stage().url);
      const token = await stage().token('ada');
      await tab.open({ url: stage().url, token, session, create: true, clockSpeed: 10 });
      for (const text of ['one', 'two', 'three']) await tab.say(text);
      await tab.sees({ rows: ['one', 'two', 'three'], unsent: 0 });
      await before.cutNetwork();
      await tab.sees({ connection: 'offline' });
      await tab.say('four');
      await tab.sees({ rows: ['one', 'two', 'three', 'four (stored)'] });
      await before.close();
      const after = await browser().keptDevice(folder);
      const cold = await appTab(after, stage().url);
      await after.cutNetwork();
      // Nobody says who is here: it is whoever was here last.
      await cold.open({ url: stage().url, token: '', session });
      const { rows } = await cold.see();
      expect(rows.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four']);
      expect(
        cold.asked.filter((path) => !['/page', '/app.js', '/icon.svg'].includes(path)),
      ).toEqual([]);
      expect(await cold.tab.page.evaluate(() => window.app.sessions())).toEqual([session]);
      await after.close();
    });
  });

  test('[C129] has nothing left of who signed out, in any tab', async () => {
    const session = 'session-of-a-sign-out';
    const device = await browser().device();
    const [one, two] = [await appTab(device, stage().url), await appTab(device, stage().url)];
    const token = await stage().token('ada');
    await one.open({ url: stage().url, token, session, create: true });
    await one.say('secret');
    await one.sees({ unsent: 0 });
    await two.open({ url: stage().url, token, session });
    await two.sees({ rows: ['secret'] });
    await one.tab.page.evaluate(() => window.app.signOut());
    await two.sees({ isSignedOut: true });
    const left = async () => ({
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
    });
    const nothing = { databases: [], caches: [], local: [], session: [] };
    await expect.poll(() => two.tab.page.evaluate(left), { timeout: 10_000 }).toEqual(nothing);
    expect((await two.see()).isSignedOut).toBe(true);
  });
});

describe('a plain http page', () => {
  test('[C130] works under a name of a network, and says what is not possible there', async () => {
    const session = 'session-of-a-plain-page';
    await withPage('app', async (stage) => {
      const origin = `http://holdfast.test:${stage.port}`;
      const device = await browser().device();
      const [one, two] = [new AppTab(await device.tab()), new AppTab(await device.tab())];
      for (const { tab } of [one, two]) tab.expectErrors(/Cross-Origin-Opener-Policy/);
      for (const [at, tab] of [one, two].entries()) {
        await tab.tab.page.goto(origin);
        expect(await tab.tab.page.evaluate(() => isSecureContext)).toBe(false);
        const token = await stage.token('ada');
        await tab.start({ url: origin, token, session, create: at === 0 });
        await tab.say(`of ${at}`);
        await tab.sees({ unsent: 0, connection: 'live', storage: 'persistent' });
      }
      await one.sees({
        rows: ['of 0', 'of 1'],
        limits: ['no-locks', 'no-subtle', 'not-persistent'],
      });
      await device.close();
    });
  });
});

describe('the page in the documents', () => {
  test('[C131] shows a chat', async () => {
    const text = await blockOf('docs/CLIENT.md', "createElement('li')");
    const files = await bundleText('example', text);
    await withPage('app', async (stage) => {
      const device = await browser().device();
      await givePage(device, stage.url, files);
      const token = await stage.token('ada');
      await device.context.route(`${stage.url}/token`, (route) => route.fulfill({ body: token }));
      const app = await appTab(device, stage.url);
      const session = 'Session-0123456789abcd';
      await app.open({ url: stage.url, token, session, create: true });
      await app.say('Hello');
      await app.sees({ unsent: 0 });
      const { page } = await device.tab(`${stage.url}/example.html`);
      await page.locator('li', { hasText: 'Hello' }).waitFor();
      await page.locator('input').fill('How are you?');
      await page.keyboard.press('Enter');
      await page.locator('li', { hasText: 'How are you? durable' }).waitFor();
      expect(await page.locator('p').textContent()).toBe('live');
      await app.sees({ rows: ['Hello', 'How are you?'] });
      await device.close();
    });
  });
});
