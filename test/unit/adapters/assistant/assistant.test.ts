// A handler that answers with a model: a scripted one, chat completions over HTTP, and the AI SDK.

import { describe, expect, test } from 'vitest';
import { fromAiSdk } from '../../../../src/adapters/ai-sdk/stream.ts';
import { assistant, type AssistantOptions } from '../../../../src/adapters/assistant/assistant.ts';
import type { AssistantTool } from '../../../../src/adapters/assistant/tool.ts';
import { ModelError, openAi, type StreamOptions } from '../../../../src/adapters/openai/model.ts';
import type { Chunk } from '../../../../src/agent/chunk.ts';
import { RunFailure } from '../../../../src/agent/error.ts';
import { AgentStage } from '../../../../src/agent/harness/agent-stage.ts';
import type { ModelMessage } from '../../../../src/session/model-messages.ts';
import { aiVersions, calls, ends, says } from '../../../support/ai-models.ts';
import { streamed, withModelServer } from '../../../support/model-server.ts';
import { untilOver } from '../../../support/patience.ts';

interface Request {
  readonly messages: readonly ModelMessage[];
  readonly options: StreamOptions;
}

type Answer = readonly (Chunk | Error)[];

/** A model that answers each request by the next of these, and the last from then on. */
function scripted(...answers: readonly Answer[]): {
  readonly asked: readonly Request[];
  readonly stream: AssistantOptions['stream'];
} {
  const asked: Request[] = [];
  return {
    asked,
    async *stream(messages, options) {
      asked.push({ messages: [...messages], options });
      const answer = answers[Math.min(asked.length, answers.length) - 1] ?? [];
      for (const chunk of answer) {
        if (chunk instanceof Error) throw chunk;
        yield chunk;
      }
    },
  };
}

const text = (delta: string): Chunk => ({ type: 'text', delta });
const usage = (inputTokens: number): Chunk => ({ type: 'usage', usage: { inputTokens } });
const call = (name: string, input: object = {}): Chunk => ({
  type: 'tool-call',
  call: `${name} ${JSON.stringify(input)}`,
  name,
  input: { ...input },
});
const offer = (name: string, more: Partial<AssistantTool> = {}): AssistantTool => ({
  name,
  description: name,
  input: { type: 'object' },
  ...more,
});

const roles = (request: Request | undefined): readonly string[] =>
  request?.messages.map(({ role, content }) => `${role}: ${wordsOf(content)}`) ?? [];
const wordsOf = (content: ModelMessage['content']): string =>
  typeof content === 'string'
    ? content
    : content
        .map((part) => {
          if (part.type === 'text' || part.type === 'reasoning') return part.text;
          if (part.type === 'tool-call') return `call ${part.toolName}`;
          return part.type === 'tool-result' ? JSON.stringify(part.output) : part.type;
        })
        .join(' ');

/** `act` is what people do while it answers. */
async function answered(
  options: AssistantOptions,
  act: (stage: AgentStage, run: string) => void = () => undefined,
  stage = new AgentStage(),
): Promise<{ readonly stage: AgentStage; readonly run: string }> {
  stage.start(assistant(options));
  const run = await stage.ask('Which colour has the sky?');
  act(stage, run);
  await stage.pass(5_000, 500);
  return { stage, run };
}

