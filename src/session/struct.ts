// Where Yjs keeps what a lane must know before it can write beside a document: the
// ids of a type, of the last entry of a list, of the entry that holds a key. Yjs
// has no public way to ask, so these few fields of its types are read here and
// nowhere else.

import type * as Y from 'yjs';
import { defined } from '../base/assert.ts';
import type { Spot, StructId } from './lane.ts';

/** Any nested type, by the one field that is read here. */
export type Nested = Pick<Y.Text, '_item'>;

/** A root of a document, whatever its type. */
export type AnyRoot = Pick<Y.AbstractType<unknown>, '_start' | '_map'>;

/** Whether anything was ever written below a root. Asking a document for a root makes an empty one. */
export const holdsAnything = (root: AnyRoot): boolean => root._start !== null || root._map.size > 0;

/** Anything that lies in a type, or is a root. Every Yjs type is one. */
export interface Placed {
  readonly parent: Placed | null;
}

/** How deep below a root the types of a session lie at most: message, parts, part, body, segment. */
const DEPTH_MAX = 5;

/** The type directly below `above` in which this one lies, or which it is; undefined for what lies elsewhere. */
export function childOf(above: Placed, type: Placed): Placed | undefined {
  let at = type;
  for (let depth = 1; at.parent !== null && depth <= DEPTH_MAX; depth++) {
    if (at.parent === above) return at;
    at = at.parent;
  }
  return undefined;
}

/** The key under which a type lies in a map. */
export function keyOf(type: Nested): string | undefined {
  return type._item?.parentSub ?? undefined;
}

/** The id of a nested type. Not for roots, which have a name instead. */
export function idOf(type: Nested): StructId {
  return defined(type._item, 'the item of a nested type').id;
}

/** The last entry of a list, deleted ones included; undefined of an empty one. Walks the list. */
function lastItem(list: Y.Array<unknown> | Y.Text): Y.Item | undefined {
  let item = list._start;
  if (item === null) return undefined;
  while (item.right !== null) item = item.right;
  return item;
}

/** Where the next entry of a list goes. */
export function endOf(list: Y.Array<unknown> | Y.Text, name?: string): Spot {
  const last = lastItem(list);
  if (last !== undefined) return { after: last.lastId, keyed: false };
  return name === undefined ? { first: idOf(list) } : { firstOfRoot: name };
}

/** The id of what a key holds now, deleted or not. */
export function keyId(map: Y.Map<unknown>, key: string): StructId | undefined {
  return map._map.get(key)?.lastId;
}

/** The clock that the document has for a client: the next struct it expects. */
export function clockOf(doc: Y.Doc, client: number): number {
  const last = doc.store.clients.get(client)?.at(-1);
  return last === undefined ? 0 : last.id.clock + last.length;
}
