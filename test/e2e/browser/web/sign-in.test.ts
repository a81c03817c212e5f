// Getting in where nobody is let in for nothing, and getting out.

import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../../support/browser.ts';
import { makeToken } from '../../../support/server-process.ts';
import { beginSession, sharedApp } from '../../../support/web-app.ts';

const env = { AUTH_SECRET: 'a secret of thirty-two bytes and more' };

describe('on a server for others', () => {
  const browser = sharedBrowser();
  const app = sharedApp({ env });

  const tokenOf = (sub: string): Promise<string> =>
    makeToken(app().folder, { sub, sessions: ['member'] }, { env });

  test('[U2] an invitation is needed, and one that is pasted will do', async () => {
    const tab = await (await browser().device()).tab(app().url);
    // It asked the machine first.
    tab.expectErrors(/local-token/);
    const { page } = tab;
    await page.getByRole('heading', { name: 'You need an invitation' }).waitFor();
    const field = page.getByLabel('Invitation link or token');
    await field.fill('let me in');
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'This is no invitation' }).waitFor();
    await field.fill(`${app().url}/#token=${await tokenOf('ann')}`);
    await field.press('Enter');
    await page.getByRole('button', { name: 'You are ann' }).waitFor();
    expect(page.url()).not.toContain('token');
  });

  test('[U2] a link signs in, once and for all, and leaves no token in the address', async () => {
    const token = await tokenOf('bea');
    const device = await browser().device();
    const { page } = await device.tab(`${app().url}/settings#token=${token}`);
    await page.getByRole('button', { name: 'You are bea' }).waitFor();
    expect(page.url()).toBe(`${app().url}/settings`);
    const { page: again } = await device.tab(app().url);
    await again.getByRole('button', { name: 'You are bea' }).waitFor();
  });

  test('[U22] another account shows nothing of the one before', async () => {
    const device = await browser().device();
    const { page } = await device.tab(`${app().url}/#token=${await tokenOf('cleo')}`);
    await beginSession(page, 'Of Cleo alone');
    const list = page.getByRole('navigation', { name: 'Sessions' });
    await list.getByText('Of Cleo alone').waitFor();
    await page.goto(`${app().url}/settings#token=${await tokenOf('dora')}`);
    await page.reload();
    await page.getByRole('button', { name: 'You are dora' }).waitFor();
    await list.getByText(/No sessions yet/).waitFor();
    await page.getByRole('button', { name: 'You are dora' }).click();
    expect(await list.getByText('Of Cleo alone').count()).toBe(0);
    await page.getByRole('menuitem', { name: 'cleo (cleo)' }).click();
    await list.getByText('Of Cleo alone').waitFor();
  });

  test('[U20] signing out deletes what is here, in every tab', async () => {
    const device = await browser().device();
    const tab = await device.tab(`${app().url}/#token=${await tokenOf('eve')}`);
    await beginSession(tab.page, 'Gone from here');
    const other = await device.tab(app().url);
    await other.page.getByText('Gone from here').first().waitFor();
    await tab.page.goto(`${app().url}/settings`);
    await tab.page.getByRole('button', { name: 'Clear local data' }).click();
    await tab.page.getByRole('button', { name: 'Sign out and delete it here' }).click();
    await tab.page.getByText(/You are signed out/).waitFor();
    await other.page.getByText(/You are signed out/).waitFor();
    const left = await tab.page.evaluate(() => indexedDB.databases());
    expect(left.filter(({ name }) => name?.includes('eve'))).toEqual([]);
    expect(await tab.page.evaluate(() => JSON.stringify(localStorage))).not.toContain('eve');
  });
});
