// Tabs and devices of people on one real server, while networks, servers and tabs die.

import { describe, expect, test } from 'vitest';
import { sharedAppServer, withTeller } from '../../support/app-stage.ts';
import { appTab, type AppTab, rowsOf } from '../../support/app-tab.ts';
import { sharedBrowser } from '../../support/browser.ts';
import { withFaultProxy } from '../../support/fault-proxy.ts';
import { withFolder } from '../../support/folder.ts';
import { makeToken, startServer } from '../../support/server-process.ts';
import type { SyncStage } from '../../support/sync-stage.ts';

const browser = sharedBrowser();
let sessions = 0;
const newSession = (): string => `session-of-devices-${++sessions}`;

async function open(
  stage: SyncStage,
  tab: AppTab,
  session: string,
  sub: string,
  more: { readonly create?: boolean; readonly url?: string; readonly clockSpeed?: number } = {},
): Promise<void> {
  await tab.open({ url: stage.url, token: await stage.token(sub), session, ...more });
}

describe('people in one session', () => {
  const stage = sharedAppServer();

  test('[C120] two tabs and a device have the same, and each says how far its words got', async () => {
    const session = newSession();
    const [mine, theirs] = [await browser().device(), await browser().device()];
    const one = await appTab(mine, stage().url);
    await open(stage(), one, session, 'ada', { create: true });
    await one.say('first');
    await one.sees({ rows: ['first'], connection: 'live', unsent: 0, storage: 'persistent' });
    const two = await appTab(mine, stage().url);
    await open(stage(), two, session, 'ada');
    const other = await appTab(theirs, stage().url);
    await open(stage(), other, session, 'ben');
    await two.say('second');
    await other.sees({ rows: ['first', 'second'] });
    await other.say('third');
    for (const tab of [one, two, other]) {
      await tab.sees({ rows: ['first', 'second', 'third'], unsent: 0 });
    }
    const { history } = await two.see();
    // What is handed to the network before the disk has it is never said to be less again.
    expect(['local sent durable', 'local stored sent durable']).toContain(
      history['second']?.join(' '),
    );
  });

  test('[C120] tabs have the same without a network, and devices merge what both wrote', async () => {
    const session = newSession();
    const [mine, theirs] = [await browser().device(), await browser().device()];
    const [one, two] = [await appTab(mine, stage().url), await appTab(mine, stage().url)];
    const other = await appTab(theirs, stage().url);
    await open(stage(), one, session, 'ada', { create: true, clockSpeed: 10 });
    await one.say('begun');
    await one.sees({ rows: ['begun'], connection: 'live' });
    await open(stage(), two, session, 'ada', { clockSpeed: 10 });
    await open(stage(), other, session, 'ben', { clockSpeed: 10 });
    await two.sees({ rows: ['begun'], connection: 'live' });
    await other.sees({ rows: ['begun'], connection: 'live' });
    await Promise.all([mine.cutNetwork(), theirs.cutNetwork()]);
    for (const tab of [one, two, other]) await tab.sees({ connection: 'offline' });
    await one.say('of one');
    await two.sees({ rows: ['begun', 'of one (stored)'] });
    await two.say('of two');
    await one.sees({ rows: ['begun', 'of one (stored)', 'of two (stored)'], unsent: 2 });
    await other.say('of another');
    await other.sees({ rows: ['begun', 'of another (stored)'] });
    await Promise.all([mine.restoreNetwork(), theirs.restoreNetwork()]);
    for (const tab of [one, two, other]) await tab.sees({ unsent: 0, connection: 'live' });
    await one.sees({ rows: rowsOf(await other.see()) });
    const ways = await Promise.all([one, two, other].map(branches));
    for (const texts of ways) expect(texts).toEqual(['begun', 'of another', 'of one', 'of two']);
  });

  test('[C121] a connection that died without a word is found, and nothing is lost', async () => {
    const session = newSession();
    await withFaultProxy({ port: stage().port }, async (proxy) => {
      const [mine, theirs] = [await browser().device(), await browser().device()];
      const one = await appTab(mine, proxy.url);
      await open(stage(), one, session, 'ada', { create: true, url: proxy.url, clockSpeed: 10 });
      await one.say('before');
      await one.sees({ rows: ['before'], connection: 'live' });
      proxy.swallow();
      await one.say('into the void');
      const other = await appTab(theirs, stage().url);
      await open(stage(), other, session, 'ben');
      await other.sees({ rows: ['before', 'into the void'] });
      const healed = await one.sees({ unsent: 0, connection: 'live' });
      expect(rowsOf(healed)).toEqual(['before', 'into the void']);
      await Promise.all([mine.close(), theirs.close()]);
    });
  });
});

