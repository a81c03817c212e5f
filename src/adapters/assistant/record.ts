// What a model says in one request, as it passes by: the parts that the next request has to tell it.
// The session has the same, but shows what is written only once it has left.

import type { Chunk } from '../../agent/chunk.ts';
import type { Part } from '../../session/part.ts';
import type { ToolPart } from '../../session/tool.ts';
import type { Json } from '../../base/json.ts';

export class StepRecord {
  #parts: Part[] = [];
  #calls = new Map<string, { readonly name: string; readonly input: Json }>();
  /** Where the outcome of a call stands, which a later one replaces. */
  #outcomes = new Map<string, number>();

  /** Without the calls that wait to be carried out. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  note(chunk: Chunk): void {
    switch (chunk.type) {
      case 'text':
      case 'reasoning':
        return this.#words(chunk.type, chunk.delta);
      case 'tool-call':
        this.#calls.set(chunk.call, { name: chunk.name, input: chunk.input });
        return;
      case 'tool-output':
        return this.#outcome(chunk.call, {
          state: 'output-available',
          output: chunk.output,
          preliminary: false,
        });
      case 'tool-error':
        return this.#outcome(chunk.call, { state: 'output-error', error: chunk.error });
      case 'tool-denied': {
        const decision = { approved: false, ...(chunk.reason && { reason: chunk.reason }) };
        return this.#outcome(chunk.call, { state: 'output-denied', decision });
      }
      default:
    }
  }

  #words(type: 'text' | 'reasoning', delta: string): void {
    const last = this.#parts.at(-1);
    if (last?.type !== type) {
      this.#parts.push({ type, id: `w${this.#parts.length}`, text: delta, state: 'done' });
    } else {
      this.#parts[this.#parts.length - 1] = { ...last, text: last.text + delta };
    }
  }

  #outcome(id: string, outcome: Outcome): void {
    const call = this.#calls.get(id);
    // Its input was never whole: no model takes such a call back.
    if (call === undefined) return;
    const at = this.#outcomes.get(id) ?? this.#parts.length;
    this.#outcomes.set(id, at);
    this.#parts[at] = { type: 'tool', id, ...call, ...outcome };
  }
}

type Outcome =
  | { state: 'output-available'; output: Json; preliminary: boolean }
  | { state: 'output-error'; error: string }
  | {
      state: 'output-denied';
      decision: Extract<ToolPart, { state: 'approval-responded' }>['decision'];
    };
