// The parts of a message: what a reader sees of each type, and how stored parts
// become that. A prompt stores its parts as plain JSON, a reply as Y.Map entries
// with growing bodies; both pass through here, so a part looks the same wherever
// it came from. File bytes are never in the document: a file part is a reference.

import * as v from 'valibot';
import type { Json } from '../base/json.ts';
import { isId } from '../base/id.ts';
import {
  countSchema,
  decode,
  fields,
  isText,
  isTime,
  jsonSchema,
  nameSchema,
  optional,
  sentenceSchema,
  urlSchema,
} from './decode.ts';
import { limits } from './limits.ts';
import { decodeTool, isToolState, type StoredTool, type ToolPart } from './tool.ts';

interface PartBase {
  /** Unique within its message. */
  readonly id: string;
  /** The step of the run that wrote it, where the agent works in steps. */
  readonly step?: string | undefined;
  /** Milliseconds since 1970 by the writer's clock. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
}

/** `streaming` says that its writer has not closed it; whether anybody still writes, the run says. */
export type TextState = 'streaming' | 'done';

export interface TextPart extends PartBase {
  readonly type: 'text';
  readonly text: string;
  readonly state: TextState;
}

export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning';
  readonly text: string;
  readonly state: TextState;
}

export interface FilePart extends PartBase {
  readonly type: 'file';
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes, 64 hex digits: where to fetch them and what they must be. */
  readonly hash: string;
  readonly name?: string | undefined;
}

export interface SourcePart extends PartBase {
  readonly type: 'source';
  readonly title: string;
  /** `https:`, `http:`, or a path of the app; never any other scheme. */
  readonly url?: string | undefined;
  readonly mediaType?: string | undefined;
  /** The passage that was used. */
  readonly snippet?: string | undefined;
}

export interface DataPart extends PartBase {
  readonly type: 'data';
  /** What kind of data; the app that reads it knows the shape. */
  readonly name: string;
  readonly data: Json;
}

/** A part of a type that this version does not know, kept so that nothing is lost. */
export interface UnknownPart extends PartBase {
  readonly type: 'unknown';
  readonly name: string;
}

export type Part =
  | TextPart
  | ReasoningPart
  | ToolPart
  | FilePart
  | SourcePart
  | DataPart
  | UnknownPart;

export type PartType = Part['type'];

/** The immutable beginning of a stored part. Unknown keys stay. */
export interface PartHead {
  readonly type: string;
  readonly id: string;
  readonly name?: string | undefined;
  readonly step?: string | undefined;
  readonly at?: number | undefined;
}

/** What a reply stores of a part, undecoded: `head` and `state` aside, the keys of its map. */
export interface StoredPart extends StoredTool {
  readonly head: unknown;
  readonly state: unknown;
  readonly data: unknown;
  /** The joined segments. */
  readonly text: string;
}

/** Nothing stored but what is added to it. */
export const emptyStored: StoredPart = {
  head: undefined,
  state: undefined,
  data: undefined,
  text: '',
  input: undefined,
  output: undefined,
  error: undefined,
  approval: undefined,
  decision: undefined,
  rawInput: '',
};

/** The words of a part as they grow: a text, or the input of a tool call that still streams. */
export function wordsOf(part: Part | undefined): string {
  if (part?.type === 'text' || part?.type === 'reasoning') return part.text;
  return part?.type === 'tool' && 'rawInput' in part ? (part.rawInput ?? '') : '';
}

const headSchema = fields<PartHead>({
  type: isText(limits.nameCharsMax, 1),
  id: isId,
  name: optional(isText(limits.nameCharsMax)),
  step: optional(isId),
  at: optional(isTime),
});

const mediaTypeSchema = v.pipe(v.string(), v.regex(/^[\w.+-]{1,64}\/[\w.+-]{1,64}$/));
const hashSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
// No white space and no control characters: browsers drop some of them, and `/\t/host`
// would be a link to a foreign host.
const linkSchema = v.pipe(urlSchema, v.regex(/^(?:https?:\/\/|\/(?![/\\]))[^\s\p{Cc}<>]*$/iu));

const fileSchema = v.object({
  mediaType: mediaTypeSchema,
  size: countSchema,
  hash: hashSchema,
  name: v.optional(nameSchema),
});
const sourceSchema = v.object({
  title: nameSchema,
  url: v.optional(linkSchema),
  mediaType: v.optional(mediaTypeSchema),
  snippet: v.optional(sentenceSchema),
});
const dataSchema = v.looseObject({ value: jsonSchema });

interface StoredState {
  readonly state: string;
  readonly at?: number | undefined;
}

const stateSchema = fields<StoredState>({
  state: isText(limits.nameCharsMax),
  at: optional(isTime),
});

/** The state of a part that was written whole and says none. */
export const WRITTEN_WHOLE: StoredState = Object.freeze({ state: 'done' });

export const decodePartHead = (value: unknown): PartHead | undefined => decode(headSchema, value);

/** The part, frozen, or undefined where it is malformed. Never throws. */
export function decodePart(stored: StoredPart): Part | undefined {
  const head = decodePartHead(stored.head);
  if (head === undefined) return undefined;
  const state = stored.state === WRITTEN_WHOLE ? WRITTEN_WHOLE : decode(stateSchema, stored.state);
  if (stored.state !== undefined && state === undefined) return undefined;
  const part = partOf(head, state, stored);
  return part && Object.freeze(part);
}

function partOf(
  head: PartHead,
  stored: StoredState | undefined,
  raw: StoredPart,
): Part | undefined {
  const base = {
    id: head.id,
    ...(head.step !== undefined && { step: head.step }),
    ...(head.at !== undefined && { startedAt: head.at }),
  };
  const ended = stored?.at === undefined ? base : { ...base, endedAt: stored.at };
  switch (head.type) {
    case 'text':
    case 'reasoning':
      return stored?.state === 'done'
        ? { ...ended, type: head.type, text: raw.text, state: 'done' }
        : { ...base, type: head.type, text: raw.text, state: 'streaming' };
    case 'tool':
      return toolOf(head, stored, raw);
    case 'file': {
      const file = decode(fileSchema, head);
      return file && { ...base, type: 'file', ...file };
    }
    case 'source': {
      const source = decode(sourceSchema, head);
      return source && { ...base, type: 'source', ...source };
    }
    case 'data': {
      const data = decode(dataSchema, raw.data);
      if (data === undefined || head.name === undefined) return undefined;
      return { ...base, type: 'data', name: head.name, data: data.value };
    }
    default:
      return { ...base, type: 'unknown', name: head.type };
  }
}

function toolOf(
  head: PartHead,
  stored: StoredState | undefined,
  raw: StoredPart,
): ToolPart | undefined {
  const state = stored?.state ?? 'input-streaming';
  if (head.name === undefined || !isToolState(state)) return undefined;
  const ends = state.startsWith('output-') && stored?.at !== undefined;
  const base = {
    type: 'tool' as const,
    id: head.id,
    name: head.name,
    ...(head.step !== undefined && { step: head.step }),
    ...(head.at !== undefined && { startedAt: head.at }),
    ...(ends && { endedAt: stored.at }),
  };
  return decodeTool(base, state, raw);
}
