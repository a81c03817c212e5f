// A model behind chat completions, against a real server that answers as the servers of the field do.

import { describe, expect, test } from 'vitest';
import type { Chunk } from '../../../../src/agent/chunk.ts';
import { ModelError, openAi, type StreamOptions } from '../../../../src/adapters/openai/model.ts';
import type { Clock } from '../../../../src/base/clock.ts';
import type { ModelMessage } from '../../../../src/session/model-messages.ts';
import { collected } from '../../../support/collected.ts';
import { type Answer, streamed, withModelServer } from '../../../support/model-server.ts';

const ann = { id: 'ann', kind: 'person', name: 'Ann', quoted: false } as const;
const asked: readonly ModelMessage[] = [
  { message: 'm1', author: ann, role: 'user', content: [{ type: 'text', text: 'Hello?' }] },
];

const says = (delta: object, more: object = {}): object => ({
  choices: [{ index: 0, delta, ...more }],
});
const ends = says({}, { finish_reason: 'stop' });

const keyOf = (chunk: Chunk): string =>
  chunk.type === 'tool-input' ? `${chunk.type} ${chunk.call}` : chunk.type;

/** The chunks of one answer, neighbours joined, so that it does not matter how they were cut. */
async function chunksOf(url: string, options: StreamOptions = {}): Promise<readonly Chunk[]> {
  const joined: Chunk[] = [];
  const model = openAi({ baseUrl: url, model: 'tiny', apiKey: 'secret-key' });
  for await (const chunk of model.stream(asked, options)) {
    const last = joined.at(-1);
    if (last !== undefined && 'delta' in last && 'delta' in chunk && keyOf(last) === keyOf(chunk)) {
      joined[joined.length - 1] = { ...last, delta: last.delta + chunk.delta };
    } else joined.push(chunk);
  }
  return joined;
}

const answered = async (answer: Answer | readonly Answer[]): Promise<readonly Chunk[]> => {
  let chunks: readonly Chunk[] = [];
  const answers = Array.isArray(answer) ? answer : [answer];
  await withModelServer(answers, async ({ url }) => {
    chunks = await chunksOf(url);
  });
  return chunks;
};

const failed = async (answer: Answer): Promise<ModelError> => {
  const error = await answered(answer).catch((reason: unknown) => reason);
  if (error instanceof ModelError) return error;
  throw new Error(`no ModelError: ${String(error)}`);
};

const refuse =
  (status: number, body: string, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

test('[A51] a request says what is asked, and its key in the header alone', () =>
  withModelServer([streamed([says({ content: 'Hi' }), ends, '[DONE]'])], async (server) => {
    const tool = { name: 'look', description: 'Looks.', input: { type: 'object' } };
    await chunksOf(`${server.url}/v1/`, { system: 'Be kind.', tools: [tool] });
    const [one] = server.asked;
    expect([one?.path, one?.authorization]).toEqual(['/v1/chat/completions', 'Bearer secret-key']);
    expect(one?.body).toEqual({
      model: 'tiny',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Hello?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks.', parameters: { type: 'object' } },
        },
      ],
    });
  }));

