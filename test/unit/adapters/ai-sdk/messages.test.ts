// A session's path as what the AI SDK takes, in both versions.

import type { ModelMessage as ModelMessage6 } from 'ai-6';
import type { ModelMessage as ModelMessage7 } from 'ai-7';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type AiMessage, toAiMessages } from '../../../../src/adapters/ai-sdk/messages.ts';
import { AgentStage } from '../../../../src/agent/harness/agent-stage.ts';
import type { ModelMessage } from '../../../../src/session/model-messages.ts';
import { aiVersions, ends, says } from '../../../support/ai-models.ts';
import { collected } from '../../../support/collected.ts';

const speaker = (name: string) => ({ id: name, kind: 'person', name, quoted: false }) as const;
const ann = { message: 'm1', author: speaker('Ann') };
const agent = { message: 'm2', author: { ...speaker('agent'), kind: 'agent' } } as const;
const result = { type: 'tool-result', toolName: 'look' } as const;
const call = (toolCallId: string) =>
  ({ type: 'tool-call', toolCallId, toolName: 'look', input: { at: ['sky'] } }) as const;

const path: readonly ModelMessage[] = [
  { ...ann, role: 'system', content: 'Be brief.' },
  { ...ann, role: 'user', content: [{ type: 'text', text: 'Look!' }] },
  {
    ...agent,
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'I look.' },
      call('c1'),
      call('c2'),
      call('c3'),
      call('c4'),
    ],
  },
  {
    ...agent,
    role: 'tool',
    content: [
      { ...result, toolCallId: 'c1', output: { type: 'json', value: { blue: true } } },
      { ...result, toolCallId: 'c2', output: { type: 'json', value: 'blue' } },
      { ...result, toolCallId: 'c3', output: { type: 'error-text', value: 'clouds' } },
      { ...result, toolCallId: 'c4', output: { type: 'execution-denied', reason: 'no' } },
    ],
  },
];

test('the messages are those of both versions', () => {
  expectTypeOf<AiMessage>().toExtend<ModelMessage6>();
  expectTypeOf<AiMessage>().toExtend<ModelMessage7>();
});

test('[A59] the SDK is told what the session says', () => {
  expect(toAiMessages(path)).toEqual([
    { role: 'user', content: [{ type: 'text', text: '[Note] Be brief.' }] },
    { role: 'user', content: [{ type: 'text', text: 'Look!' }] },
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'I look.' }, call('c1'), call('c2'), call('c3'), call('c4')],
    },
    {
      role: 'tool',
      content: [
        { ...result, toolCallId: 'c1', output: { type: 'json', value: { blue: true } } },
        { ...result, toolCallId: 'c2', output: { type: 'text', value: 'blue' } },
        { ...result, toolCallId: 'c3', output: { type: 'error-text', value: 'clouds' } },
        { ...result, toolCallId: 'c4', output: { type: 'execution-denied', reason: 'no' } },
      ],
    },
  ]);
});

test('[A59] where several people speak, each says who it is', () => {
  const bob = { message: 'm3', author: speaker('Bob') };
  const [, one, , , two] = toAiMessages([
    ...path,
    { ...bob, role: 'user', content: [{ type: 'text', text: 'And?' }] },
  ]);
  const text = (value: string) => ({ type: 'text', text: value });
  expect([one?.content, two?.content]).toEqual([
    [text('Ann:'), text('Look!')],
    [text('Bob:'), text('And?')],
  ]);
});

test('[A59] a file is a note of its name, or what the app has of it', () => {
  const file = { type: 'file', mediaType: 'image/png', hash: 'f', filename: 'a.png' } as const;
  const asked: readonly ModelMessage[] = [{ ...ann, role: 'user', content: [file] }];
  const data = new URL('https://files.example/f');
  expect(toAiMessages(asked)[0]?.content).toEqual([{ type: 'text', text: '[file: a.png]' }]);
  expect(toAiMessages(asked, { file: ({ hash }) => (hash === 'f' ? data : undefined) })).toEqual([
    { role: 'user', content: [{ type: 'file', mediaType: 'image/png', filename: 'a.png', data }] },
  ]);
});

describe.each(aiVersions)('[A59] $name', ({ model }) => {
  test('takes them all, and the session of a harness', async () => {
    const stage = new AgentStage();
    let messages: readonly ModelMessage[] = [];
    stage.start((run) => {
      messages = run.messages;
      run.tool('look', { at: 'sky' }).output('blue');
      run.text().write('Blue.');
    });
    await stage.ask('What colour?');
    await stage.ask('Sure?');
    for (const asked of [path, messages]) {
      const answers = model([[...says('Yes.'), ends()]]);
      const parts = await collected(answers.ask({ messages: asked, system: 'Be kind.' }).full);
      expect(parts).not.toContainEqual(expect.objectContaining({ type: 'error' }));
      expect(JSON.stringify(answers.prompts)).toContain('Be kind.');
      expect(JSON.stringify(answers.prompts)).toContain('"tool-result"');
    }
  });
});
