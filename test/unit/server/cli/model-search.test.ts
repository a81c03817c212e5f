// Which model is found, with servers that are played and time turned by hand.

import { expect, test } from 'vitest';
import { findModel, searchMsMax } from '../../../../server/cli/model-search.ts';
import { manualClock } from '../../../../src/base/clock.ts';

type Served = Readonly<Record<string, string | undefined>>;

/** Lists one model at each of these addresses; undefined is one that never answers. */
function scene(served: Served, env: Readonly<Record<string, string>> = {}) {
  const asked: { url: string; key: string | null }[] = [];
  const clock = manualClock();
  const played: typeof fetch = (input, init) => {
    const { url } = new Request(input);
    asked.push({ url, key: new Headers(init?.headers).get('authorization') });
    if (!(url in served)) return Promise.reject(new TypeError('fetch failed'));
    const id = served[url];
    if (id !== undefined) return Promise.resolve(Response.json({ data: [{ id }] }));
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('late')));
    });
  };
  return { asked, clock, found: findModel({ env, clock, fetch: played }) };
}

const OLLAMA = 'http://127.0.0.1:11434/v1/models';
const LLAMA = 'http://127.0.0.1:8080/v1/models';

test('[A82] a model of this machine is found where it usually listens, and nobody is waited for', async () => {
  const both = await scene({ [OLLAMA]: 'qwen', [LLAMA]: 'other' }).found;
  expect(both).toMatchObject({ model: 'qwen', from: 'Ollama' });
  expect(await scene({ [LLAMA]: 'mine' }).found).toMatchObject({
    model: 'mine',
    from: 'llama.cpp',
  });
  expect(await scene({}).found).toBeUndefined();
  const slow = scene({ [OLLAMA]: undefined });
  slow.clock.advance(searchMsMax);
  expect(await slow.found).toBeUndefined();
});

test('[A82] what the environment names goes first, and its key goes nowhere else', async () => {
  const env = {
    OPENAI_BASE_URL: 'https://models.example/v1',
    OPENAI_API_KEY: 'k',
    OPENAI_MODEL: 'm',
  };
  const named = scene({ [OLLAMA]: 'qwen' }, env);
  expect(await named.found).toMatchObject({ model: 'm', baseUrl: 'https://models.example/v1' });
  expect(named.asked).toEqual([]);
  const listed = scene(
    { 'https://models.example/v1/models': 'first' },
    { OPENAI_BASE_URL: 'https://models.example/v1/', OPENAI_API_KEY: 'k' },
  );
  expect(await listed.found).toMatchObject({ model: 'first' });
  expect(listed.asked).toEqual([{ url: 'https://models.example/v1/models', key: 'Bearer k' }]);
  const local = scene({ [OLLAMA]: 'qwen' }, { OPENAI_API_KEY: 'k' });
  await local.found;
  expect(local.asked.map(({ key }) => key)).toEqual([null, null]);
});
