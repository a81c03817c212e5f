// Writing the parts of a reply, for a run as a whole or for one attempt at a step. It remembers what
// it wrote, so that an attempt that failed can be taken back, and gives each part that grows
// beside another one a lane of its own.

import { createId } from '../base/id.ts';
import type { Json } from '../base/json.ts';
import type { Lane } from '../session/lane.ts';
import type { FilePart, SourcePart } from '../session/part.ts';
import type { PartOptions } from '../session/reply.ts';
import { argumentHash, type ToolPart } from '../session/tool.ts';
import { agentError } from './error.ts';
import type { Lanes } from './lanes.ts';
import type { Seat } from './seat.ts';
import { GrowingText, type PartPlace } from './text.ts';
import { sizeOf, ToolCall } from './tool-call.ts';

export interface NewPart {
  /**
   * Its id in the reply; a fresh one where absent. A part that a former holder began under it
   * goes on: that is how a handler is written that can be continued.
   */
  readonly id?: string;
}

export class Scribe {
  #seat: Seat;
  #lanes: Lanes;
  #step: string | undefined;
  #written = new Set<string>();
  #dropped = false;

  constructor(seat: Seat, lanes: Lanes, step?: string) {
    this.#seat = seat;
    this.#lanes = lanes;
    this.#step = step;
  }

  text(options: NewPart = {}): GrowingText {
    return this.#growing('text', options);
  }

  reasoning(options: NewPart = {}): GrowingText {
    return this.#growing('reasoning', options);
  }

  /** A call whose input streams in where none is given. */
  tool(name: string, input?: Json, options: NewPart = {}): ToolCall {
    this.#admit();
    const before = this.#before(options, 'tool');
    if (before?.type === 'tool') return this.#goOn(before, input);
    const id = this.#idOf(options);
    const streams = input === undefined;
    const { lane, place } = streams ? this.#growingPlace(id) : { lane: {}, place: this.#place() };
    const call = new ToolCall(
      name,
      this.#seat.reply.tool(name, { ...this.#options(id), ...lane }),
      place,
    );
    this.#began(id);
    if (input !== undefined) call.input(input);
    return call;
  }

  source(
    source: Pick<SourcePart, 'title' | 'url' | 'mediaType' | 'snippet'>,
    options: NewPart = {},
  ): void {
    this.#whole(options, 'source', source.snippet, (id) =>
      this.#seat.reply.source(source, this.#options(id)),
    );
  }

  /** Shows a file that is stored already. */
  file(file: Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>, options: NewPart = {}): void {
    this.#whole(options, 'file', undefined, (id) => this.#seat.reply.file(file, this.#options(id)));
  }

  /** Adds data, or replaces the data of the same id. */
  data(name: string, value: Json, options: NewPart = {}): void {
    this.#admit();
    const id = this.#idOf(options);
    const chars = sizeOf(value);
    if (chars > LARGE_CHARS) this.#seat.outlet.flush();
    this.#seat.reply.data(name, value, this.#options(id));
    this.#began(id, chars);
  }

  /** Takes away all that was written here, and writes nothing more. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#seat.outlet.flush();
    this.#lanes.free(this.#written);
    for (const id of this.#written) this.#seat.known.delete(id);
    this.#seat.reply.drop(this.#written);
  }

  #growing(type: 'text' | 'reasoning', options: NewPart): GrowingText {
    this.#admit();
    const before = this.#before(options, type);
    const { reply } = this.#seat;
    if (before?.type === type) {
      const isDone = 'state' in before && before.state === 'done';
      return new GrowingText(reply.continueText(before.id), this.#place(), isDone);
    }
    const id = this.#idOf(options);
    const { lane, place } = this.#growingPlace(id);
    const text = new GrowingText(reply[type]({ ...this.#options(id), ...lane }), place);
    this.#began(id);
    return text;
  }

  /** A call that a former holder began: with the input that it has, or with this one. */
  #goOn(before: ToolPart, input: Json | undefined): ToolCall {
    const call = new ToolCall(
      before.name,
      this.#seat.reply.continueTool(before.id),
      this.#place(),
      before,
    );
    if (input === undefined) return call;
    if (call.state === 'input-streaming') call.input(input);
    else if (argumentHash(call.arguments ?? null) !== argumentHash(input)) {
      throw agentError('bad-input', `The tool call ${before.id} was begun with another input.`, {
        call: before.id,
      });
    }
    return call;
  }

  /** What a former holder began under this id. */
  #before({ id }: NewPart, type: string): ReturnType<Seat['known']['get']> {
    const before = id === undefined ? undefined : this.#seat.known.get(id);
    if (before !== undefined && before.type === type) this.#written.add(before.id);
    if (before === undefined || before.type === type) return before;
    throw agentError('bad-input', `The part ${before.id} is ${before.type}, not ${type}.`, {
      part: before.id,
    });
  }

  #whole(
    options: NewPart,
    type: string,
    words: string | undefined,
    write: (id: string) => void,
  ): void {
    this.#admit();
    // Written whole by a former holder: it is there.
    if (this.#before(options, type) !== undefined) return;
    const id = this.#idOf(options);
    write(id);
    this.#began(id, words?.length ?? 0);
  }

  #began(id: string, chars = 0): void {
    this.#written.add(id);
    this.#seat.at(id);
    this.#seat.outlet.changed(chars);
  }

  #growingPlace(id: string): { lane: { lane?: Lane }; place: PartPlace } {
    const lane = this.#lanes.take(id);
    return {
      lane: lane === undefined ? {} : { lane },
      place: this.#place(() => this.#lanes.free([id])),
    };
  }

  #place(closed: () => void = () => undefined): PartPlace {
    return { seat: this.#seat, admit: () => this.#admit(), closed };
  }

  #idOf({ id }: NewPart): string {
    return id ?? createId(this.#seat.chance);
  }

  #options(id: string): PartOptions {
    return this.#step === undefined ? { id } : { id, step: this.#step };
  }

  #admit(): void {
    this.#seat.admit();
    if (!this.#dropped) return;
    throw agentError('part-dropped', 'The attempt that wrote this has failed; its parts are gone.');
  }
}

/** A value of this size leaves alone. */
const LARGE_CHARS = 16_000;
