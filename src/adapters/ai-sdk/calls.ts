// The tool calls of one stream. The SDK says more about a call than a reply can hold in that order
// (an error of a call that has failed already, a result of a call of a former stream), so this
// keeps how far each call is, and gives only the chunks that may follow.
//
//     streaming -> called -> ended

import { clip } from '../../base/text.ts';
import type { Chunk } from '../../agent/chunk.ts';
import { limits } from '../../session/limits.ts';
import { fitting } from '../fitting.ts';

interface Call {
  readonly name: string;
  state: 'streaming' | 'called' | 'ended';
  /** Carried out by the provider: nobody else can. */
  isProviders: boolean;
  denial: string | undefined;
}

export class AiCalls {
  #calls = new Map<string, Call>();
  /** Which call an approval is about. */
  #approvals = new Map<string, string>();

  has(id: string): boolean {
    return this.#calls.has(id);
  }

  begin(id: string, name: string, isProviders: boolean): readonly Chunk[] {
    if (this.has(id)) return [];
    this.#calls.set(id, { name, state: 'streaming', isProviders, denial: undefined });
    // Seen at once, before the first word of its input.
    return [{ type: 'tool-input', call: id, name, delta: '' }];
  }

  /** Undefined where nothing is known of the call. */
  stream(id: string, delta: string): readonly Chunk[] | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined;
    if (call.state !== 'streaming' || delta === '') return [];
    return [{ type: 'tool-input', call: id, name: call.name, delta }];
  }

  call(id: string, name: string, input: unknown, isProviders: boolean): readonly Chunk[] {
    const call = this.#calls.get(id);
    if (call !== undefined && call.state !== 'streaming') return [];
    const known = call ?? { name, state: 'called', isProviders, denial: undefined };
    known.state = 'called';
    known.isProviders ||= isProviders;
    this.#calls.set(id, known);
    return [{ type: 'tool-call', call: id, name: known.name, input: fitting(input) }];
  }

  output(id: string, output: unknown, preliminary: boolean): readonly Chunk[] {
    const call = this.#calls.get(id);
    if (call?.state !== 'called') return [];
    if (!preliminary) call.state = 'ended';
    return [{ type: 'tool-output', call: id, output: fitting(output), preliminary }];
  }

  fail(id: string, error: string): readonly Chunk[] {
    const call = this.#calls.get(id);
    if (call === undefined || call.state === 'ended') return [];
    call.state = 'ended';
    return [{ type: 'tool-error', call: id, error: sentence(error, 'The tool failed.') }];
  }

  /** Somebody is asked whether the call may be made. False where nothing is known of it. */
  asked(approval: string, id: string): boolean {
    this.#approvals.set(approval, id);
    return this.has(id);
  }

  /** What was decided; a denial is told once the SDK says that it holds. */
  answered(approval: string, approved: boolean, reason: string | undefined): boolean {
    const call = this.#calls.get(this.#approvals.get(approval) ?? '');
    if (call !== undefined && !approved) call.denial = reason;
    return call !== undefined;
  }

  /** Undefined where nothing is known of the call. */
  deny(id: string): readonly Chunk[] | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined;
    if (call.state === 'streaming') return this.fail(id, 'The call was denied.');
    if (call.state === 'ended') return [];
    call.state = 'ended';
    const reason = call.denial === undefined ? undefined : sentence(call.denial, '');
    return [{ type: 'tool-denied', call: id, ...(reason && { reason }) }];
  }

  /** Calls that nobody can carry out: cut off in their input, or the provider's own without a result. */
  end(): readonly Chunk[] {
    return [...this.#calls].flatMap(([id, { state, isProviders }]) => {
      if (state === 'streaming') return this.fail(id, 'The call was cut off.');
      return isProviders ? this.fail(id, 'The provider gave no result.') : [];
    });
  }
}

/** One line, as the error of a part takes it. */
const sentence = (text: string, otherwise: string): string =>
  clip(text.replace(/\s+/g, ' ').trim().toWellFormed(), limits.sentenceCharsMax) || otherwise;