describe('tools', () => {
  test('[A60] are carried out, and told to the model, until it has nothing more to do', async () => {
    const model = scripted(
      [{ type: 'reasoning', delta: 'Hm.' }, text('I look.'), call('look', { at: 'sky' }), usage(5)],
      [text('Blue.'), usage(7)],
    );
    const look = offer('look', { run: (input) => ({ saw: input }) });
    const { stage, run } = await answered({ ...model, tools: [look], system: 'Be brief.' });
    expect(stage.run(run)).toMatchObject({
      status: { state: 'complete' },
      usage: { inputTokens: 12 },
    });
    expect(stage.text(run)).toBe('I look.Blue.');
    expect(stage.reply(run)?.parts[2]).toMatchObject({
      type: 'tool',
      output: { saw: { at: 'sky' } },
    });
    expect(model.asked.map(roles)).toEqual([
      ['user: Which colour has the sky?'],
      [
        'user: Which colour has the sky?',
        'assistant: Hm. I look. call look',
        'tool: {"type":"json","value":{"saw":{"at":"sky"}}}',
      ],
    ]);
    const { name, description, input } = look;
    expect(model.asked[0]?.options).toMatchObject({
      system: 'Be brief.',
      tools: [{ name, description, input }],
    });
  });

  test('[A60] that fail, or are none, fail their call and not the run', async () => {
    const model = scripted([call('secret'), call('plain'), call('none')], [text('Well.')]);
    const heard = new Set<string>();
    const tools = [
      offer('secret', { run: () => Promise.reject(new Error('password')) }),
      offer('plain', {
        run: () => {
          throw new RunFailure('The sky is closed.');
        },
      }),
    ];
    const { stage, run } = await answered({
      ...model,
      tools,
      onToolError: (_, tool) => heard.add(tool),
    });
    expect(stage.reply(run)?.parts).toMatchObject([
      { state: 'output-error', error: 'The tool failed.' },
      { state: 'output-error', error: 'The sky is closed.' },
      { state: 'output-error', error: 'There is no tool none.' },
      { text: 'Well.' },
    ]);
    expect(heard).toEqual(new Set(['plain', 'secret']));
    expect(roles(model.asked[1]).at(-1)).toContain('The sky is closed.');
  });

  test.each([true, false])(
    '[A61] that want approval wait for it: approved %s',
    async (approved) => {
      const model = scripted([call('pay', { euros: 9 }), call('pay', { euros: 1 })], [text('So.')]);
      const paid: unknown[] = [];
      const pay = offer('pay', {
        approval: (input) => JSON.stringify(input).includes('9'),
        reason: 'It costs.',
        run: (input) => paid.push(input),
      });
      const { stage, run } = await answered({ ...model, tools: [pay] }, (one, asking) => {
        const part = one.reply(asking)?.parts.find(({ type }) => type === 'tool');
        expect(part).toMatchObject({
          state: 'approval-requested',
          approval: { reason: 'It costs.' },
        });
        const bob = one.as('bob');
        if (approved) bob.approve(asking, part?.id ?? '');
        else bob.deny(asking, part?.id ?? '', 'too dear');
      });
      expect(stage.run(run).status.state).toBe('complete');
      expect(paid).toEqual(approved ? [{ euros: 1 }, { euros: 9 }] : [{ euros: 1 }]);
      expect(roles(model.asked[1]).at(-1)).toContain(approved ? '"value":2' : 'too dear');
    },
  );

  test('[A60] are offered so often as was said, and then no more', async () => {
    const model = scripted([call('look')]);
    const look = offer('look', { run: () => 1 });
    const { stage, run } = await answered({ ...model, tools: [look], stepsMax: 3 });
    expect(stage.isOver(run)).toBe(true);
    expect(model.asked.map(({ options }) => options.tools?.length)).toEqual([1, 1, 0]);
    expect(() => assistant({ ...model, stepsMax: 0 })).toThrow(ModelError);
  });
});

describe('what people say meanwhile', () => {
  test('[A62] is heard between requests, and answered', async () => {
    const model = scripted([text('Bl'), text('ue.')], [text('Green.')]);
    // It is said while the first answer is written.
    const slow: AssistantOptions['stream'] = async function* (messages, options) {
      for await (const chunk of model.stream(messages, options)) {
        yield chunk;
        if (chunk.type === 'text' && chunk.delta === 'Bl') continue;
        for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
      }
    };
    const { stage, run } = await answered({ stream: slow }, (one, asking) => {
      expect(one.text(asking)).toBe('Blue.');
      one.as('bob').steer(asking, 'And the sea?');
    });
    expect(stage.text(run)).toBe('Blue.Green.');
    expect(roles(model.asked[1])).toEqual([
      'user: Which colour has the sky?',
      'assistant: Blue.',
      'user: And the sea?',
    ]);
  });

  test('[A62] is answered by whoever takes the run over', async () => {
    const stage = new AgentStage();
    const first = stage.start(async (run) => {
      run.text().write('So');
      for await (const steer of run.steers()) run.text().write(steer.text);
    });
    const run = await stage.ask('Which colour has the sky?');
    stage.as('bob').steer(run, 'And the sea?');
    await stage.pass(100);
    expect(stage.text(run)).toBe('SoAnd the sea?');
    first.crash();
    await stage.pass(11_000, 1_000);
    const model = scripted([text('Both blue.')]);
    stage.start(assistant(model));
    await stage.pass(2_000, 500);
    expect(stage.text(run)).toBe('Both blue.');
    expect(roles(model.asked[0])).toEqual([
      'user: Which colour has the sky?',
      'user: And the sea?',
    ]);
  });
});

describe('a request that fails', () => {
  const broken = new ModelError('broken', 'The answer broke off.', { retryable: true });

  test('[A63] and may pass is made again, in place of what it wrote', async () => {
    const model = scripted([text('Gre'), usage(1), broken], [text('Blue.'), usage(2)]);
    const { stage, run } = await answered(model);
    expect(stage.text(run)).toBe('Blue.');
    expect(stage.run(run)).toMatchObject({
      status: { state: 'complete' },
      usage: { inputTokens: 3 },
    });
  });

  test('[A63] for good tells people what can be done, and nothing of other errors', async () => {
    const wrongKey = new ModelError('unauthorised', 'The model server wants another key.');
    const { stage, run } = await answered(scripted([text('So'), wrongKey]));
    const error = { code: 'unauthorised', message: 'The model server wants another key.' };
    expect(stage.run(run).status).toMatchObject({ state: 'failed', error });
    expect(stage.text(run)).toBe('So');
    const other = await answered(scripted([new Error('password')]));
    expect(JSON.stringify(other.stage.run(other.run))).not.toContain('password');
    const cut = await answered(scripted([text('So'), { type: 'finish', reason: 'aborted' }]));
    expect(cut.stage.run(cut.run).status).toMatchObject({
      state: 'failed',
      error: { code: 'broken' },
    });
  });
});

