// Streams of the AI SDK, by its own mock models of both versions, piped into a session and read back.

import type {
  TextStreamPart as TextStreamPart6,
  ToolSet as ToolSet6,
  UIMessageChunk as UIMessageChunk6,
} from 'ai-6';
import type {
  TextStreamPart as TextStreamPart7,
  ToolSet as ToolSet7,
  UIMessageChunk as UIMessageChunk7,
} from 'ai-7';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { fromAiSdk, type FromAiSdkOptions } from '../../../../src/adapters/ai-sdk/stream.ts';
import type { table } from '../../../../src/adapters/ai-sdk/table.ts';
import type { PipeResult } from '../../../../src/agent/pipe.ts';
import { AgentStage } from '../../../../src/agent/harness/agent-stage.ts';
import type { Part } from '../../../../src/session/part.ts';
import {
  aiVersions,
  type Asking,
  calls,
  ends,
  type ModelPart,
  says,
} from '../../../support/ai-models.ts';
import { collected } from '../../../support/collected.ts';
import { untilOver } from '../../../support/patience.ts';

type Known =
  | TextStreamPart6<ToolSet6>['type']
  | TextStreamPart7<ToolSet7>['type']
  | UIMessageChunk6['type']
  | UIMessageChunk7['type'];

test('every type of both versions has a row', () => {
  expectTypeOf<Exclude<Known, keyof typeof table | `data-${string}`>>().toEqualTypeOf<never>();
  // And no row is about a type that there is not.
  expectTypeOf<Exclude<keyof typeof table, Known>>().toEqualTypeOf<never>();
});

interface Written {
  readonly stage: AgentStage;
  readonly run: string;
  readonly parts: readonly Part[];
  readonly piped: PipeResult | undefined;
}

/** What a session has after a stream was piped into it. */
async function written(
  stream: (run: { signal: AbortSignal; messages: Asking['messages'] }) => AsyncIterable<unknown>,
  options: FromAiSdkOptions = {},
): Promise<Written> {
  const stage = new AgentStage();
  let piped: PipeResult | undefined;
  stage.start(async (run) => {
    piped = await run.pipe(fromAiSdk(stream(run), options));
  });
  const run = await stage.ask('hi');
  await untilOver(stage, run);
  return { stage, run, parts: stage.reply(run)?.parts ?? [], piped };
}

const partsOf = async (...stream: readonly object[]): Promise<readonly Part[]> => {
  const { parts, stage, run } = await written(() => streamOf(stream));
  expect(stage.run(run).status.state).toBe('complete');
  return parts;
};

async function* streamOf(parts: readonly object[]): AsyncGenerator<object, void> {
  yield* parts;
}

