// The words of a prompt, from what an app gives to what is stored: plain JSON,
// written whole, never changed. Checked before anything is written.

import { isId } from '../base/id.ts';
import type { Json } from '../base/json.ts';
import { sessionError } from './error.ts';
import { limits } from './limits.ts';
import {
  decodePart,
  emptyStored,
  type FilePart,
  type Part,
  type PartType,
  type SourcePart,
} from './part.ts';
import { PART } from './shape.ts';
import { asJson, line, storable, storableValue } from './store.ts';

export type PromptPart =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'file' } & Pick<FilePart, 'mediaType' | 'size' | 'hash' | 'name'>)
  | ({ readonly type: 'source' } & Pick<SourcePart, 'title' | 'url' | 'mediaType' | 'snippet'>)
  | { readonly type: 'data'; readonly name: string; readonly data: Json };

/** What a person sends: a text, or parts. */
export type PromptContent = string | readonly PromptPart[];

/** The stored parts of a prompt. Throws `bad-input` or `too-large`. */
export function storePrompt(content: PromptContent): Json {
  const parts: readonly PromptPart[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (parts.length === 0 || parts.length > limits.promptPartsMax) {
    throw sessionError('bad-input', `A prompt has 1 to ${limits.promptPartsMax} parts.`, {
      parts: parts.length,
    });
  }
  const stored = parts.map((part, at) => storePromptPart(part, `p${at + 1}`));
  return asJson(storable(stored, 'A prompt', limits.promptBytesMax));
}

function storePromptPart(part: PromptPart, id: string): object {
  switch (part.type) {
    case 'text':
      return { [PART.head]: { type: 'text', id }, [PART.text]: part.text };
    case 'data': {
      const name = line(part.name, 'A data name', limits.nameCharsMax);
      const data = storableValue({ value: part.data }, 'Data');
      return checked({ type: 'data', id, name }, { [PART.data]: data });
    }
    case 'file': {
      const { mediaType, size, hash, name } = part;
      return checked({ type: 'file', id, mediaType, size, hash, name });
    }
    case 'source': {
      const { title, url, mediaType, snippet } = part;
      return checked({ type: 'source', id, title, url, mediaType, snippet });
    }
  }
}

/** A part as its reader will see it, or the error that says that it would not. */
function checked(
  fields: Readonly<Record<string, unknown>> & { readonly type: PartType },
  keys: object = {},
): object {
  const stored = { [PART.head]: storable(fields, 'A part'), ...keys };
  const { type } = fields;
  if (decodePart({ ...emptyStored, ...stored })?.type === type) return stored;
  throw sessionError('bad-input', `This is no valid ${type} part.`, { type });
}

/**
 * A part of any message as a copy stores it: whole, plain, with its id. Undefined for
 * what cannot be copied: a tool call that is still under way, an unknown part.
 */
export function storeCopy(part: Part): object | undefined {
  const head = { type: part.type, id: part.id, step: part.step, at: part.startedAt };
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return { [PART.head]: head, [PART.text]: part.text };
    case 'file': {
      const { mediaType, size, hash, name } = part;
      return { [PART.head]: { ...head, mediaType, size, hash, name } };
    }
    case 'source': {
      const { title, url, mediaType, snippet } = part;
      return { [PART.head]: { ...head, title, url, mediaType, snippet } };
    }
    case 'data':
      return { [PART.head]: { ...head, name: part.name }, [PART.data]: { value: part.data } };
    case 'tool': {
      if (part.state === 'output-available') {
        return storeTool(part, {
          [PART.input]: { value: part.input },
          [PART.output]: { value: part.output },
        });
      }
      if (part.state === 'output-denied') {
        return storeTool(part, { [PART.input]: { value: part.input } });
      }
      if (part.state !== 'output-error') return undefined;
      const input = part.input === undefined ? {} : { [PART.input]: { value: part.input } };
      return storeTool(part, { ...input, [PART.error]: part.error });
    }
    case 'unknown':
      return undefined;
  }
}

function storeTool(part: Part & { type: 'tool' }, values: object): object {
  const head = { type: 'tool', id: part.id, name: part.name, step: part.step, at: part.startedAt };
  return { [PART.head]: head, [PART.state]: { state: part.state, at: part.endedAt }, ...values };
}

/** An id that an app or a peer gave. Throws `bad-input`. */
export function checkId(id: string, what: string): string {
  if (isId(id)) return id;
  throw sessionError('bad-input', `${what} must be 1 to ${limits.idCharsMax} of A-Z a-z 0-9 _ -.`, {
    what,
  });
}
