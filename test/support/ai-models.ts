// The mock models of the AI SDK, in both of its versions, behind one script of stream parts. What
// differs between the versions here is the SDK's own affair: everything is run by both.

import * as ai6 from 'ai-6';
import * as ai7 from 'ai-7';
import { MockLanguageModelV3, simulateReadableStream as simulate6 } from 'ai-6/test';
import { MockLanguageModelV4, simulateReadableStream as simulate7 } from 'ai-7/test';
import type { JsonObject } from '../../src/base/json.ts';
import type { ModelMessage } from '../../src/session/model-messages.ts';
import type { ToolOffer } from '../../src/adapters/openai/model.ts';
import { toAiMessages, toAiTools } from '../../src/adapters/ai-sdk/messages.ts';

type Part6 = Parameters<typeof simulate6<Streamed6>>[0]['chunks'][number];
type Part7 = Parameters<typeof simulate7<Streamed7>>[0]['chunks'][number];
type Streamed6 = StreamOf<MockLanguageModelV3>;
type Streamed7 = StreamOf<MockLanguageModelV4>;
type StreamOf<Model extends { doStream: (...args: never) => PromiseLike<{ stream: unknown }> }> =
  Awaited<ReturnType<Model['doStream']>>['stream'] extends ReadableStream<infer Part>
    ? Part
    : never;

/** What both versions' models can say. */
export type ModelPart = Part6 & Part7;

export interface Asking {
  readonly messages: readonly ModelMessage[];
  readonly tools?: readonly ToolOffer[] | undefined;
  readonly system?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tools that the SDK carries out itself, made with its own `tool`. */
  readonly own?: OwnTools | undefined;
}

export type OwnTools = { readonly [name: string]: OwnTool };

export interface OwnTool {
  readonly execute: (input: unknown) => unknown;
  readonly needsApproval?: boolean | undefined;
}

export interface AiAnswer {
  /** `streamText(...).fullStream`. */
  readonly full: AsyncIterable<unknown>;
  /** The same answer as UI messages. */
  readonly ui: () => AsyncIterable<unknown>;
}

export interface AiVersion {
  readonly name: string;
  /** Asks a model that answers each request by the next of these, and keeps what it was asked. */
  readonly model: (answers: readonly (readonly ModelPart[])[]) => AiModel;
}

export interface AiModel {
  /** The prompts that it was asked, as providers get them. */
  readonly prompts: readonly unknown[];
  readonly ask: (asking: Asking) => AiAnswer;
}

const quiet = { initialDelayInMs: null, chunkDelayInMs: null } as const;
const anyInput = { type: 'object' } as const;
const stepsMax = 5;
const ignored = (): void => undefined;

const version6: AiVersion = {
  name: 'ai 6',
  model: (answers) => {
    const model = new MockLanguageModelV3({
      doStream: () => Promise.resolve({ stream: simulate6({ chunks: next6(), ...quiet }) }),
    });
    const next6 = (): ModelPart[] => [...(answers[model.doStreamCalls.length - 1] ?? [])];
    return {
      get prompts() {
        return model.doStreamCalls.map(({ prompt }) => prompt);
      },
      ask: ({ messages, tools = [], system, signal, own = {} }) => {
        const made = Object.entries(own).map(([name, { execute, needsApproval }]) => {
          const inputSchema = ai6.jsonSchema(anyInput);
          const asks = { needsApproval: needsApproval ?? false };
          return [name, ai6.tool({ description: name, inputSchema, execute, ...asks })] as const;
        });
        const result = ai6.streamText({
          model,
          messages: toAiMessages(messages),
          tools: { ...toAiTools(tools, ai6.jsonSchema), ...Object.fromEntries(made) },
          stopWhen: ai6.stepCountIs(stepsMax),
          onError: ignored,
          ...(system !== undefined && { system }),
          ...(signal !== undefined && { abortSignal: signal }),
        });
        return {
          full: result.fullStream,
          ui: () => result.toUIMessageStream({ sendSources: true }),
        };
      },
    };
  },
};

const version7: AiVersion = {
  name: 'ai 7',
  model: (answers) => {
    const model = new MockLanguageModelV4({
      doStream: () => Promise.resolve({ stream: simulate7({ chunks: next7(), ...quiet }) }),
    });
    const next7 = (): ModelPart[] => [...(answers[model.doStreamCalls.length - 1] ?? [])];
    return {
      get prompts() {
        return model.doStreamCalls.map(({ prompt }) => prompt);
      },
      ask: ({ messages, tools = [], system, signal, own = {} }) => {
        const made = Object.entries(own).map(([name, { execute, needsApproval }]) => {
          const inputSchema = ai7.jsonSchema(anyInput);
          const asks = { needsApproval: needsApproval ?? false };
          return [name, ai7.tool({ description: name, inputSchema, execute, ...asks })] as const;
        });
        const result = ai7.streamText({
          model,
          messages: toAiMessages(messages),
          tools: { ...toAiTools(tools, ai7.jsonSchema), ...Object.fromEntries(made) },
          stopWhen: ai7.stepCountIs(stepsMax),
          onError: ignored,
          ...(system !== undefined && { instructions: system }),
          ...(signal !== undefined && { abortSignal: signal }),
        });
        const ui = () => ai7.toUIMessageStream({ stream: result.stream, sendSources: true });
        return { full: result.stream, ui };
      },
    };
  },
};

export const aiVersions: readonly AiVersion[] = [version6, version7];

/** The end of a model's stream. */
export const ends = (reason: 'stop' | 'length' | 'tool-calls' = 'stop'): ModelPart => ({
  type: 'finish',
  finishReason: { unified: reason, raw: reason },
  usage: {
    inputTokens: { total: 7, noCache: 5, cacheRead: 2, cacheWrite: undefined },
    outputTokens: { total: 3, text: 2, reasoning: 1 },
  },
});

/** Words, in pieces. */
export const says = (...pieces: readonly string[]): readonly ModelPart[] => [
  { type: 'text-start', id: 'one' },
  ...pieces.map((delta): ModelPart => ({ type: 'text-delta', id: 'one', delta })),
  { type: 'text-end', id: 'one' },
];

/** A tool call, its input in pieces. */
export const calls = (id: string, toolName: string, input: JsonObject): readonly ModelPart[] => {
  const text = JSON.stringify(input);
  return [
    { type: 'tool-input-start', id, toolName },
    { type: 'tool-input-delta', id, delta: text.slice(0, 3) },
    { type: 'tool-input-delta', id, delta: text.slice(3) },
    { type: 'tool-input-end', id },
    { type: 'tool-call', toolCallId: id, toolName, input: text },
  ];
};
