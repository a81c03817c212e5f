// Where a type stands in a session. Only these roots exist; what lies below is known as
// far as the server keeps a picture of it (projection.ts), and is `other` beyond.

import { isJsonObject, type Json } from '../../src/base/json.ts';
import { clip } from '../../src/base/text.ts';
import type { StructKind } from '../../src/protocol/struct.ts';

export type TypeKind = Extract<StructKind, 'map' | 'array' | 'text'>;

export type RootPlace =
  | 'meta'
  | 'messages'
  | 'runs'
  | 'control'
  | 'participants'
  | 'annotations'
  | 'selection';

export type Place = RootPlace | 'message' | 'run' | 'acks' | 'other';

/** The whitelist. An update that names any other root is refused. */
export const rootKinds: Readonly<Record<RootPlace, TypeKind>> = {
  meta: 'map',
  messages: 'array',
  runs: 'map',
  control: 'map',
  participants: 'map',
  annotations: 'map',
  selection: 'map',
};

export const isRootPlace = (name: string): name is RootPlace => Object.hasOwn(rootKinds, name);

/** What a type is that is made in `parent`, under `key` where that is a map. */
export function placeBelow(parent: Place, key: string | undefined): Place {
  if (parent === 'messages') return 'message';
  if (parent === 'runs') return 'run';
  return parent === 'run' && key === 'acks' ? 'acks' : 'other';
}

/** Whether the server wants to know the JSON values that stand in such a map. */
export function isPictured(place: Place): boolean {
  return (
    place === 'meta' ||
    place === 'runs' ||
    place === 'run' ||
    place === 'acks' ||
    place === 'control' ||
    place === 'message'
  );
}

/**
 * What is kept of a value that is pictured. A prompt's words are needed for a preview only,
 * and stand where the session's bytes are.
 */
export function pictured(place: Place, key: string | undefined, value: Json): Json | undefined {
  if (place !== 'message') return value;
  return key === 'parts' ? firstWords(value) : undefined;
}

const wordsCharsMax = 160;

function firstWords(parts: Json): string | undefined {
  if (!Array.isArray(parts)) return undefined;
  const texts = parts.map((part: Json) => (isJsonObject(part) ? part['text'] : undefined));
  const words = texts.find((text) => typeof text === 'string' && text !== '');
  if (typeof words !== 'string') return undefined;
  const start = clip(words.trim().replaceAll(/\s+/g, ' '), wordsCharsMax);
  // Made anew: a part of a string keeps the whole of it in memory.
  return Buffer.from(start).toString();
}