describe('the title', () => {
  test('[A64] of a new session is the first words, or the name that the model gives it', async () => {
    const words = await answered(scripted([text('Blue.')]));
    expect(words.stage.view.meta.title).toBe('Which colour has the sky?');
    const model = scripted([text('Blue.'), usage(1)], [text('"The colour of the sky."'), usage(2)]);
    const named = await answered({ ...model, title: 'model' });
    expect(named.stage.view.meta.title).toBe('The colour of the sky');
    expect(named.stage.run(named.run).usage).toEqual({ inputTokens: 3 });
    expect(named.stage.text(named.run)).toBe('Blue.');
    const failing = scripted([text('Blue.')], [new Error('no')]);
    const kept = await answered({ ...failing, title: 'model' });
    expect(kept.stage.view.meta.title).toBe('Which colour has the sky?');
    expect(kept.stage.run(kept.run).status.state).toBe('complete');
  });

  test('[A64] stays where there is one, where somebody answered before, and where none is wanted', async () => {
    const model = scripted([text('Blue.')]);
    const mine = new AgentStage();
    mine.ann.rename('Mine');
    const named = await answered({ ...model, title: 'model' }, undefined, mine);
    expect(model.asked).toHaveLength(1);
    expect(named.stage.view.meta.title).toBe('Mine');
    const none = await answered({ ...model, title: 'none' });
    await none.stage.ask('Sure?');
    expect(none.stage.view.meta.title).toBe('');
    const begun = new AgentStage();
    const before = begun.start((run) => run.text().write('Blue.'));
    await begun.ask('Which colour has the sky?');
    await before.drain();
    await answered(model, undefined, begun);
    expect(begun.view.meta.title).toBe('');
  });
});

test('[A65] a cancel closes the request of chat completions', async () => {
  const stage = new AgentStage();
  const says0 = { choices: [{ index: 0, delta: { content: 'So far' } }] };
  const answer = streamed([says0]);
  await withModelServer(
    [(response, asked) => void answer(Object.assign(response, { end: () => response }), asked)],
    async ({ url, asked }) => {
      stage.start(assistant(openAi({ baseUrl: url, model: 'tiny' })));
      const run = await stage.ask('hi');
      stage.whenText(run, 'So far', () => stage.as('bob').cancel(run));
      await untilOver(stage, run);
      await asked[0]?.left;
      expect(stage.run(run).status.state).toBe('cancelled');
      expect(stage.text(run)).toBe('So far');
    },
  );
});

describe.each(aiVersions)('with $name', ({ model }) => {
  test('[A60] the handler carries out the tools that the SDK is offered', async () => {
    const mock = model([
      [...says('I look.'), ...calls('c1', 'look', { at: 'sky' }), ends('tool-calls')],
      [...says('Blue.'), ends()],
    ]);
    const stage = new AgentStage();
    stage.start(
      assistant({
        stream: (messages, options) => fromAiSdk(mock.ask({ messages, ...options }).full),
        tools: [offer('look', { run: () => 'blue' })],
        system: 'Be kind.',
      }),
    );
    const run = await stage.ask('Which colour?');
    await untilOver(stage, run);
    expect(stage.run(run)).toMatchObject({
      status: { state: 'complete' },
      usage: { inputTokens: 14 },
    });
    expect(stage.reply(run)?.parts).toMatchObject([
      { text: 'I look.' },
      { name: 'look', state: 'output-available', output: 'blue' },
      { text: 'Blue.' },
    ]);
    expect(JSON.stringify(mock.prompts[1])).toContain('"blue"');
  });

  test('[A65] a cancel reaches the SDK', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const mock = model([[...says('So far')]]);
    const stage = new AgentStage();
    stage.start(
      assistant({
        stream: async function* (messages, options) {
          signals.push(options.signal);
          yield* fromAiSdk(mock.ask({ messages, ...options }).full);
          await new Promise(() => undefined);
        },
      }),
    );
    const run = await stage.ask('hi');
    stage.whenText(run, 'So far', () => stage.as('bob').cancel(run));
    await untilOver(stage, run);
    expect(stage.run(run).status.state).toBe('cancelled');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });
});
