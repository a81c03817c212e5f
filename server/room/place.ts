// Where a type stands in a session. Only these roots exist; what lies below is known as
// far as the server keeps a picture of it (projection.ts), and is `other` beyond.

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
