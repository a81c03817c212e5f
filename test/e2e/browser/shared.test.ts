// Hooks over the real client and the real server: two devices, each with a page of React.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { withPage } from '../../support/page-stage.ts';
import type { SyncStage } from '../../support/sync-stage.ts';

const id = 'a-session-of-two-devices';

async function pageFor(stage: SyncStage, sub: string, more = ''): Promise<string> {
  const named = [stage.url, await stage.token(sub), id, more].map(encodeURIComponent);
  return `${stage.url}/#${named.join()}`;
}

/** Says something, as a person does. */
async function say(page: Page, words: string): Promise<void> {
  await page.locator('#field').fill(words);
  await page.keyboard.press('Enter');
}

describe('two devices', () => {
  const browser = sharedBrowser();

  test('show each other what is said, also what was said without a network', async () => {
    await withPage('shared', async (stage) => {
      const [mine, theirs] = [await browser().device(), await browser().device()];
      const { page: one } = await mine.tab(await pageFor(stage, 'ada', 'new'));
      await one.locator('output', { hasText: 'live' }).waitFor();
      await say(one, 'Hello');
      await one.locator('li', { hasText: 'Hello durable' }).waitFor();
      const { page: other } = await theirs.tab(await pageFor(stage, 'ben'));
      await other.locator('li', { hasText: 'Hello' }).waitFor();
      await mine.cutNetwork();
      await say(one, 'Are you there?');
      await one.locator('li', { hasText: 'Are you there?' }).waitFor();
      expect(await one.locator('output').textContent()).toContain('1 unsent');
      await mine.restoreNetwork();
      await other.locator('li', { hasText: 'Are you there?' }).waitFor();
      await one.locator('li', { hasText: 'Are you there? durable' }).waitFor();
      expect(await one.locator('.words').allTextContents()).toEqual(['Hello', 'Are you there?']);
      await Promise.all([mine.close(), theirs.close()]);
    });
  });
});
