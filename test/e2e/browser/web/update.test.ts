// The next version of the app: it waits, it is offered, and it takes over when it is wanted.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { withReleases } from '../../../support/web-release.ts';

const shells = async (): Promise<string> => (await caches.keys()).toSorted().join();

describe('a new version', () => {
  const browser = sharedBrowser();

  test('[U13] waits until it is wanted', () =>
    withReleases(async (release) => {
      const tab = await (await browser().device()).tab(release.url);
      const { page } = tab;
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      const before = await page.evaluate(shells);
      // While the server is away nothing can be asked of it.
      tab.expectErrors(/ERR_CONNECTION_REFUSED|WebSocket|Failed to load resource/);
      await release.next();
      await page.reload();
      const note = page.getByRole('region', { name: 'Messages of the app' });
      await note.getByText('A new version is ready.').waitFor();
      const both = await page.evaluate(shells);
      expect(both.split(',')).toHaveLength(2);
      expect(both).toContain(before);
      const loaded = page.waitForEvent('load');
      await note.getByRole('button', { name: 'Use it' }).click();
      await loaded;
      await page.waitForFunction(async () => (await caches.keys()).length === 1);
      expect(await page.evaluate(shells)).not.toBe(before);
    }));
});
