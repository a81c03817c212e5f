// Every view in both themes, as axe judges it; the app on a phone; and what it weighs.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { appFolder, beginSession, sharedApp } from '../../../support/web-app.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Judged {
  readonly violations: readonly {
    readonly id: string;
    readonly impact?: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** What is serious or worse. */
async function judge(page: Page): Promise<readonly string[]> {
  // The page's policy takes no foreign script; the browser's own tools may.
  await page.evaluate(await readFile(axe, 'utf8'));
  const { violations } = await page.evaluate(() =>
    (Reflect.get(globalThis, 'axe') as { run(): Promise<Judged> }).run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

describe('the views', () => {
  const browser = sharedBrowser();
  const app = sharedApp();

  test.each(['light', 'dark'] as const)('[U16] have nothing serious in %s', async (theme) => {
    const { page } = await (await browser().device()).tab(app().url);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await judge(page)).toEqual([]);
    await beginSession(page, 'To be looked at');
    await page.getByRole('main').getByText('You said: To be looked at').waitFor();
    expect(await judge(page)).toEqual([]);
    for (const button of ['Share', 'Session menu']) {
      await page.getByRole('main').getByRole('button', { name: button }).click();
      await page.locator('dialog[open] h3, [role=menu]').first().waitFor();
      expect(await judge(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Type a command' }).waitFor();
    expect(await judge(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.goto(`${page.url()}/inspect`);
    await page.getByRole('heading', { name: 'Inspect', exact: true }).waitFor();
    await page.getByRole('region').first().waitFor();
    expect(await judge(page)).toEqual([]);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await judge(page)).toEqual([]);
    await page.goto(`${app().url}/nowhere`);
    await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    expect(await judge(page)).toEqual([]);
  });

  test('[U14] are in the theme that was chosen, from the next start too', async () => {
    const device = await browser().device();
    const { page } = await device.tab(`${app().url}/settings`);
    await page.getByLabel('Theme').selectOption('Dark');
    const themeOf = (of: Page): Promise<string | undefined> =>
      of.evaluate(() => document.documentElement.dataset['theme']);
    expect(await themeOf(page)).toBe('dark');
    const { page: next } = await device.tab(app().url);
    await next.getByRole('heading', { level: 1 }).waitFor();
    expect(await themeOf(next)).toBe('dark');
  });

  test('[U17] on a phone are the list or the session, and nothing is wider than it', async () => {
    const { page } = await (await browser().device()).tab();
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(app().url);
    const list = page.getByRole('navigation', { name: 'Sessions' });
    await list.waitFor();
    await beginSession(page, 'From a phone, with a rather long title to be cut somewhere');
    await page.getByRole('main').getByText('You said: From a phone').waitFor();
    expect(await list.isVisible()).toBe(false);
    const width = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    expect(await width()).toBe(390);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await list.getByRole('link', { name: /From a phone/ }).waitFor();
    expect(await width()).toBe(390);
    await page.goto(`${app().url}/settings`);
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await width()).toBe(390);
  });

  test('[U18] begin with at most 220 kB of script', async () => {
    const { page } = await (await browser().device()).tab();
    const paths: string[] = [];
    page.on('requestfinished', (request) => {
      if (request.resourceType() === 'script') paths.push(new URL(request.url()).pathname);
    });
    await page.goto(app().url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const first = paths.filter((path) => path.startsWith('/assets/'));
    const files = await Promise.all(first.map((path) => readFile(join(appFolder, path))));
    const bytes = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
    console.log(`first load: ${bytes} bytes of script, gzip`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(220_000);
  });

  test('[U19] make no script address but by their one policy', async () => {
    const tab = await (await browser().device()).tab(app().url);
    await tab.page.getByRole('heading', { level: 1 }).waitFor();
    const refused = await tab.page.evaluate(() => {
      const refusals: string[] = [];
      const attempt = (what: string, act: () => unknown): void => {
        try {
          act();
        } catch {
          refusals.push(what);
        }
      };
      attempt('markup', () => (document.createElement('div').innerHTML = '<b>x</b>'));
      attempt('script', () => (document.createElement('script').src = '/x.js'));
      const factory = Reflect.get(globalThis, 'trustedTypes') as {
        createPolicy(name: string, rules: object): unknown;
      };
      attempt('policy', () => factory.createPolicy('another', {}));
      return refusals;
    });
    tab.expectErrors(/trusted|Trusted/);
    expect(refused).toEqual(['markup', 'script', 'policy']);
  });
});
