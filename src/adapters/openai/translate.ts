// The events of a chat completion, as chunks. It keeps what spans several events: tool calls that
// come in pieces under an index, and whether words stand inside <think> tags, which models without a
// field for reasoning write into their text. Only the first choice is followed.

import { isJson, type Json, type JsonObject } from '../../base/json.ts';
import type { Chunk } from '../../agent/chunk.ts';
import type { Completion, Delta, ToolCallDelta, UsageFields } from './completion.ts';
import { ThinkTags } from './think-tags.ts';

interface OpenCall {
  readonly call: string;
  name: string;
  input: string;
}

/** A call is given up above this, in UTF-16 units of its arguments. */
const INPUT_CHARS_MAX = 1_048_576;
const INPUT_BOUNDS = { depthMax: 16, nodesMax: 20_000 };
/** Calls of one completion. */
const CALLS_MAX = 128;

export class CompletionTranslator {
  #calls = new Map<number, OpenCall>();
  #tags = new ThinkTags();
  #finish: string | undefined;
  #newCallId: () => string;

  /** `newCallId` names calls of servers that give none. */
  constructor(newCallId: () => string) {
    this.#newCallId = newCallId;
  }

  /** Whether the model has said why it stopped. */
  get isFinished(): boolean {
    return this.#finish !== undefined;
  }

  take(event: Completion): readonly Chunk[] {
    const chunks: Chunk[] = [];
    const choice = event.choices?.find((one) => one !== null && (one.index ?? 0) === 0);
    const delta = choice?.delta ?? choice?.message;
    if (delta) this.#takeDelta(delta, chunks);
    if (choice?.finish_reason) this.#finish = choice.finish_reason;
    if (event.usage) chunks.push({ type: 'usage', usage: usageOf(event.usage) });
    return chunks;
  }

  /** The end of the stream: what was held back, whole calls, and why it ended. */
  end(): readonly Chunk[] {
    const chunks: Chunk[] = [...this.#tags.end(), ...this.#wholeCalls()];
    chunks.push({ type: 'finish', reason: reasonOf(this.#finish) });
    return chunks;
  }

  #takeDelta(delta: Delta, chunks: Chunk[]): void {
    const reasoning = delta.reasoning_content ?? delta.reasoning ?? '';
    if (reasoning !== '') chunks.push({ type: 'reasoning', delta: reasoning });
    chunks.push(...this.#tags.take(delta.content ?? delta.refusal ?? ''));
    for (const call of delta.tool_calls ?? []) if (call) this.#takeCall(call, chunks);
  }

  #takeCall(delta: ToolCallDelta, chunks: Chunk[]): void {
    // Some servers send whole calls, one after another, without an index.
    const index = delta.index ?? (delta.id ? this.#calls.size : Math.max(0, this.#calls.size - 1));
    const open = this.#calls.get(index) ?? this.#begin(index, delta);
    open.name = open.name === '' ? (delta.function?.name ?? '') : open.name;
    const more = delta.function?.arguments ?? '';
    open.input += more;
    if (open.input.length > INPUT_CHARS_MAX) {
      throw new Error(
        `The arguments of ${open.name} are longer than ${INPUT_CHARS_MAX} characters.`,
      );
    }
    if (more === '' || open.name === '') return;
    chunks.push({ type: 'tool-input', call: open.call, name: open.name, delta: more });
  }

  #begin(index: number, { id }: ToolCallDelta): OpenCall {
    if (this.#calls.size >= CALLS_MAX) {
      throw new Error(`The model makes more than ${CALLS_MAX} tool calls at once.`);
    }
    const open = { call: id ? id : this.#newCallId(), name: '', input: '' };
    this.#calls.set(index, open);
    return open;
  }

  #wholeCalls(): readonly Chunk[] {
    return [...this.#calls.values()].map(({ call, name, input }) => {
      const value = jsonOf(input);
      return value === undefined
        ? { type: 'tool-error', call, error: `The arguments of ${name} are no JSON.` }
        : { type: 'tool-call', call, name, input: value };
    });
  }
}

/** A call without arguments may come with none at all. */
function jsonOf(text: string): Json | undefined {
  try {
    const value: unknown = text.trim() === '' ? {} : JSON.parse(text);
    return isJson(value, INPUT_BOUNDS) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Our words for why a model stopped; a provider's own word stays. Without one, the stream was cut. */
function reasonOf(reason: string | undefined): string {
  if (reason === undefined) return 'cut';
  return reason === 'tool_calls' || reason === 'function_call'
    ? 'tool-calls'
    : reason.replaceAll('_', '-');
}

function usageOf(usage: UsageFields): JsonObject {
  const figures: [string, number | null | undefined][] = [
    ['inputTokens', usage.prompt_tokens],
    ['outputTokens', usage.completion_tokens],
    ['totalTokens', usage.total_tokens],
    ['cachedInputTokens', usage.prompt_tokens_details?.cached_tokens],
    ['reasoningTokens', usage.completion_tokens_details?.reasoning_tokens],
  ];
  return Object.fromEntries(
    figures.filter((pair): pair is [string, number] => typeof pair[1] === 'number'),
  );
}
