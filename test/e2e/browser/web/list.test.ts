// The list of sessions, on two devices of one person.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { beginSession, sharedApp } from '../../../support/web-app.ts';

describe('the list', () => {
  const browser = sharedBrowser();
  const app = sharedApp();

  const open = async (path = ''): Promise<Page> =>
    (await (await browser().device()).tab(app().url + path)).page;
  const row = (page: Page, name: string) =>
    page
      .getByRole('navigation', { name: 'Sessions' })
      .getByRole('listitem')
      .filter({ hasText: name });
  const choose = async (page: Page, session: string, item: string): Promise<void> => {
    await row(page, session).hover();
    await row(page, session)
      .getByRole('button', { name: /^Menu of/ })
      .click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
  };

  test('[U4] is named, pinned and archived here, and so on the other device', async () => {
    const [here, there] = [await open(), await open()];
    await beginSession(here, 'The first of two');
    await row(there, 'The first of two').waitFor();
    await choose(here, 'The first of two', 'Rename');
    await here.getByLabel('New title').fill('Plans for spring');
    await here.getByLabel('New title').press('Enter');
    await row(there, 'Plans for spring').waitFor();
    await choose(here, 'Plans for spring', 'Pin');
    await there.getByRole('heading', { name: 'Pinned' }).waitFor();
    await choose(there, 'Plans for spring', 'Archive');
    await expect.poll(() => row(here, 'Plans for spring').count()).toBe(0);
    await here.getByRole('button', { name: 'Archived' }).click();
    await choose(here, 'Plans for spring', 'Bring back from the archive');
    await row(there, 'Plans for spring').waitFor();
  });

  test('[U3] marks what is new to this person until they have seen it', async () => {
    const [here, there] = [await open(), await open('/settings')];
    await beginSession(here, 'Something new');
    await here.getByRole('main').getByText('You said: Something new').waitFor();
    await expect.poll(() => row(here, 'Something new').getByLabel('Unread').count()).toBe(0);
    // It was read on one device, so it is read on the other.
    await row(there, 'Something new').waitFor();
    await expect.poll(() => row(there, 'Something new').getByLabel('Unread').count()).toBe(0);
  });

  test('[U5] brings back what was deleted by mistake, and deletes what was not', async () => {
    const page = await open();
    await beginSession(page, 'By mistake');
    await row(page, 'By mistake').waitFor();
    await choose(page, 'By mistake', 'Delete');
    await expect.poll(() => row(page, 'By mistake').count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'By mistake').waitFor();
  });

  test('[U15] is worked with keys alone', async () => {
    const page = await open();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Control+Shift+O');
    await page.waitForURL(/\/s\//);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Type a command' }).fill('settings');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await page.keyboard.press('Control+Shift+F');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Search everything');
    const menu = page.getByRole('button', { name: /^You are/ });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Escape');
    expect(await menu.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});