/** All that was said, on whatever branch. */
function branches(tab: AppTab): Promise<string[]> {
  return tab.tab.page.evaluate(() => window.app.everything());
}

describe('what dies', () => {
  const stage = sharedAppServer();

  test('[C122] a tab that crashes while an agent streams takes nothing with it', async () => {
    const session = newSession();
    const device = await browser().device();
    const [one, two] = [await appTab(device, stage().url), await appTab(device, stage().url)];
    await open(stage(), one, session, 'ada', { create: true });
    await withTeller(stage(), async (goOn) => {
      await one.say('Tell me', 'teller');
      await one.sees({ rows: ['Tell me', 'Once upon'] });
      await open(stage(), two, session, 'ada');
      await two.sees({ rows: ['Tell me', 'Once upon'] });
      await one.say('It must stay');
      await one.sees({ rows: ['Tell me', 'Once upon', 'It must stay'] });
      await one.tab.crash();
      goOn();
      await two.sees({ rows: ['Tell me', 'Once upon a time.', 'It must stay'], unsent: 0 });
      await two.say('and on');
      await two.sees({ unsent: 0, storage: 'persistent' });
      const again = await appTab(device, stage().url);
      await device.cutNetwork();
      await open(stage(), again, session, 'ada');
      expect(rowsOf(await again.see())).toEqual([
        'Tell me',
        'Once upon a time.',
        'It must stay',
        'and on',
      ]);
    });
  });

  test('[C122] what is stored in a tab that crashes alone is there, and sent by the next', async () => {
    const session = newSession();
    const device = await browser().device();
    const one = await appTab(device, stage().url);
    await open(stage(), one, session, 'ada', { create: true, clockSpeed: 10 });
    await one.say('durable');
    await one.sees({ unsent: 0, connection: 'live' });
    await device.cutNetwork();
    await one.sees({ connection: 'offline' });
    await one.say('stored');
    await one.sees({ rows: ['durable', 'stored (stored)'] });
    await one.tab.crash();
    const next = await appTab(device, stage().url);
    await device.cutNetwork();
    await open(stage(), next, session, 'ada');
    await next.sees({ rows: ['durable', 'stored (stored)'], unsent: 1 });
    await device.restoreNetwork();
    expect(rowsOf(await next.sees({ unsent: 0, connection: 'live' }))).toEqual([
      'durable',
      'stored',
    ]);
  });

  test('[C123] a server that is killed is waited for, and has all when it is back', async () => {
    await withFolder(async (folder) => {
      let server = await startServer({ folder });
      const rights = ['read', 'write', 'control', 'create'];
      const token = await makeToken(folder, { sub: 'ada', rights });
      try {
        const session = newSession();
        const device = await browser().device();
        const [one, two] = [await appTab(device, server.url), await appTab(device, server.url)];
        await one.open({ url: server.url, token, session, create: true });
        await one.say('before');
        await one.sees({ unsent: 0, connection: 'live' });
        await two.open({ url: server.url, token, session });
        await server.kill();
        await two.say('meanwhile');
        await one.sees({ rows: ['before', 'meanwhile (stored)'], unsent: 1 });
        server = await server.restart();
        for (const tab of [one, two]) await tab.sees({ rows: ['before', 'meanwhile'], unsent: 0 });
        const other = await appTab(await browser().device(), server.url);
        await other.open({ url: server.url, token, session });
        const { unsent } = await other.sees({ rows: ['before', 'meanwhile'] });
        expect(unsent).toBe(0);
      } finally {
        await server.kill();
      }
    });
  });
});
