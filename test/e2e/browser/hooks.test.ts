// Hooks in a real browser, under React 18 and 19: what they show, and what they leave behind.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { sharedPage } from '../../support/page-server.ts';

describe.each([18, 19] as const)('with React %i', (react) => {
  const browser = sharedBrowser();
  const url = sharedPage('hooks', { react });

  async function open(): Promise<Page> {
    const device = await browser().device();
    const { page } = await device.tab(url());
    return page;
  }

  test('the page has this React', async () => {
    const page = await open();
    expect(await page.evaluate(() => window.reactVersion)).toMatch(new RegExp(`^${react}\\.`));
  });

  test.each([false, true])(
    '[C83] a session that was left is closed (StrictMode: %s)',
    async (strict) => {
      const page = await open();
      const seen = await page.evaluate((on) => window.scenarios.mountAndLeave(on), strict);
      expect(seen.shown).toContain('one ready one2 messages, 0 unsent, 0 faults');
      expect(seen.during[0]).toBe(1);
      expect(seen.during[1]).toBeGreaterThan(0);
      expect(seen.left).toEqual([1, 0]);
      expect(seen.after).toEqual([0, 0]);
    },
  );

  test.each([false, true])(
    '[C83] one that was left while loading, too (Suspense: %s)',
    async (suspense) => {
      const page = await open();
      const seen = await page.evaluate((on) => window.scenarios.leaveWhileLoading(on), suspense);
      expect(seen.shown).toContain(suspense ? 'waiting' : 'loading');
      expect(seen.after).toEqual([0, 0]);
    },
  );

  test('[C87] Suspense waits for local data alone', async () => {
    const page = await open();
    const shown = await page.evaluate(() => window.scenarios.waitForData(true));
    expect(shown).toEqual([
      'waiting',
      'a-session-that-is-one ready one2 messages, 0 unsent, 0 faults',
      'a-session-that-is-one ready still here2 messages, 0 unsent, 0 faults',
    ]);
  });

  test('[C87] without it the session is there at once, and says that it is loading', async () => {
    const page = await open();
    const shown = await page.evaluate(() => window.scenarios.waitForData(false));
    expect(shown).toEqual([
      'a-session-that-is-one loading 0 messages, 0 unsent, 0 faults',
      'a-session-that-is-one ready one2 messages, 0 unsent, 0 faults',
      'a-session-that-is-one ready still here2 messages, 0 unsent, 0 faults',
    ]);
  });

  test('[C88] another session shows nothing of the one before', async () => {
    const page = await open();
    const seen = await page.evaluate(() => window.scenarios.exchangeSession());
    const two = 'a-session-that-is-two ready two3 messages, 0 unsent, 0 faults';
    expect(seen.shown.slice(1)).toEqual([two, two]);
    expect(seen.counts[0]).toEqual([0, 0]);
    expect(seen.counts[1]?.[0]).toBe(1);
  });

  test('[C88] another client shows nothing of the one before', async () => {
    const page = await open();
    const seen = await page.evaluate(() => window.scenarios.exchangeClient());
    const theirs = 'a-session-that-is-one ready theirs2 messages, 0 unsent, 0 faults';
    expect(seen.shown.slice(1)).toEqual([theirs, theirs]);
    expect(seen.counts[0]).toEqual([0, 0]);
    expect(seen.counts[1]?.[0]).toBe(1);
  });

  test('[C81] a render in pieces shows one moment', async () => {
    const page = await open();
    const seen = await page.evaluate(() => window.scenarios.renderInPieces());
    expect(seen.interrupted).toBeGreaterThan(0);
    expect(seen.mixed).toEqual([]);
    expect(seen.last).toEqual(['6']);
  });

  test('[C86] a page takes over what a server rendered', async () => {
    const page = await open();
    const seen = await page.evaluate(() => window.scenarios.takeOver());
    expect(seen).toEqual({ rendered: 'loading  0 0', shown: 'ready Long 7 3', complaints: [] });
  });

  test('each hook shows what changed', async () => {
    const page = await open();
    const seen = await page.evaluate(() => window.scenarios.showEverything());
    expect(seen).toMatchObject([
      { principal: 'ada', messages: 3, role: 'user', parts: 1, branch: '1/1', runs: '0/0' },
      { messages: 5, role: 'assistant', words: 'Once', run: 'running', runs: '1/0', requests: '' },
      { requests: expect.stringContaining('cancel') },
      { run: 'complete', runs: '0/0' },
      { messages: 2, branch: '2/2', role: 'user', words: 'other words' },
      { messages: 5, branch: '1/2', words: 'Once', participants: [] },
      { participants: ['Ada 0 false'] },
      { participants: ['Ben 2 true', 'Ada 0 false'] },
      { saved: 'stored', unsent: 0 },
      { unsent: 3 },
      { notice: 'token', library: [] },
      { library: ['A tour'] },
    ]);
  });

  test('[C84] [C85] a field keeps its cursor, and its words until they are sent', async () => {
    const page = await open();
    await page.evaluate(() => window.scenarios.showField());
    await page.locator('#field').pressSequentially('Helo');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('l');
    const typed = await page.evaluate(() => window.scenarios.fieldState());
    expect(typed).toMatchObject({ caret: 4, draft: 'Hello', flushes: 0 });
    await page.keyboard.press('Enter');
    expect(await page.locator('#field').inputValue()).toBe('');
    const sent = await page.evaluate(() => window.scenarios.fieldState());
    expect(sent).toMatchObject({ draft: '', flushes: 1 });
    expect(sent.sent.at(-1)).toBe('Hello');
    await page.evaluate(() => window.scenarios.paint());
    expect(await page.locator('output').textContent()).toBe('1 queued ');
    await page.evaluate(() => window.scenarios.closeSessionOfField());
    await page.locator('#field').pressSequentially('More');
    await page.keyboard.press('Enter');
    await page.locator('output', { hasText: 'not-found' }).waitFor();
    expect(await page.locator('#field').inputValue()).toBe('More');
  });
});
