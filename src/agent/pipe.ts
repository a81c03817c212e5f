// Writes a stream of chunks into a reply. It pulls no faster than the wire takes, stops pulling
// when the run is stopped, and leaves what was written. Tool calls that got no output are handed
// back, for the handler to carry out.

import { unreachable } from '../base/assert.ts';
import type { JsonObject } from '../base/json.ts';
import type { Chunk, Piped } from './chunk.ts';
import { agentError } from './error.ts';
import type { Scribe } from './scribe.ts';
import type { Seat } from './seat.ts';
import { each } from './source.ts';
import type { GrowingText } from './text.ts';
import type { ToolCall } from './tool-call.ts';

/** What a pipe came to, with the calls that wait for the handler. */
export interface PipeResult extends Piped {
  /** Calls whose input is whole and which have no output yet, in order. */
  readonly calls: readonly ToolCall[];
}

export async function pipe(
  source: AsyncIterable<Chunk> | Iterable<Chunk>,
  seat: Seat,
  scribe: () => Scribe,
): Promise<PipeResult> {
  const writer = new ChunkWriter(scribe());
  for await (const chunk of each(source, seat)) {
    writer.write(chunk);
    await seat.orStopped(seat.outlet.room());
  }
  return writer.end();
}

type Kind = 'text' | 'reasoning';

class ChunkWriter {
  #scribe: Scribe;
  #texts = new Map<string, GrowingText>();
  /** The one that words without an id go into. */
  #last: { readonly kind: Kind; readonly text: GrowingText } | undefined;
  #calls = new Map<string, ToolCall>();
  #text = '';
  #finish: string | undefined;
  #usage: JsonObject | undefined;

  constructor(scribe: Scribe) {
    this.#scribe = scribe;
  }

  write(chunk: Chunk): void {
    if (typeof chunk !== 'object' || chunk === null) return unknownChunk(chunk);
    switch (chunk.type) {
      case 'text':
      case 'reasoning':
        return this.#words(chunk.type, chunk.delta, chunk.id);
      case 'text-end':
        return this.#endText('text', chunk.id);
      case 'reasoning-end':
        return this.#endText('reasoning', chunk.id);
      case 'tool-input':
        this.#close();
        return this.#call(chunk.call, chunk.name).stream(chunk.delta);
      case 'tool-call':
        this.#close();
        return this.#call(chunk.call, chunk.name).input(chunk.input);
      case 'tool-output':
        return this.#known(chunk.call).output(chunk.output, {
          preliminary: chunk.preliminary === true,
        });
      case 'tool-error':
        return this.#known(chunk.call).fail(chunk.error);
      case 'tool-denied':
        return this.#known(chunk.call).deny(chunk.reason);
      case 'source':
      case 'file':
      case 'data':
        this.#close();
        return this.#whole(chunk);
      case 'usage':
        this.#usage = { ...this.#usage, ...chunk.usage };
        return;
      case 'finish':
        this.#finish = chunk.reason;
        return;
      case 'error':
        throw chunk.error instanceof Error ? chunk.error : new Error(String(chunk.error));
      default:
        return unknownChunk(chunk);
    }
  }

  end(): PipeResult {
    this.#close();
    for (const text of this.#texts.values()) text.end();
    const calls = [...this.#calls.values()].filter((call) => call.state === 'input-available');
    return { text: this.#text, calls, finish: this.#finish, usage: this.#usage };
  }

  #words(kind: Kind, delta: string, id: string | undefined): void {
    if (id === undefined && this.#last?.kind !== kind) {
      this.#close();
      this.#last = { kind, text: this.#scribe[kind]() };
    }
    const text = id === undefined ? this.#last?.text : this.#named(kind, id);
    text?.write(delta);
    if (kind === 'text') this.#text += delta;
  }

  #named(kind: Kind, id: string): GrowingText {
    const key = `${kind} ${id}`;
    let text = this.#texts.get(key);
    if (text === undefined) {
      text = this.#scribe[kind]();
      this.#texts.set(key, text);
    }
    return text;
  }

  #endText(kind: Kind, id: string | undefined): void {
    if (id === undefined) return this.#close();
    const key = `${kind} ${id}`;
    this.#texts.get(key)?.end();
    this.#texts.delete(key);
  }

  #close(): void {
    this.#last?.text.end();
    this.#last = undefined;
  }

  #call(id: string, name: string): ToolCall {
    let call = this.#calls.get(id);
    if (call === undefined) {
      call = this.#scribe.tool(name);
      this.#calls.set(id, call);
    }
    return call;
  }

  #known(id: string): ToolCall {
    const call = this.#calls.get(id);
    if (call !== undefined) return call;
    throw agentError('bad-input', `The stream tells of a tool call ${id} that it did not make.`, {
      call: id,
    });
  }

  #whole(chunk: Extract<Chunk, { type: 'source' | 'file' | 'data' }>): void {
    if (chunk.type === 'data') {
      const { name, data, id } = chunk;
      this.#scribe.data(name, data, id === undefined ? {} : { id });
    } else if (chunk.type === 'source') {
      this.#scribe.source(chunk);
    } else if (chunk.type === 'file') {
      this.#scribe.file(chunk);
    } else {
      unreachable(chunk);
    }
  }
}

/** An adapter is code of somebody else: it may send what no type allows. */
function unknownChunk(chunk: never): never {
  const { type }: { type?: unknown } = Object(chunk);
  throw agentError('bad-input', 'A stream gave a chunk of no known type; keep it as data.', {
    type: typeof type === 'string' ? type : typeof chunk,
  });
}