describe.each(aiVersions)('by $name', ({ model }) => {
  const answer = (
    steps: readonly (readonly ModelPart[])[],
    own: Asking['own'] = {},
    options: FromAiSdkOptions = {},
    how: 'full' | 'ui' = 'full',
  ): Promise<Written> => {
    const asked = model(steps);
    return written(({ messages, signal }) => {
      const { full, ui } = asked.ask({ messages, signal, own });
      return how === 'full' ? full : ui();
    }, options);
  };

  const both = ['full', 'ui'] as const;

  test.each(both)('[A54] words, reasoning, sources and a file come whole as %s', async (how) => {
    const { parts, run, stage, piped } = await answer(
      [
        [
          { type: 'reasoning-start', id: 'r' },
          { type: 'reasoning-delta', id: 'r', delta: 'Hm, ' },
          { type: 'reasoning-delta', id: 'r', delta: 'näh.' },
          { type: 'reasoning-end', id: 'r' },
          { type: 'source', sourceType: 'url', id: 's1', url: 'https://a.example/b', title: 'B' },
          {
            type: 'source',
            sourceType: 'document',
            id: 's2',
            mediaType: 'application/pdf',
            title: 'C',
          },
          ...says('Hal', 'lo 👋🏽'),
          ends('length'),
        ],
      ],
      {},
      {},
      how,
    );
    expect(stage.run(run).status.state).toBe('complete');
    expect(parts).toMatchObject([
      { type: 'reasoning', text: 'Hm, näh.', state: 'done' },
      { type: 'source', title: 'B', url: 'https://a.example/b' },
      { type: 'source', title: 'C', mediaType: 'application/pdf' },
      { type: 'text', text: 'Hallo 👋🏽', state: 'done' },
    ]);
    expect(parts).toHaveLength(4);
    expect(piped).toMatchObject({ text: 'Hallo 👋🏽', finish: 'length', calls: [] });
    const usage = { inputTokens: 7, outputTokens: 3, totalTokens: 10, cachedInputTokens: 2 };
    // UI messages tell of none.
    const told = how === 'full' ? { ...usage, reasoningTokens: 1 } : null;
    expect(stage.run(run).usage).toEqual(told);
  });

  test.each(both)('[A54] a tool that the SDK carries out, in two steps, as %s', async (how) => {
    const look = { execute: (input: unknown) => ({ saw: input, at: new Date(0), no: undefined }) };
    const { parts, stage, run, piped } = await answer(
      [
        [...says('I look.'), ...calls('c1', 'look', { at: 'sky' }), ends('tool-calls')],
        [...says('It is blue.'), ends()],
      ],
      { look },
      {},
      how,
    );
    expect(parts).toMatchObject([
      { type: 'text', text: 'I look.' },
      {
        type: 'tool',
        name: 'look',
        state: 'output-available',
        input: { at: 'sky' },
        output: { saw: { at: 'sky' }, at: '1970-01-01T00:00:00.000Z' },
      },
      { type: 'text', text: 'It is blue.' },
    ]);
    expect(piped).toMatchObject({ text: 'I look.It is blue.', finish: 'stop', calls: [] });
    const { inputTokens } = stage.run(run).usage ?? {};
    expect(inputTokens).toBe(how === 'full' ? 14 : undefined);
  });

  test.each(both)('[A57] a tool that fails says nothing secret, as %s', async (how) => {
    const look = { execute: () => Promise.reject(new Error('password: hunter2')) };
    const steps = [
      [...calls('c1', 'look', {}), ends('tool-calls')],
      [...says('Sorry.'), ends()],
    ];
    const { parts } = await answer(steps, { look }, {}, how);
    expect(parts).toMatchObject([
      { type: 'tool', state: 'output-error' },
      { type: 'text', text: 'Sorry.' },
    ]);
    expect(JSON.stringify(parts)).not.toContain('hunter2');
    const told = { errorText: (_: unknown, tool: string) => `${tool} is away` };
    const { parts: words } = await answer(steps, { look }, told);
    expect(words[0]).toMatchObject({ error: 'look is away' });
  });

  test.each(both)('[A57] a call of a tool that there is not, as %s', async (how) => {
    const steps = [
      [...calls('c1', 'fly', { to: 'moon' }), ends('tool-calls')],
      [...says('No.'), ends()],
    ];
    const { parts, piped } = await answer(steps, { look: { execute: () => 1 } }, {}, how);
    expect(parts).toMatchObject([
      { type: 'tool', name: 'fly', state: 'output-error' },
      { type: 'text', text: 'No.' },
    ]);
    expect(piped?.calls).toEqual([]);
  });

  test.each(both)('[A54] a call that wants approval waits for the handler, as %s', async (how) => {
    const dare = { execute: () => 'done', needsApproval: true };
    const steps = [[...calls('c1', 'dare', { how: 'much' }), ends('tool-calls')]];
    const { parts, piped } = await answer(steps, { dare }, {}, how);
    expect(parts).toMatchObject([{ type: 'tool', state: 'input-available' }]);
    expect(piped?.calls).toMatchObject([{ name: 'dare', arguments: { how: 'much' } }]);
  });

  test.each(both)('[A57] what the provider carries out itself, as %s', async (how) => {
    const provider = { providerExecuted: true, dynamic: true } as const;
    const steps: ModelPart[][] = [
      [
        { type: 'tool-call', toolCallId: 'p1', toolName: 'web', input: '{"q":"a"}', ...provider },
        { type: 'tool-result', toolCallId: 'p1', toolName: 'web', result: ['b'], dynamic: true },
        { type: 'tool-call', toolCallId: 'p2', toolName: 'web', input: '{"q":"c"}', ...provider },
        ...says('b'),
        ends(),
      ],
    ];
    const { parts, piped } = await answer(steps, {}, {}, how);
    expect(parts).toMatchObject([
      { type: 'tool', name: 'web', input: { q: 'a' }, state: 'output-available', output: ['b'] },
      { type: 'tool', name: 'web', input: { q: 'c' }, state: 'output-error' },
      { type: 'text', text: 'b' },
    ]);
    expect(piped?.calls).toEqual([]);
  });

  test.each(both)('[A56] an error in mid-stream keeps what was said, as %s', async (how) => {
    const steps: ModelPart[][] = [[...says('So far'), { type: 'error', error: new Error('cut') }]];
    const { stage, run } = await answer(steps, {}, {}, how);
    expect(stage.text(run)).toBe('So far');
    expect(stage.run(run).status).toMatchObject({ state: 'failed' });
  });
});