describe('[A50] an answer', () => {
  const usage = {
    prompt_tokens: 7,
    completion_tokens: 3,
    completion_tokens_details: { reasoning_tokens: 1 },
  };
  const events = [
    says({ role: 'assistant', content: '' }),
    says({ reasoning_content: 'Hm, ' }),
    says({ reasoning: 'näh.' }),
    says({ content: 'Hal' }),
    says({ content: 'lo 👋🏽' }),
    { choices: [{ index: 1, delta: { content: 'another choice' } }] },
    ends,
    { choices: [], usage },
    '[DONE]',
  ];
  const whole: readonly Chunk[] = [
    { type: 'reasoning', delta: 'Hm, näh.' },
    { type: 'text', delta: 'Hallo 👋🏽' },
    { type: 'usage', usage: { inputTokens: 7, outputTokens: 3, reasoningTokens: 1 } },
    { type: 'finish', reason: 'stop' },
  ];

  test.each([1, 2, 3, 7, 64, undefined])('comes whole in pieces of %s bytes', async (size) => {
    expect(await answered(streamed(events, size))).toEqual(whole);
  });

  test('needs no [DONE] when it said why it ended, and no reason when it said [DONE]', async () => {
    expect(await answered(streamed(events.slice(0, -1)))).toEqual(whole);
    const open = await answered(streamed([says({ content: 'Hi' }), '[DONE]']));
    expect(open.at(-1)).toEqual({ type: 'finish', reason: 'cut' });
  });

  test('may come at once, from a server that does not stream', async () => {
    const body = { choices: [{ message: { content: 'Hi' }, finish_reason: 'length' }] };
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(await answered(refuse(200, JSON.stringify(body), json))).toEqual([
      { type: 'text', delta: 'Hi' },
      { type: 'finish', reason: 'length' },
    ]);
  });

  test('passes over what it cannot read', async () => {
    const odd = [
      'not json',
      '[]',
      '{"choices":[null,{"delta":{"content":7}}]}',
      says({ content: 'Hi' }),
      ends,
    ];
    expect(await answered(streamed(odd))).toEqual([
      { type: 'text', delta: 'Hi' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test.each([1, 2, 5])(
    'has the reasoning of tags as reasoning, in pieces of %s characters',
    async (size) => {
      const text = '\n<think>So < so</thin>, yes.</think>\n\nNo <think> here.';
      const cut = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
      expect(await answered(streamed([...cut.map((content) => says({ content })), ends]))).toEqual([
        { type: 'reasoning', delta: 'So < so</thin>, yes.' },
        { type: 'reasoning-end' },
        { type: 'text', delta: 'No <think> here.' },
        { type: 'finish', reason: 'stop' },
      ]);
    },
  );

  test('that begins like a tag and is none, or never closes it, loses nothing', async () => {
    expect((await answered(streamed([says({ content: '<thi' }), ends])))[0]).toEqual({
      type: 'text',
      delta: '<thi',
    });
    expect((await answered(streamed([says({ content: '<think>Hm</th' }), ends])))[0]).toEqual({
      type: 'reasoning',
      delta: 'Hm</th',
    });
  });
});

describe('[A50] tool calls', () => {
  const piece = (index: number | undefined, more: object): object =>
    says({ tool_calls: [{ index, ...more }] });

  test('come in pieces, several at once', async () => {
    const chunks = await answered(
      streamed([
        piece(0, { id: 'a', function: { name: 'look', arguments: '' } }),
        piece(1, { id: 'b', function: { name: 'find', arguments: '{"q"' } }),
        piece(0, { function: { arguments: '{"at":' } }),
        piece(0, { function: { arguments: '[1]}' } }),
        piece(1, { function: { arguments: ':"ö"}' } }),
        says({}, { finish_reason: 'tool_calls' }),
      ]),
    );
    expect(chunks.filter(({ type }) => type !== 'tool-input')).toEqual([
      { type: 'tool-call', call: 'a', name: 'look', input: { at: [1] } },
      { type: 'tool-call', call: 'b', name: 'find', input: { q: 'ö' } },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    const streamedInput = chunks.flatMap((one) =>
      one.type === 'tool-input' ? [`${one.call}${one.delta}`] : [],
    );
    expect(streamedInput).toEqual(['b{"q"', 'a{"at":[1]}', 'b:"ö"}']);
  });

  test('may have no index, no id and no arguments', async () => {
    const chunks = await answered(
      streamed([
        piece(undefined, { id: 'a', function: { name: 'one', arguments: '{}' } }),
        piece(undefined, { id: 'b', function: { name: 'two' } }),
        ends,
      ]),
    );
    const whole = chunks.filter(({ type }) => type === 'tool-call');
    expect(whole).toMatchObject([
      { call: 'a', input: {} },
      { call: 'b', name: 'two', input: {} },
    ]);
    const [nameless] = (
      await answered(streamed([piece(0, { function: { name: 'x', arguments: '1' } }), ends]))
    ).slice(-2);
    expect(nameless).toMatchObject({
      type: 'tool-call',
      name: 'x',
      call: expect.stringMatching(/^\w{10,}/),
    });
  });

  test('whose arguments are no JSON are told as errors', async () => {
    const chunks = await answered(
      streamed([piece(0, { id: 'a', function: { name: 'x', arguments: '{"a' } }), ends]),
    );
    expect(chunks.at(-2)).toEqual({
      type: 'tool-error',
      call: 'a',
      error: 'The arguments of x are no JSON.',
    });
  });
});

describe('a failure', () => {
  test('[A52] before the first word is told by what to do about it, without the key', async () => {
    const key = await failed(refuse(401, '{"error":{"message":"bad\\n key"}}'));
    expect([key.code, key.message]).toEqual([
      'unauthorised',
      'The model server wants another key: bad key',
    ]);
    const missing = await failed(refuse(404, '{"detail":"no such model"}'));
    expect([missing.code, missing.message]).toEqual([
      'refused',
      'The model server refused the request: no such model',
    ]);
    const broken = await failed(refuse(500, `<html>${'x'.repeat(99_999)}`));
    expect([broken.code, broken.retryable, broken.message.length < 400]).toEqual([
      'busy',
      true,
      true,
    ]);
    for (const error of [key, missing, broken])
      expect(JSON.stringify(error)).not.toContain('secret-key');
  });

  test('of a server that is not there', async () => {
    let gone = '';
    await withModelServer([], async ({ url }) => void (gone = url));
    const error = await chunksOf(gone).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unreachable', retryable: true });
  });

  test('in the middle of an answer keeps what came before it', async () => {
    const broken = streamed([says({ content: 'Hi' }), { error: { message: 'out of memory' } }]);
    expect((await failed(broken)).message).toBe('The model server broke off: out of memory');
    const cut = await failed(streamed([says({ content: 'Hi' })]));
    expect([cut.code, cut.message]).toEqual([
      'broken',
      'The answer of the model server broke off.',
    ]);
    const destroyed = await failed((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n', () =>
        response.destroy(),
      );
    });
    expect(destroyed.code).toBe('broken');
    expect((await failed(streamed([]))).message).toBe('The model server sent no answer.');
  });

  test('[A52] that passes is tried again, as long as the server says', async () => {
    const answers = [
      refuse(429, '', { 'retry-after': '2' }),
      refuse(503, ''),
      streamed([says({ content: 'Hi' }), ends]),
    ];
    await withModelServer(answers, async (server) => {
      const waits: number[] = [];
      const clock: Clock = {
        now: () => 0,
        after: (ms, call) => {
          waits.push(ms);
          queueMicrotask(call);
          return () => undefined;
        },
      };
      const model = openAi({ baseUrl: server.url, model: 'tiny', clock });
      const [first] = await collected(model.stream(asked));
      expect([first, waits]).toEqual([{ type: 'text', delta: 'Hi' }, [2_000, 1_000]]);
      expect(server.asked).toHaveLength(3);
    });
  });

  test('of an address that is none is told at once', () => {
    expect(() => openAi({ baseUrl: 'localhost:11434', model: 'tiny' })).toThrow(
      'must be http or https',
    );
    expect(() => openAi({ baseUrl: 'file:///etc/passwd', model: 'tiny' })).toThrow(
      'must be http or https',
    );
  });
});

test('[A53] aborting closes the connection, and ends without an error', () =>
  withModelServer(
    [
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n');
      },
    ],
    async (server) => {
      const stopping = new AbortController();
      const model = openAi({ baseUrl: server.url, model: 'tiny' });
      const chunks: Chunk[] = [];
      for await (const chunk of model.stream(asked, { signal: stopping.signal })) {
        chunks.push(chunk);
        stopping.abort();
      }
      expect(chunks).toEqual([{ type: 'text', delta: 'Hi' }]);
      await server.asked[0]?.left;
    },
  ));
