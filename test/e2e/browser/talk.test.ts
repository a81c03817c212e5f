// What people do in a conversation, in real browsers against the real server and real agents: two
// devices, one conversation.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedBrowser } from '../../support/browser.ts';
import { conversationAt, type TalkStage, withTalk } from '../../support/talk-stage.ts';
import { asking, failing, leading, listening, saying, slow } from '../../support/talking-agents.ts';

/** Says something, as a person does. */
async function say(page: Page, words: string, key = 'Enter'): Promise<void> {
  const field = page.getByRole('combobox', { name: /^Write/ });
  await field.fill(words);
  await field.press(key);
}

const messages = (page: Page) => page.getByRole('group', { name: 'Messages' });

describe('a conversation', () => {
  const browser = sharedBrowser();
  let stage: TalkStage;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ stage, close } = await withTalk());
  });
  afterAll(() => close());

  async function page(sub: string, session: string, agent = ''): Promise<Page> {
    const device = await browser().device();
    const tab = await device.tab(await conversationAt(stage, { sub, session, agent }));
    return tab.page;
  }

  test('[U30] a stop ends the reply on every device, and says who stopped it', async () => {
    const { agent } = await stage.talker('slow', slow(9));
    const ada = await page('ada', 'a-session-with-a-stop', 'slow');
    await say(ada, 'Tell me');
    await messages(ada).getByText('Begun.').waitFor();
    const ben = await page('ben', 'a-session-with-a-stop');
    await messages(ben).getByText('Begun.').waitFor();
    await ben.getByRole('combobox', { name: /^Write/ }).press('Escape');
    await messages(ada).getByText('Stopped by ben').waitFor();
    await messages(ben).getByText('Stopped by ben').waitFor();
    await ada.getByRole('button', { name: 'Stop' }).first().waitFor({ state: 'detached' });
    expect(await messages(ada).getByText('word').count()).toBe(0);
    await agent.drain();
  });

  test('[U31] words for a reply that is written are handed to it, and what became of them is said', async () => {
    const { agent } = await stage.talker('steered', listening);
    const ada = await page('ada', 'a-session-with-a-steer', 'steered');
    await say(ada, 'Tell me');
    await messages(ada).getByText('Begun.').waitFor();
    await say(ada, 'in verse', 'Control+Enter');
    await messages(ada).getByText('Said to the reply while it was written').waitFor();
    await messages(ada).getByText('Begun. You said: in verse.').waitFor();
    await messages(ada).getByText('It was read').waitFor();
    expect(await messages(ada).locator('[data-role=assistant]').count()).toBe(1);
    await agent.drain();
  });

  test('[U33] prompts wait in one line, which any device may change', async () => {
    const { agent, door } = await stage.talker('queued', slow(1));
    const ada = await page('ada', 'a-session-with-a-line', 'queued');
    await say(ada, 'First');
    await messages(ada).getByText('Begun.').waitFor();
    for (const words of ['Second', 'Third', 'Fourth']) await say(ada, words);
    const ben = await page('ben', 'a-session-with-a-line');
    const line = ben.getByRole('region', { name: 'In line' }).getByRole('listitem');
    await line.nth(2).waitFor();
    await line.filter({ hasText: 'Third' }).getByRole('button', { name: 'Earlier' }).click();
    await line.first().filter({ hasText: 'Third' }).waitFor();
    await line.filter({ hasText: 'Second' }).getByRole('button', { name: 'Take back' }).click();
    await line.nth(2).waitFor({ state: 'detached' });
    await line.filter({ hasText: 'Fourth' }).getByRole('button', { name: 'Change' }).click();
    const field = ben.getByRole('textbox', { name: 'Other words for this prompt' });
    await field.fill('Fourth, in other words');
    await field.press('Enter');
    const own = ada.getByRole('region', { name: 'In line' }).getByRole('listitem');
    await own.last().filter({ hasText: 'Fourth, in other words' }).waitFor();
    door.open(3);
    await messages(ada).getByText('Begun. word1').nth(2).waitFor();
    await messages(ada).getByText('Taken back before it was read').waitFor();
    expect(await own.count()).toBe(0);
    await agent.drain();
  });

  test('[U34] an edit and another reply are versions to choose from, on each device for itself', async () => {
    const { agent } = await stage.talker('echo', saying('An answer.'));
    const ada = await page('ada', 'a-session-with-branches', 'echo');
    await say(ada, 'One question');
    await messages(ada).getByText('An answer.').waitFor();
    const field = ada.getByRole('combobox', { name: /^Write/ });
    await field.press('ArrowUp');
    await ada
      .getByRole('textbox', { name: 'Other words for this prompt' })
      .fill('Another question');
    await ada.keyboard.press('Enter');
    await messages(ada).getByText('Another question').waitFor();
    await ada.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    const ben = await page('ben', 'a-session-with-branches');
    await messages(ben).getByText('Another question').waitFor();
    await ada.getByRole('button', { name: 'The version before' }).click();
    await messages(ada).getByText('One question').waitFor();
    expect(await messages(ben).getByText('Another question').count()).toBe(1);
    await ada.getByRole('button', { name: 'Another reply' }).last().click();
    await ada.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    await agent.drain();
  });

  test('[U35] a tool that asks is answered from another device, with a reason, once', async () => {
    const { agent } = await stage.talker('asker', asking);
    const ada = await page('ada', 'a-session-with-a-tool', 'asker');
    await say(ada, 'I am hungry');
    await messages(ada).getByText('It costs 9 euros.').waitFor();
    const ben = await page('ben', 'a-session-with-a-tool');
    await ben.getByRole('textbox', { name: 'A reason' }).fill('no soup');
    await ben.getByRole('button', { name: 'Deny' }).click();
    await messages(ada).getByText('Then not.').waitFor();
    await messages(ada).locator('details', { hasText: 'order' }).locator('summary').click();
    await messages(ada).getByText('Denied by ben: no soup').waitFor();
    expect(await ada.getByRole('button', { name: 'Allow' }).count()).toBe(0);
    await agent.drain();
  });

  test('[U37] agents that help stand in the reply, each with its own words, stop and steer', async () => {
    const lead = await stage.talker('lead', leading('helper'));
    const helper = await stage.talker('helper', listening, { concurrency: 4 });
    const ada = await page('ada', 'a-session-with-a-team', 'lead');
    await say(ada, 'Look around');
    const north = messages(ada).locator('details', { hasText: 'Look at the north' });
    const south = messages(ada).locator('details', { hasText: 'Look at the south' });
    await north.getByText('Begun.').waitFor();
    await south.getByText('Begun.').waitFor();
    await south.getByRole('button', { name: 'Stop' }).click();
    await south.getByText('Stopped by ada').waitFor();
    await north.getByRole('textbox', { name: 'Say something to helper' }).fill('further');
    await ada.keyboard.press('Enter');
    await north.getByText('You said: further.').waitFor();
    await messages(ada).getByText('Both have answered: complete and cancelled.').waitFor();
    expect(await messages(ada).locator('details').count()).toBe(2);
    await Promise.all([lead.agent.drain(), helper.agent.drain()]);
  });

  test('[U38] a reply that failed says why, and is asked for again', async () => {
    const { agent } = await stage.talker('broken', failing);
    const ada = await page('ada', 'a-session-with-a-failure', 'broken');
    await say(ada, 'Try');
    await messages(ada).getByText('The model has no quota left.').waitFor();
    await ada.getByRole('button', { name: 'Try again' }).click();
    await ada.getByRole('group', { name: 'Version 2 of 2' }).waitFor();
    expect(await messages(ada).locator('[data-role=user]').count()).toBe(1);
    await agent.drain();
  });
});