describe('of parts that a session has no like of', () => {
  test('[A55] an unknown type is kept as data, and so is a known one that says nothing understood', async () => {
    const parts = await partsOf(
      { type: 'hologram', depth: 3, at: undefined },
      { type: 'custom', kind: 'acme.glow' },
      { type: 'tool-output-available', toolCallId: 'nobody', output: 1 },
      { type: 'tool-output-denied', toolCallId: 'nobody' },
      { type: 'text-delta', id: 'a' },
    );
    expect(parts.map((part) => part.type === 'data' && [part.name, part.data])).toEqual([
      ['ai-sdk.hologram', { depth: 3 }],
      ['ai-sdk.custom', { kind: 'acme.glow' }],
      ['ai-sdk.tool-output-available', { toolCallId: 'nobody', output: 1 }],
      ['ai-sdk.tool-output-denied', { toolCallId: 'nobody' }],
      ['ai-sdk.text-delta', { id: 'a' }],
    ]);
  });

  test('[A55] signs of life and what is no part at all leave nothing', async () => {
    const noise = [null, 'x', {}, { type: 3 }].map((value) => Object(value));
    expect(await partsOf({ type: 'ping' }, { type: 'raw', rawValue: 1 }, ...noise)).toEqual([]);
  });

  test('[A55] data of an app is its own, replaced under its id, and left out where transient', async () => {
    const parts = await partsOf(
      { type: 'data-weather', id: 'any id: 1', data: { is: 'wet' } },
      { type: 'data-weather', id: 'any id: 1', data: { is: 'dry' } },
      { type: 'data-place', id: 'any id: 1', data: 'here' },
      { type: 'data-note', data: 'psst', transient: true },
    );
    expect(parts).toMatchObject([
      { type: 'data', name: 'weather', data: { is: 'dry' } },
      { type: 'data', name: 'place', data: 'here' },
    ]);
    expect(parts).toHaveLength(2);
  });

  test('[A55] metadata is gathered in one place', async () => {
    const parts = await partsOf(
      { type: 'start', messageMetadata: { model: 'm', cost: 1 } },
      { type: 'message-metadata', messageMetadata: { cost: 2 } },
      { type: 'finish', messageMetadata: { done: true } },
    );
    expect(parts).toMatchObject([
      { name: 'ai-sdk.metadata', data: { model: 'm', cost: 2, done: true } },
    ]);
    expect(parts).toHaveLength(1);
  });

  test('[A55] a source is shown only under an address that is safe', async () => {
    const [one, two] = await partsOf(
      { type: 'source-url', sourceId: 's', url: 'javascript:alert(1)' },
      {
        type: 'source-url',
        sourceId: 's',
        url: `https://a.example/${'x'.repeat(3_000)}`,
        title: 'T',
      },
    );
    expect(one).not.toHaveProperty('url');
    expect(two).toMatchObject({ title: 'T' });
    expect(two).not.toHaveProperty('url');
  });
});

