// Words of an agent, and of a person, that are made to do harm: in a real browser, with the policy
// of the real server, none of them runs, none reaches out, and all of them are shown as words.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { hostileMarkdown } from '../../support/hostile-markdown.ts';
import { conversationAt, type TalkStage, withTalk } from '../../support/talk-stage.ts';
import { saying } from '../../support/talking-agents.ts';

describe('hostile words', () => {
  const browser = sharedBrowser();
  let stage: TalkStage;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ stage, close } = await withTalk());
  });
  afterAll(() => close());

  test('[U40] run nothing, fetch nothing, and become no markup but that of Markdown', async () => {
    const text = hostileMarkdown.join('\n\nnext\n\n');
    const { agent } = await stage.talker('hostile', saying(`${text}\n\nThe very end.`));
    const device = await browser().device();
    const tab = await device.tab();
    const { page } = tab;
    const foreign: string[] = [];
    await page.route('**/*', async (route) => {
      const { origin } = new URL(route.request().url());
      if (origin !== new URL(stage.sync.url).origin) foreign.push(route.request().url());
      await route.continue();
    });
    await page.goto(
      await conversationAt(stage, {
        sub: 'ada',
        session: 'a-session-of-hostile-words',
        agent: 'hostile',
      }),
    );
    const field = page.getByRole('combobox', { name: /^Write/ });
    await field.fill(`<img src=x onerror="window.__ran=1"> ![](https://hostile.invalid/mine.png)`);
    await field.press('Enter');
    const said = page.getByRole('group', { name: 'Messages' });
    await said.getByText('The very end.').waitFor();
    const found = await page.evaluate(() => {
      const messages = document.querySelector('[aria-label="Messages"]');
      const all = [...(messages?.querySelectorAll('*') ?? [])];
      const own = messages?.querySelectorAll('[data-role]');
      return {
        ran: Reflect.get(window, '__ran'),
        messages: own?.length,
        forbidden: all
          .map((element) => element.localName)
          .filter((name) =>
            /^(script|iframe|object|embed|link|style|base|meta|video|audio|img|math|form|source)$/.test(
              name,
            ),
          ),
        handlers: all.flatMap((element) =>
          element.getAttributeNames().filter((name) => name.startsWith('on')),
        ),
        links: [...(messages?.querySelectorAll('a') ?? [])].map(({ href }) => href),
        named: document.querySelectorAll('#root').length,
      };
    });
    expect(found).toMatchObject({ forbidden: [], handlers: [], named: 1 });
    expect(found.ran).toBeUndefined();
    const odd = found.links.filter(
      (href) => !/^https:\/\/hostile\.invalid\/|^http:\/\/127\.0\.0\.1:\d+\/(?!.*#)/.test(href),
    );
    expect(odd).toEqual([]);
    expect(await said.getByText('<script>window.__ran = 1</script>').count()).toBeGreaterThan(0);
    expect(foreign).toEqual([]);
    await agent.drain();
  });
});
