// A model as an agent, with real processes and a model server that is played over real HTTP.

import { expect, test } from 'vitest';
import { withFolder } from '../../support/folder.ts';
import { Household } from '../../support/household.ts';
import { streamed, withModelServer } from '../../support/model-server.ts';
import { holdfast, Program } from '../../support/program.ts';

const said = (content: string) => ({ choices: [{ index: 0, delta: { content } }] });
const answer = streamed([
  said('Soup, '),
  said('of course.'),
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  '[DONE]',
]);

test.concurrent('[A82] [A83] the model that is named answers as assistant, and holdfast agent joins as any other', () =>
  withModelServer([answer], (models) =>
    withFolder(async (folder) => {
      const env = { OPENAI_BASE_URL: `${models.url}/v1`, OPENAI_MODEL: 'm', OPENAI_API_KEY: 'k-1' };
      const house = await Household.start(folder, env);
      expect(house.agents).toEqual(['guide', 'guide', 'assistant']);
      const ann = await house.visitor('session-of-the-model', 'assistant');
      const run = ann.ask('What is for lunch?');
      await ann.untilState(run, 'complete');
      expect(ann.text(run)).toBe('Soup, of course.');
      expect(models.asked[0]).toMatchObject({
        path: '/v1/chat/completions',
        authorization: 'Bearer k-1',
        body: { model: 'm', messages: [{ role: 'user', content: 'What is for lunch?' }] },
      });
      ann.close();
      // It finds the server by its folder, and signs its own token.
      const flags = ['--name', 'cook', '--model', 'n', '--system', 'You cook.', '--data', folder];
      const cook = new Program([holdfast, 'agent', ...flags], env);
      const bob = await house.visitor('session-of-the-cook', 'cook');
      const other = bob.ask('And for dinner?');
      await bob.untilState(other, 'complete');
      expect(models.asked[1]?.body).toMatchObject({
        model: 'n',
        messages: [{ role: 'system', content: 'You cook.' }, { role: 'user' }],
      });
      bob.close();
      expect(await cook.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(await house.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    }),
  ));

test.concurrent('[A83] it says in a sentence which model or which server is missing', () =>
  withFolder(async (folder) => {
    const none = new Program([holdfast, 'agent', '--data', folder]);
    expect(await none.ended).toEqual({ code: 2, signal: null });
    expect(none.printed.err).toMatch(/^holdfast: Say which model to run: [^\n]+\n$/);
    const flags = ['--model', 'm', '--base-url', 'http://127.0.0.1:9/v1', '--data', folder];
    const alone = new Program([holdfast, 'agent', ...flags]);
    expect(await alone.ended).toEqual({ code: 1, signal: null });
    expect(alone.printed.err).toMatch(/^holdfast: No server runs on [^\n]+\n$/);
  }));
