import { describe, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { withPage } from '../../support/page-stage.ts';
import { talker, slow, asking, leading, failing, saying } from '../../support/talking-agents.ts';
import { readFileSync } from 'node:fs';
const id = 'a-session-to-be-looked-at';
describe('dev', () => {
  const browser = sharedBrowser();
  test('look', async () => {
    await withPage('conversation', async (stage) => {
      const md = readFileSync('/tmp/talk/sample.md', 'utf8');
      const all = [
        await talker(stage, 'slow', slow(3)),
        await talker(stage, 'asker', asking),
        await talker(stage, 'lead', leading('slow')),
        await talker(stage, 'broken', failing),
        await talker(stage, 'guide', saying(md)),
      ];
      const device = await browser().device();
      const tab = await device.tab();
      tab.page.on('console', (m) => console.log('console', m.text()));
      tab.page.on('pageerror', (m) => console.log('pageerror', m.stack));
      await tab.page.setViewportSize({ width: 1280, height: 800 });
      const go = async (who: string, agent: string, theme = '') =>
        `${stage.url}/#${[stage.url, await stage.token(who), id, agent, '', theme].map(encodeURIComponent).join()}`;
      await tab.page.goto(await go('ada', 'guide'));
      const field = tab.page.locator('textarea');
      await field.waitFor({ timeout: 8000 }).catch(async () => {
        console.log((await tab.page.content()).slice(0, 3000));
      });
      const shot = (name: string) => tab.page.screenshot({ path: `/tmp/talk/${name}.png` });
      await shot('empty');
      await field.fill('What does this look like?');
      await field.press('Enter');
      await tab.page
        .getByText('an ordinary table')
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await shot('reply');
      await field.fill('@asker please order');
      await field.press('Enter');
      await tab.page
        .getByText('It costs 9 euros.')
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await shot('asks');
      await tab.page
        .getByRole('button', { name: 'Allow' })
        .click()
        .catch((e) => console.log(String(e)));
      await tab.page
        .getByText('It is ordered.')
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await field.fill('@lead look around');
      await field.press('Enter');
      await field.fill('@broken try');
      await field.press('Enter');
      await field.fill('and one more');
      await field.press('Enter');
      await tab.page
        .getByText('Begun.')
        .last()
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await shot('team');
      all[0]!.door.open(10);
      await tab.page
        .getByText('no quota left')
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await tab.page
        .getByText('an ordinary table')
        .nth(1)
        .waitFor({ timeout: 15000 })
        .catch((e) => console.log(String(e)));
      await shot('end');
      await tab.page.evaluate(() => {
        document.documentElement.dataset['theme'] = 'dark';
      });
      await shot('dark');
      await tab.page.setViewportSize({ width: 390, height: 844 });
      await shot('phone');
      await device.close();
      for (const { agent } of all) await agent.drain();
    });
  });
});
