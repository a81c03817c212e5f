// A tool call as a handler makes it: its input, perhaps as it streams in, the question to people,
// its output. Which step may follow which is the session's table; a step that it does not have
// throws and writes nothing. A call that a former holder began goes on where it stands.

import type { Json } from '../base/json.ts';
import type { Part } from '../session/part.ts';
import { argumentHash, type Decision, type ToolPart, type ToolState } from '../session/tool.ts';
import type { ApprovalRequest, ToolWriter } from '../session/tool-writer.ts';
import { awaitAnswer, awaitDecision } from './verdict.ts';
import { agentError } from './error.ts';
import { each } from './source.ts';
import type { PartPlace } from './text.ts';

export class ToolCall {
  readonly id: string;
  readonly name: string;
  #writer: ToolWriter;
  #place: PartPlace;
  #input: Json | undefined;
  /** What was asked or decided before, by this holder or a former one. */
  #asked: ApprovalRequest | undefined;
  #decision: Decision | undefined;
  #output: Json | undefined;

  constructor(name: string, writer: ToolWriter, place: PartPlace, before?: Part) {
    this.id = writer.id;
    this.name = name;
    this.#writer = writer;
    this.#place = place;
    if (before?.type === 'tool') this.#take(before);
  }

  get state(): ToolState {
    return this.#writer.state;
  }

  /** What it is called with; undefined while that still streams in. */
  get arguments(): Json | undefined {
    return this.#input;
  }

  /** What it gave, where it has given something: a call that a former holder finished is not made again. */
  get result(): Json | undefined {
    return this.#output;
  }

  /** More of the input's text, as the model writes it. */
  stream(text: string): void {
    if (typeof text !== 'string') throw this.#wrong('only text can be streamed');
    this.#place.admit();
    for (let at = 0; at < text.length; at += PIECE_CHARS) {
      const piece = text.slice(at, at + PIECE_CHARS);
      this.#writer.streamInput(piece);
      this.#place.seat.outlet.wrote(piece.length);
    }
  }

  /** All that a stream gives, as the text of the input; then say `input`. */
  feed(source: AsyncIterable<string> | Iterable<string>): Promise<void> {
    return this.#place.seat.left(this.#feed(source));
  }

  async #feed(source: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const { seat } = this.#place;
    for await (const text of each(source, seat)) {
      this.stream(text);
      await seat.orStopped(seat.outlet.room());
    }
  }

  /** The whole input. */
  input(value: Json): void {
    this.#change(value, () => this.#writer.input(value));
    this.#input = value;
    this.#place.closed();
  }

  /**
   * Asks people, and resolves with what they decided, once that is durable. The first decision
   * that is read wins; a call that was decided before is not asked about again. After a denial the
   * call has ended.
   */
  approval(request: ApprovalRequest = {}): Promise<Decision> {
    return this.#place.seat.left(this.#ask(request));
  }

  async #ask(request: ApprovalRequest): Promise<Decision> {
    if (this.#decision !== undefined) return this.#decision;
    const input = this.#input;
    if (input === undefined) throw this.#wrong('its input is not known yet');
    if (this.state === 'input-available') {
      this.#change(request.reason, () => this.#writer.askApproval(request));
      this.#asked = request;
    } else if (this.state !== 'approval-requested') {
      throw this.#wrong(`it is in ${this.state}, and asks for nothing`);
    }
    const { seat } = this.#place;
    seat.outlet.flush();
    const question = { call: this.id, hash: argumentHash(input), deadline: this.#asked?.deadline };
    const decision = await awaitDecision(seat, question);
    this.#change(decision.reason, () => this.#writer.decided(decision));
    seat.outlet.flush();
    this.#decision = decision;
    return decision;
  }

  /**
   * Leaves it to people's devices: the first answer that is read wins, is written as the output (or
   * the error) and given back; null where there was none before the deadline.
   */
  answer(options: { readonly deadline?: number } = {}): Promise<Json | null> {
    return this.#place.seat.left(this.#hear(options.deadline));
  }

  async #hear(deadline: number | undefined): Promise<Json | null> {
    if (this.#output !== undefined) return this.#output;
    if (this.state === 'output-error') return null;
    const input = this.#input;
    if (input === undefined) throw this.#wrong('its input is not known yet');
    const { seat } = this.#place;
    seat.outlet.flush();
    const question = { call: this.id, hash: argumentHash(input), deadline };
    const given = await awaitAnswer(seat, question);
    if ('output' in given) this.output(given.output);
    else this.fail(given.error);
    seat.outlet.flush();
    return 'output' in given ? given.output : null;
  }

  /** What it gave; `preliminary` while a later output may replace it. */
  output(value: Json, options: { readonly preliminary?: boolean } = {}): void {
    this.#change(value, () => this.#writer.output(value, options));
    this.#output = value;
  }

  /** It failed. The message is shown to people: nothing secret. */
  fail(message: string): void {
    if (typeof message !== 'string') throw this.#wrong('an error is a sentence');
    this.#change(message, () => this.#writer.fail(message));
    this.#place.closed();
  }

  /** It is not made, because somebody who was asked elsewhere does not allow it. */
  deny(reason?: string): void {
    const decision = { approved: false, ...(reason !== undefined && { reason }) };
    this.#change(reason, () => this.#writer.decided(decision));
    this.#decision = decision;
  }

  /** A large value leaves alone, so that no update is larger than a frame. */
  #change(value: Json | undefined, write: () => void): void {
    this.#place.admit();
    const { seat } = this.#place;
    const chars = value === undefined ? 0 : sizeOf(value);
    if (chars > PIECE_CHARS) seat.outlet.flush();
    write();
    seat.at(this.id);
    seat.outlet.changed(chars);
  }

  #take(before: ToolPart): void {
    if ('input' in before) this.#input = before.input;
    if ('output' in before) this.#output = before.output;
    if ('approval' in before && before.approval !== undefined) {
      const { reason, deadline } = before.approval;
      this.#asked = { ...(reason && { reason }), ...(deadline !== undefined && { deadline }) };
    }
    if ('decision' in before) this.#decision = before.decision;
  }

  #wrong(why: string): Error {
    return agentError('bad-input', `The tool call ${this.id} cannot take this: ${why}.`, {
      call: this.id,
      state: this.state,
    });
  }
}

const PIECE_CHARS = 16_000;

/** About how many characters a value takes; what is no JSON is refused by the writer. */
export function sizeOf(value: Json): number {
  if (typeof value === 'string') return value.length;
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return 0;
  }
}
