// Writing a tool call: its input as it streams in, the question to people, its
// output. Which state may follow which is the table of tool.ts; a step that the
// table does not have throws `part-state` and writes nothing.

import type { Json } from '../base/json.ts';
import type { BodyWriter } from './body.ts';
import { sessionError } from './error.ts';
import { limits } from './limits.ts';
import type { PartContext } from './part-writer.ts';
import { PART } from './shape.ts';
import { asJson, line, storable, storableValue } from './store.ts';
import {
  type Approval,
  argumentHash,
  decodeApproval,
  decodeDecision,
  type Decision,
  type ToolState,
  toolTable,
} from './tool.ts';

/** How an approval is asked for. */
export interface ApprovalRequest {
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly deadline?: number;
}

/** How far a call is that somebody else began. */
export interface ToolProgress {
  readonly state: ToolState;
  /** Undefined while it has none. */
  readonly input: Json | undefined;
  /** Whether its output may still be replaced. */
  readonly preliminary: boolean;
}

const fresh: ToolProgress = { state: 'input-streaming', input: undefined, preliminary: false };

export class ToolWriter {
  readonly id: string;
  #part: PartContext;
  #body: BodyWriter;
  #state: ToolState;
  #input: Json | undefined;
  #preliminary: boolean;

  /** A new call streams its input; `progress` is that of one that somebody else began. */
  constructor(part: PartContext, body: BodyWriter, progress: ToolProgress = fresh) {
    this.id = part.id;
    this.#part = part;
    this.#body = body;
    this.#state = progress.state;
    this.#input = progress.input;
    this.#preliminary = progress.preliminary;
  }

  get state(): ToolState {
    return this.#state;
  }

  /** True once nothing can follow any more. */
  get ended(): boolean {
    return this.#state === 'output-available'
      ? !this.#preliminary
      : toolTable[this.#state].length === 0;
  }

  /** More of the input's text, as the model writes it. */
  streamInput(text: string): void {
    if (this.#state !== 'input-streaming') throw this.#refusal('input-streaming');
    this.#part.admit();
    this.#body.append(text);
  }

  /** The whole input. */
  input(value: Json): void {
    const input = storableValue({ value }, 'A tool input');
    this.#check('input-available');
    this.#part.keys.set(PART.input, input);
    this.#input = input.value;
    this.#enter('input-available');
  }

  /** Asks people. Returns the hash that a decision must name. */
  askApproval(request: ApprovalRequest = {}): string {
    const input = this.#input;
    if (input === undefined) throw this.#refusal('approval-requested');
    const approval: Approval = storable(
      { hash: argumentHash(input), reason: request.reason, deadline: request.deadline },
      'An approval',
    );
    if (decodeApproval(approval) === undefined) throw malformed('approval');
    this.#check('approval-requested');
    this.#part.keys.set(PART.approval, asJson(approval));
    this.#enter('approval-requested');
    return approval.hash;
  }

  /** Records the decision that won; only once its ack is durable. */
  decided(decision: Decision): void {
    const stored = storable(decision, 'A decision');
    if (decodeDecision(stored) === undefined) throw malformed('decision');
    const to = decision.approved ? 'approval-responded' : 'output-denied';
    this.#check(to);
    this.#part.keys.set(PART.decision, asJson(stored));
    this.#enter(to);
  }

  /** The result; `preliminary` while a later one may replace it. */
  output(value: Json, options: { readonly preliminary?: boolean } = {}): void {
    const preliminary = options.preliminary === true;
    const output = storableValue(preliminary ? { value, preliminary } : { value }, 'A tool output');
    this.#check('output-available');
    this.#part.keys.set(PART.output, output);
    this.#preliminary = preliminary;
    this.#enter('output-available');
  }

  /** The call failed. `message` is shown to people: nothing secret. */
  fail(message: string): void {
    const error = line(message, 'An error', limits.sentenceCharsMax);
    this.#check('output-error');
    this.#part.keys.set(PART.error, error);
    this.#enter('output-error');
  }

  #check(to: ToolState): void {
    const open = this.#state !== 'output-available' || this.#preliminary;
    if (!open || !toolTable[this.#state].includes(to)) throw this.#refusal(to);
    this.#part.admit();
    if (this.#state !== 'input-streaming') return;
    this.#body.settle();
    this.#part.wordsFirst();
  }

  #enter(state: ToolState): void {
    this.#state = state;
    this.#part.keys.set(PART.state, { state, at: this.#part.clock.now() });
  }

  #refusal(to: ToolState): Error {
    return sessionError(
      'part-state',
      `The tool call ${this.id} is in ${this.#state}; ${to} cannot follow.`,
      { part: this.id, from: this.#state, to },
    );
  }
}

const malformed = (what: string): Error =>
  sessionError(
    'bad-input',
    `This is no ${what} that a reader takes: a reason has at most ${limits.sentenceCharsMax} characters, a deadline is no negative number.`,
    { what },
  );
