// Sharing a session with somebody else, who may read and no more.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { beginSession, sharedApp } from '../../../support/web-app.ts';

describe('a session that is shared', () => {
  const browser = sharedBrowser();
  const app = sharedApp();

  test('[U8] by a link for viewers is read by another person, and not written in', async () => {
    const { page: owner } = await (await browser().device()).tab(app().url);
    const id = await beginSession(owner, 'For your eyes');
    await owner.getByRole('main').getByText('You said: For your eyes').waitFor();
    await owner.getByRole('main').getByRole('button', { name: 'Share' }).click();
    await owner.getByRole('button', { name: 'Make a link' }).click();
    const link = await owner.getByLabel('Invite by a link').inputValue();
    expect(link).toContain('/#join=');

    const device = await browser().device();
    const tab = await device.tab(`${app().url}/settings`);
    const { page } = tab;
    await page.getByLabel('Be somebody else on this machine').fill('bob');
    await page.getByRole('button', { name: 'Switch' }).click();
    await page.getByRole('button', { name: 'You are bob' }).waitFor();
    const { page: viewer } = await device.tab(link);
    await viewer.waitForURL(new RegExp(`/s/${id}$`));
    await viewer.getByRole('main').getByText('You said: For your eyes').waitFor();
    await viewer
      .getByRole('main')
      .getByText(/You can read this session, and not write/)
      .waitFor();
    const answers = await viewer.evaluate(async (session) => {
      const given = await fetch('/api/local-token?as=bob', { method: 'POST' });
      const { token } = (await given.json()) as { token: string };
      const headers = { authorization: `Bearer ${token}` };
      const paths = [`/api/sessions/${session}`, `/api/sessions/${session}/members/ann`];
      const asked = paths.map((path) => fetch(path, { method: 'DELETE', headers }));
      return (await Promise.all(asked)).map(({ status }) => status);
    }, id);
    device.tabs.at(-1)?.expectErrors(/403/);
    expect(answers).toEqual([403, 403]);

    await owner.keyboard.press('Escape');
    await owner.getByRole('main').getByRole('button', { name: 'Share' }).click();
    await owner.getByText('bob', { exact: true }).waitFor();
    await owner.getByRole('button', { name: 'Remove bob' }).click();
    await expect.poll(() => owner.getByText('bob', { exact: true }).count()).toBe(0);
  });
});
