// What a handler is given: the run that it answers. It reads what led here, writes the reply, hears
// what people ask meanwhile, and is told when to stop. Everything it writes is in the session for
// all to see; nothing goes through the asker.

import { createId } from '../base/id.ts';
import type { Json } from '../base/json.ts';
import { type ModelMessage, toModelMessages } from '../session/model-messages.ts';
import type { FilePart, Part, SourcePart } from '../session/part.ts';
import type { PromptContent } from '../session/prompt.ts';
import type { Usage } from '../session/run.ts';
import type { View } from '../session/view.ts';
import { askWithin, type ChildRun } from './child.ts';
import type { Chunk } from './chunk.ts';
import { agentError } from './error.ts';
import { Lanes } from './lanes.ts';
import { pipe, type PipeResult } from './pipe.ts';
import { type NewPart, Scribe } from './scribe.ts';
import type { Seat } from './seat.ts';
import { type Steer, Steers } from './steers.ts';
import { type Step, type StepOptions, takeStep } from './step.ts';
import type { GrowingText } from './text.ts';
import type { ToolCall } from './tool-call.ts';

/** What a former holder left when it lost the run. */
export interface Partial {
  /** The parts of the reply as they were; go on with one by naming its id. */
  readonly parts: readonly Part[];
  /** The steers that were read, and so are answered by nobody else. */
  readonly steers: readonly Steer[];
}

export class AgentRun {
  readonly id: string;
  /** The name under which the agent was asked. */
  readonly agent: string;
  /** The id of the reply. */
  readonly message: string;
  /** The id of the message to answer. */
  readonly prompt: string;
  /** The id of the session. */
  readonly session: string;
  /** How often the run was claimed; 1 the first time. */
  readonly epoch: number;
  /** Null where nobody held the run before. */
  readonly partial: Partial | null;
  #seat: Seat;
  #lanes: Lanes;
  #all: Scribe;
  #attempt: Scribe | undefined;
  #steers: Steers;
  #steps = 0;

  constructor(seat: Seat) {
    const { id, agent, message, reply } = seat.run;
    this.id = id;
    this.agent = agent;
    this.message = reply;
    this.prompt = message;
    this.session = seat.session.id;
    this.epoch = seat.hold.epoch;
    this.#seat = seat;
    this.#lanes = new Lanes(seat.hold.lanes);
    this.#all = new Scribe(seat, this.#lanes);
    this.#steers = new Steers(seat);
    const isFirst = seat.known.size === 0 && this.epoch === 1;
    this.partial = isFirst ? null : { parts: [...seat.known.values()], steers: this.#steers.read };
  }

  /** Fires when the run is cancelled or lost, or its process is about to stop: `reason` is a `RunStopped`. */
  get signal(): AbortSignal {
    return this.#seat.signal;
  }

  /** The path that led to the prompt, as messages of a model request, each with who wrote it. */
  get messages(): readonly ModelMessage[] {
    return toModelMessages(this.#seat.session.view, this.prompt);
  }

  /** The whole session as it is now. */
  get view(): View {
    return this.#seat.session.view;
  }

  /** The words that people send meanwhile; reading one acks it. Iterate, or `take()` those that wait. */
  steers(): Steers {
    return this.#steers;
  }

  text(options?: NewPart): GrowingText {
    return this.#scribe.text(options);
  }

  reasoning(options?: NewPart): GrowingText {
    return this.#scribe.reasoning(options);
  }

  /** A tool call, whose input streams in where none is given. */
  tool(name: string, input?: Json, options?: NewPart): ToolCall {
    return this.#scribe.tool(name, input, options);
  }

  source(
    source: Pick<SourcePart, 'title' | 'url' | 'mediaType' | 'snippet'>,
    options?: NewPart,
  ): void {
    this.#scribe.source(source, options);
  }

  /** Shows a file that is stored already. */
  file(file: Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>, options?: NewPart): void {
    this.#scribe.file(file, options);
  }

  /** Adds data, or replaces the data of the same id. */
  data(name: string, value: Json, options?: NewPart): void {
    this.#scribe.data(name, value, options);
  }

  /** Writes a model's stream. Resolves with its text, and the tool calls that wait to be carried out. */
  pipe(source: AsyncIterable<Chunk> | Iterable<Chunk>): Promise<PipeResult> {
    return this.#seat.left(this.#pipe(source));
  }

  async #pipe(source: AsyncIterable<Chunk> | Iterable<Chunk>): Promise<PipeResult> {
    const result = await pipe(source, this.#seat, () => this.#scribe);
    if (result.usage !== undefined) await this.usage(result.usage);
    return result;
  }

  /**
   * A bracket that is tried again when it throws; each attempt replaces what the one before
   * wrote. Everything the run writes meanwhile belongs to it. Steps follow one another.
   */
  async step<Result>(
    work: (step: Step) => Promise<Result> | Result,
    options: StepOptions = {},
  ): Promise<Result> {
    this.#seat.admit();
    if (this.#attempt !== undefined) {
      throw agentError('step-open', 'A step is open; steps follow one another.', { run: this.id });
    }
    const id = `s${this.epoch}-${++this.#steps}`;
    const begin = () => {
      const scribe = new Scribe(this.#seat, this.#lanes, id);
      this.#attempt = scribe;
      this.#seat.step = id;
      const close = (): void => {
        this.#attempt = undefined;
        this.#seat.step = undefined;
      };
      return {
        keep: close,
        drop: () => {
          close();
          scribe.drop();
        },
      };
    };
    return takeStep(this.#seat, id, options, begin, work);
  }

  /** Asks another agent inside this run. Await its end, read its words as they come, or leave it. */
  child(agent: string, prompt: PromptContent): ChildRun {
    return askWithin(this.#seat, agent, prompt);
  }

  /** Counts, such as `inputTokens`; replaces what was told before. */
  async usage(usage: Usage): Promise<void> {
    this.#seat.admit();
    await this.#asked(this.#seat.tell({ do: 'usage', usage }));
  }

  /** Names the session, unless a person did. Resolves with whether it is named so. */
  async title(title: string): Promise<boolean> {
    this.#seat.admit();
    if (typeof title !== 'string' || title === '') {
      throw agentError('bad-input', 'A title is a text that is not empty.');
    }
    return this.#asked(this.#seat.tell({ do: 'title', title }));
  }

  /** Takes away all that a former holder wrote. */
  restart(): void {
    this.#seat.admit();
    const ids = [...this.#seat.known.keys()];
    this.#seat.known.clear();
    this.#seat.outlet.flush();
    this.#seat.reply.drop(ids);
  }

  /** A fresh id, for parts. */
  createId(): string {
    return createId(this.#seat.chance);
  }

  get #scribe(): Scribe {
    return this.#attempt ?? this.#all;
  }

  async #asked(asked: Promise<{ ok: boolean; code?: string }>): Promise<boolean> {
    const told = await asked;
    if (told.code === 'malformed') {
      throw agentError('bad-input', 'This is nothing that a reader could take.', { run: this.id });
    }
    return told.ok;
  }
}