describe('tool calls', () => {
  const called = { type: 'tool-call', toolCallId: 'c', toolName: 'look', input: { a: 1 } } as const;
  const gave = (output: unknown, more: object = {}): object => ({
    ...called,
    type: 'tool-result',
    output,
    ...more,
  });

  test('[A57] a later output takes the place of a preliminary one, and nothing that of the last', async () => {
    const last = [gave('half', { preliminary: true }), gave('whole'), gave('late')];
    expect(await partsOf(called, ...last)).toMatchObject([
      { state: 'output-available', output: 'whole', preliminary: false },
    ]);
  });

  test('[A57] a denial is one, with its reason', async () => {
    const parts = await partsOf(
      called,
      { type: 'tool-approval-request', approvalId: 'a', toolCall: called, isAutomatic: true },
      { type: 'tool-approval-response', approvalId: 'a', approved: false, reason: 'too dear' },
      { type: 'tool-output-denied', toolCallId: 'c', toolName: 'look' },
    );
    expect(parts).toMatchObject([
      { state: 'output-denied', decision: { approved: false, reason: 'too dear' } },
    ]);
    expect(parts).toHaveLength(1);
  });

  test('[A57] a result of a call that a former stream made brings the call with it', async () => {
    expect(await partsOf(gave('seen'))).toMatchObject([
      { name: 'look', input: { a: 1 }, state: 'output-available', output: 'seen' },
    ]);
  });

  test('[A57] a call that is cut off in its input has failed', async () => {
    const parts = await partsOf(
      { type: 'tool-input-start', id: 'c', toolName: 'look' },
      { type: 'tool-input-delta', id: 'c', delta: '{"a' },
      { type: 'abort', reason: 'timeout' },
    );
    expect(parts).toMatchObject([{ state: 'output-error', rawInput: '{"a' }]);
  });

  test('[A57] what is no JSON or too large is kept as far as it goes', async () => {
    const round: { self?: unknown } = {};
    round.self = round;
    const deep = JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`);
    for (const output of [round, 'x'.repeat(300_000), deep, 1n]) {
      const [part] = await partsOf(called, gave(output));
      expect(part).toMatchObject({ state: 'output-available', output: { truncated: true } });
    }
    expect(await partsOf(called, gave(undefined))).toMatchObject([{ output: null }]);
  });
});

describe('a file', () => {
  const base64 = btoa('bytes');
  const parts = [
    { type: 'file', file: { mediaType: 'image/png', base64 } },
    { type: 'file', mediaType: 'image/png', url: `data:image/png;base64,${base64}` },
  ];

  test.each(parts)('[A58] is stored by the app, and shown from there', async (part) => {
    const got: string[] = [];
    const storeFile: FromAiSdkOptions['storeFile'] = ({ bytes, mediaType }) => {
      got.push(new TextDecoder().decode(bytes));
      return Promise.resolve({ mediaType, size: bytes.length, hash: 'a'.repeat(64) });
    };
    const { parts: shown } = await written(() => streamOf([part]), { storeFile });
    expect(got).toEqual(['bytes']);
    expect(shown).toMatchObject([{ type: 'file', mediaType: 'image/png', size: 5 }]);
  });

  test.each(parts)('[A58] leaves no bytes in a session where nobody stores it', async (part) => {
    const shown = await partsOf(part);
    expect(shown).toMatchObject([
      { name: 'ai-sdk.file', data: { mediaType: 'image/png', bytes: 5 } },
    ]);
    expect(JSON.stringify(shown)).not.toContain(base64);
  });

  test('[A58] that lies elsewhere is a source', async () => {
    const url = 'https://a.example/b.png';
    expect(await partsOf({ type: 'file', mediaType: 'image/png', url })).toMatchObject([
      { type: 'source', url, mediaType: 'image/png' },
    ]);
  });
});

test('[A54] a step that was used up is counted, though the stream is cut before its end', async () => {
  const usage = { inputTokens: 7, outputTokens: 3 };
  const step = { type: 'finish-step', usage, finishReason: 'tool-calls' };
  const chunks = await collected(fromAiSdk(streamOf([step, step, { type: 'abort' }])));
  expect(chunks.slice(-2)).toEqual([
    { type: 'usage', usage: { inputTokens: 14, outputTokens: 6 } },
    { type: 'finish', reason: 'aborted' },
  ]);
});
