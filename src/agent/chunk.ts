// A model's stream in one common shape. Each adapter translates a foreign stream into these
// chunks, and `run.pipe` writes them: nothing else knows what a provider sends.
//
// Words without an id go on in the part that was written last, if it is of their kind; anything in
// between begins a new one. A tool call streams its input (or not), then says it whole.

import type { JsonObject, Json } from '../base/json.ts';
import type { FilePart, SourcePart } from '../session/part.ts';

export type Chunk =
  /** `id` names the part where a stream mixes several. */
  | {
      readonly type: 'text' | 'reasoning';
      readonly delta: string;
      readonly id?: string | undefined;
    }
  | { readonly type: 'text-end' | 'reasoning-end'; readonly id?: string | undefined }
  /** More of a tool call's input, as text. */
  | {
      readonly type: 'tool-input';
      readonly call: string;
      readonly name: string;
      readonly delta: string;
    }
  /** The whole input. */
  | {
      readonly type: 'tool-call';
      readonly call: string;
      readonly name: string;
      readonly input: Json;
    }
  | {
      readonly type: 'tool-output';
      readonly call: string;
      readonly output: Json;
      readonly preliminary?: boolean | undefined;
    }
  | { readonly type: 'tool-error'; readonly call: string; readonly error: string }
  /** It was not allowed, by somebody who was asked elsewhere. */
  | { readonly type: 'tool-denied'; readonly call: string; readonly reason?: string | undefined }
  | ({ readonly type: 'source' } & Pick<SourcePart, 'title' | 'url' | 'mediaType' | 'snippet'>)
  | ({ readonly type: 'file' } & Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>)
  | {
      readonly type: 'data';
      readonly name: string;
      readonly data: Json;
      readonly id?: string | undefined;
    }
  | { readonly type: 'usage'; readonly usage: JsonObject }
  /** Why the model stopped: `stop`, `length`, `tool-calls`, or the provider's own word. */
  | { readonly type: 'finish'; readonly reason: string }
  /** The stream broke; the message is for logs, not for people. */
  | { readonly type: 'error'; readonly error: unknown };

/** What a stream came to. */
export interface Piped {
  /** All of its text. */
  readonly text: string;
  /** Undefined where the stream did not say. */
  readonly finish: string | undefined;
  readonly usage: JsonObject | undefined;
}
