// One event of a chat completion as a stream: what is read from it, whoever sent it. OpenAI,
// llama.cpp, vLLM, Ollama and LM Studio agree on the shape and differ in what they leave out, so
// every field may be missing, and what has another type than expected counts as missing.

import * as v from 'valibot';

const maybe = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.fallback(v.nullish(schema), undefined);
const text = maybe(v.string());
const count = maybe(v.number());

const toolCallSchema = v.object({
  index: count,
  id: text,
  function: maybe(v.object({ name: text, arguments: text })),
});

const deltaSchema = v.object({
  content: text,
  refusal: text,
  /** Two names for the same in the field. */
  reasoning_content: text,
  reasoning: text,
  tool_calls: maybe(v.array(v.fallback(v.nullable(toolCallSchema), null))),
});

const choiceSchema = v.object({
  index: count,
  delta: maybe(deltaSchema),
  /** A server that answers without streaming sends the whole message. */
  message: maybe(deltaSchema),
  finish_reason: text,
});

const usageSchema = v.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: maybe(v.object({ cached_tokens: count })),
  completion_tokens_details: maybe(v.object({ reasoning_tokens: count })),
});

const errorSchema = v.union([
  v.string(),
  v.object({ message: text, code: maybe(v.union([v.string(), v.number()])), type: text }),
]);

const completionSchema = v.object({
  choices: maybe(v.array(v.fallback(v.nullable(choiceSchema), null))),
  usage: maybe(usageSchema),
  error: maybe(errorSchema),
  /** llama.cpp and FastAPI name it so. */
  detail: text,
  message: text,
});

export type Completion = v.InferOutput<typeof completionSchema>;
export type Delta = v.InferOutput<typeof deltaSchema>;
export type ToolCallDelta = v.InferOutput<typeof toolCallSchema>;
export type UsageFields = v.InferOutput<typeof usageSchema>;

/** Undefined where it is no JSON object. */
export function readCompletion(json: string): Completion | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const read = v.safeParse(completionSchema, value);
  return read.success ? read.output : undefined;
}

/** What a body of any shape says went wrong, in at most 300 characters; empty where it says nothing. */
export function faultIn(body: string): string {
  const read = readCompletion(body);
  const { error } = read ?? {};
  const said = typeof error === 'string' ? error : error?.message;
  const words = said ?? read?.detail ?? read?.message ?? (read === undefined ? body : '');
  return words.replace(/\s+/g, ' ').trim().slice(0, 300);
}
