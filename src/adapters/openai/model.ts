// A model behind the chat completions of any base URL. A request streams; aborting it closes the
// connection, so that the server stops computing. What fails before the first byte and may pass is
// tried again, a few times; what fails later is told once, because words were shown already.
// Nothing that is thrown holds the key.

import { systemChance, type Chance } from '../../base/chance.ts';
import { systemClock, type Clock } from '../../base/clock.ts';
import { HoldfastError, type ErrorFacts } from '../../base/error.ts';
import { createId } from '../../base/id.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Chunk } from '../../agent/chunk.ts';
import type { ModelMessage } from '../../session/model-messages.ts';
import { faultIn, readCompletion } from './completion.ts';
import { eventsOf } from './event-stream.ts';
import { toChatMessages } from './messages.ts';
import { CompletionTranslator } from './translate.ts';

export type ModelErrorCode =
  /** The address gives no answer. */
  | 'unreachable'
  /** The key is missing or wrong. */
  | 'unauthorised'
  /** The server has no such model, or the request is wrong. */
  | 'refused'
  /** Too much was asked in a while. */
  | 'busy'
  /** The answer broke off, or is none. */
  | 'broken';

export class ModelError extends HoldfastError<ModelErrorCode> {
  override readonly name = 'ModelError';
}

export interface ModelOptions {
  /** With or without `/v1` at its end, as the server's own documentation has it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** More of the request, such as `temperature`. */
  readonly request?: JsonObject | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  readonly chance?: Chance | undefined;
}

/** A function that the model may call. */
export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its input. */
  readonly input: JsonObject;
}

export interface StreamOptions {
  readonly signal?: AbortSignal | undefined;
  readonly system?: string | undefined;
  readonly tools?: readonly ToolOffer[] | undefined;
}

export interface Model {
  /** Ends early, without an error, when the signal fires. Throws `ModelError`. */
  stream(messages: readonly ModelMessage[], options?: StreamOptions): AsyncIterable<Chunk>;
}

const ATTEMPTS_MAX = 3;
const FIRST_WAIT_MS = 500;
const WAIT_MS_MAX = 20_000;
const FAULT_BYTES_MAX = 16_384;

export function openAi(options: ModelOptions): Model {
  const url = addressOf(options.baseUrl);
  return { stream: (messages, asked = {}) => streamOf(url, options, messages, asked) };
}

function addressOf(baseUrl: string): string {
  const base = baseUrl.trim().replace(/\/+$/, '');
  if (!URL.canParse(base) || !/^https?:/.test(base)) {
    throw new ModelError('refused', `The base URL must be http or https, and is "${baseUrl}".`);
  }
  if (base.endsWith('/chat/completions')) return base;
  return new URL(base).pathname === '/'
    ? `${base}/v1/chat/completions`
    : `${base}/chat/completions`;
}

async function* streamOf(
  url: string,
  options: ModelOptions,
  messages: readonly ModelMessage[],
  asked: StreamOptions,
): AsyncGenerator<Chunk, void, undefined> {
  const chance = options.chance ?? systemChance();
  try {
    const response = await request(url, options, bodyOf(options, messages, asked), asked.signal);
    const translator = new CompletionTranslator(() => createId(chance));
    yield* chunksOf(response, translator);
  } catch (error) {
    if (asked.signal?.aborted === true) return;
    throw told(error, url);
  }
}

async function* chunksOf(
  response: Response,
  translator: CompletionTranslator,
): AsyncGenerator<Chunk, void, undefined> {
  if (response.body === null) throw new ModelError('broken', 'The model server sent no body.');
  let isAnswered = false;
  let isWhole = false;
  for await (const data of dataOf(response, response.body)) {
    isWhole = data.trim() === '[DONE]';
    if (isWhole) break;
    const event = readCompletion(data);
    if (event === undefined) continue;
    if (event.error) throw new ModelError('broken', `The model server broke off: ${faultIn(data)}`);
    isAnswered = true;
    yield* translator.take(event);
  }
  if (!isAnswered) throw new ModelError('broken', 'The model server sent no answer.');
  // Some leave out the one, some the other; without both, the answer was cut off.
  if (!isWhole && !translator.isFinished) {
    throw new ModelError('broken', 'The answer of the model server broke off.', {
      retryable: true,
    });
  }
  yield* translator.end();
}

/** Events; or, from a server that does not stream, its one answer. */
async function* dataOf(
  response: Response,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<string, void, undefined> {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('application/json')) yield await response.text();
  else yield* eventsOf(body);
}

function bodyOf(
  options: ModelOptions,
  messages: readonly ModelMessage[],
  { system, tools = [] }: StreamOptions,
): string {
  const said = toChatMessages(messages);
  return JSON.stringify({
    ...options.request,
    model: options.model,
    messages: system === undefined ? said : [{ role: 'system', content: system }, ...said],
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description, input }) => ({
        type: 'function',
        function: { name, description, parameters: input },
      })),
    }),
  });
}

/** The answer, once one begins that is no failure. */
async function request(
  url: string,
  options: ModelOptions,
  body: string,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const { clock = systemClock, apiKey } = options;
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(apiKey !== undefined && apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
  };
  const init: RequestInit = { method: 'POST', headers, body, signal: signal ?? null };
  for (let attempt = 1; ; attempt++) {
    const response = await (options.fetch ?? fetch)(url, init);
    if (response.ok) return response;
    const fault = faultIn(await textUpTo(response, FAULT_BYTES_MAX));
    const isBusy = response.status === 429 || response.status === 503;
    if (!isBusy || attempt === ATTEMPTS_MAX) throw failureOf(response.status, fault);
    await wait(clock, waitOf(response, attempt), signal);
  }
}

function failureOf(status: number, fault: string): ModelError {
  const facts: ErrorFacts = { status };
  const said = fault === '' ? `status ${status}` : fault;
  if (status === 401 || status === 403) {
    return new ModelError('unauthorised', `The model server wants another key: ${said}`, { facts });
  }
  if (status === 429 || status >= 500) {
    const sentence = `The model server cannot answer now: ${said}`;
    return new ModelError('busy', sentence, { facts, retryable: true });
  }
  return new ModelError('refused', `The model server refused the request: ${said}`, { facts });
}

function waitOf(response: Response, attempt: number): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.min(WAIT_MS_MAX, Math.max(0, ms));
}

function wait(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      stop();
      reject(new Error('aborted'));
    };
    const stop = clock.after(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
}

async function textUpTo(response: Response, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= bytesMax) break;
  }
  return text.slice(0, bytesMax);
}

/** What went wrong, in words that may be shown. */
function told(error: unknown, url: string): ModelError {
  if (error instanceof ModelError) return error;
  const { host } = new URL(url);
  const isUnreachable = error instanceof TypeError && error.message.includes('fetch failed');
  if (isUnreachable) {
    const sentence = `No model server answers at ${host}.`;
    return new ModelError('unreachable', sentence, {
      facts: { host },
      retryable: true,
      cause: error,
    });
  }
  const sentence = `The answer of the model server at ${host} broke off.`;
  return new ModelError('broken', sentence, { facts: { host }, retryable: true, cause: error });
}
