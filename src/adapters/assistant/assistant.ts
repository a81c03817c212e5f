// A handler that answers with a model, whichever adapter streams it. It asks, writes what comes,
// carries out the tools that the model calls, hears what people say meanwhile, and asks again until
// the model has nothing more to do. A cancel reaches the request at once; what fails and may pass is
// tried again, in place of what it had written.

import { HoldfastError } from '../../base/error.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Chunk } from '../../agent/chunk.ts';
import type { Handler } from '../../agent/conduct.ts';
import { RunFailure } from '../../agent/error.ts';
import type { PipeResult } from '../../agent/pipe.ts';
import type { AgentRun } from '../../agent/run.ts';
import type { Steer } from '../../agent/steers.ts';
import {
  assistantMessages,
  type ModelMessage,
  modelMessagesOf,
} from '../../session/model-messages.ts';
import { ModelError, type StreamOptions } from '../openai/model.ts';
import { usageSum } from '../usage-sum.ts';
import { StepRecord } from './record.ts';
import { firstWords, isFirstExchange, titleOf, titleRequest } from './title.ts';
import { type AssistantTool, carryOut, type OnToolError } from './tool.ts';

export interface AssistantOptions {
  /** Asks the model: `openAi({...}).stream`, or one of the AI SDK through `fromAiSdk`. */
  readonly stream: (
    messages: readonly ModelMessage[],
    options: StreamOptions,
  ) => AsyncIterable<Chunk>;
  readonly system?: string | ((run: AgentRun) => string) | undefined;
  readonly tools?: readonly AssistantTool[] | undefined;
  /** How often the model is asked for one reply; 8 where absent. In the last it has no tools. */
  readonly stepsMax?: number | undefined;
  /** How a new session is named: by its first words (where absent), by the model, or not. */
  readonly title?: 'words' | 'model' | 'none' | undefined;
  readonly onToolError?: OnToolError | undefined;
}

const STEPS_MAX = 8;

export function assistant(options: AssistantOptions): Handler {
  const { stepsMax = STEPS_MAX } = options;
  if (!Number.isInteger(stepsMax) || stepsMax < 1) {
    throw new ModelError('refused', `A model is asked once or more often, not ${stepsMax} times.`);
  }
  return (run) => new Exchange(run, options, stepsMax).hold();
}

class Exchange {
  #run: AgentRun;
  #options: AssistantOptions;
  #stepsMax: number;
  #messages: ModelMessage[];
  #isFirst: boolean;
  #usage: JsonObject = {};

  constructor(run: AgentRun, options: AssistantOptions, stepsMax: number) {
    this.#run = run;
    this.#options = options;
    this.#stepsMax = stepsMax;
    this.#messages = [...run.messages];
    this.#isFirst = isFirstExchange(this.#messages);
    // Whoever held the run before has read these, so nobody else answers them.
    for (const steer of run.partial?.steers ?? []) this.#hear(steer);
  }

  async hold(): Promise<void> {
    for (let step = 1; ; step++) {
      const isLast = step === this.#stepsMax;
      const isAsked = await this.#step(isLast);
      // A steer that is read must be answered: in the last step it is left, and becomes a prompt.
      if (isLast) break;
      const steers = await this.#run.steers().take();
      for (const steer of steers) this.#hear(steer);
      if (!isAsked && steers.length === 0) break;
    }
    await this.#name();
  }

  /** Asks once. Resolves with whether the model waits for what its tools gave. */
  async #step(isLast: boolean): Promise<boolean> {
    const { tools = [], onToolError } = this.#options;
    const offered = isLast ? [] : tools;
    const { record, result } = await this.#asked(offered);
    const made = await Promise.all(
      result.calls.map((call) => carryOut(call, offered, this.#run, onToolError)),
    );
    const { message, agent } = this.#run;
    const author = { id: agent, kind: 'agent', name: agent, quoted: false } as const;
    this.#messages.push(...assistantMessages([...record.parts, ...made], { message, author }));
    return made.length > 0;
  }

  async #asked(
    tools: readonly AssistantTool[],
  ): Promise<{ readonly record: StepRecord; readonly result: PipeResult }> {
    const run = this.#run;
    try {
      return await run.step(
        async () => {
          const record = new StepRecord();
          const result = await run.pipe(this.#heard(this.#request(this.#messages, tools), record));
          if (result.finish === 'aborted') throw brokenOff();
          return { record, result };
        },
        { retry: (error) => error instanceof HoldfastError && error.retryable },
      );
    } catch (error) {
      throw error instanceof ModelError ? shown(error) : error;
    }
  }

  #request(
    messages: readonly ModelMessage[],
    tools: readonly AssistantTool[],
  ): AsyncIterable<Chunk> {
    const { system, stream } = this.#options;
    const words = typeof system === 'function' ? system(this.#run) : system;
    const offers = tools.map(({ name, description, input }) => ({ name, description, input }));
    return stream(messages, { signal: this.#run.signal, system: words, tools: offers });
  }

  /** The same chunks, with what all requests have used so far. */
  async *#heard(
    stream: AsyncIterable<Chunk>,
    record: StepRecord,
  ): AsyncGenerator<Chunk, void, undefined> {
    const before = this.#usage;
    for await (const chunk of stream) {
      record.note(chunk);
      if (chunk.type !== 'usage') yield chunk;
      else yield { type: 'usage', usage: (this.#usage = usageSum(before, chunk.usage)) };
    }
  }

  #hear({ message }: Steer): void {
    const { view } = this.#run;
    const words = view.messages.get(message);
    if (words !== undefined) this.#messages.push(...modelMessagesOf(view, words));
  }

  async #name(): Promise<void> {
    const { title: manner = 'words' } = this.#options;
    const run = this.#run;
    const isNamed = (run.view.meta.title ?? '') !== '';
    if (manner === 'none' || !this.#isFirst || isNamed || run.signal.aborted) return;
    const title = (manner === 'model' && (await this.#modelsTitle())) || firstWords(run.messages);
    if (title !== '') await run.title(title);
  }

  /** Empty where it has none: a name is not worth a failure. */
  async #modelsTitle(): Promise<string> {
    const prompt = this.#messages.findLast(({ role }) => role === 'user');
    if (prompt === undefined) return '';
    const { message, author } = prompt;
    const content = [{ type: 'text', text: titleRequest }] as const;
    const messages = [...this.#messages, { message, author, role: 'user', content } as const];
    let text = '';
    try {
      for await (const chunk of this.#heard(this.#request(messages, []), new StepRecord())) {
        if (chunk.type === 'text') text += chunk.delta;
        if (chunk.type === 'usage') await this.#run.usage(chunk.usage);
      }
    } catch {
      return '';
    }
    return titleOf(text);
  }
}

/** Its words are safe to show, and say what can be done. */
function shown(error: ModelError): RunFailure {
  const failure = new RunFailure(error.message, error.code);
  failure.cause = error;
  return failure;
}

/** Not tried again: tools that the SDK carried out would be so twice. */
const brokenOff = (): ModelError => new ModelError('broken', 'The model broke off its answer.');
