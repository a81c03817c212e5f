// From nothing to the first reply, as whoever tries the app comes to it.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { beginSession, sharedApp } from '../../../support/web-app.ts';

describe('a first visit', () => {
  const browser = sharedBrowser();
  const app = sharedApp();

  test('[U1] on the machine of the server needs nothing, and a prompt is answered', async () => {
    const { page } = await (await browser().device()).tab(app().url);
    await beginSession(page, 'What survives?');
    await page.getByRole('main').getByText('You said: What survives?').waitFor();
    const list = page.getByRole('navigation', { name: 'Sessions' });
    await list.getByRole('link', { name: /What survives/ }).waitFor();
    expect(await page.title()).toBe('What survives? · Holdfast');
  });
});
