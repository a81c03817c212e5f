// How the words of a part are stored: its segments, who wrote each, and in how many structs.

import * as Y from 'yjs';
import { listEntries } from '../../src/session/segments.ts';
import { MESSAGE, PART, rootsOf } from '../../src/session/shape.ts';

export interface StoredSegment {
  /** The clientID that began it. */
  readonly client: number;
  readonly text: string;
  /** How many structs hold its words. */
  readonly structs: number;
}

/** The segments of one part of a reply, in order. */
export function segmentsOf(doc: Y.Doc, message: string, part: string): readonly StoredSegment[] {
  const body = partMap(doc, message, part)?.get(PART.body);
  if (!(body instanceof Y.Array)) throw new Error(`the part ${part} has no body`);
  return [...listEntries(body)].map((entry) => {
    if (!(entry instanceof Y.Text)) throw new Error('a segment that is no text');
    let structs = 0;
    for (let item = entry._start; item !== null; item = item.right) structs++;
    return { client: entry._item?.id.client ?? 0, text: entry.toJSON(), structs };
  });
}

/** The stored map of a part of a reply. */
function partMap(doc: Y.Doc, message: string, part: string): Y.Map<unknown> | undefined {
  const parts = messageMap(doc, message)?.get(MESSAGE.parts);
  if (!(parts instanceof Y.Array)) return undefined;
  return mapWith([...listEntries(parts)], PART.head, part);
}

/** The stored map of a message. */
export function messageMap(doc: Y.Doc, message: string): Y.Map<unknown> | undefined {
  return mapWith([...listEntries(rootsOf(doc).messages)], MESSAGE.head, message);
}

function mapWith(
  entries: readonly unknown[],
  head: string,
  id: string,
): Y.Map<unknown> | undefined {
  return entries.find((entry): entry is Y.Map<unknown> => {
    const found: unknown = entry instanceof Y.Map ? entry.get(head) : undefined;
    return typeof found === 'object' && found !== null && 'id' in found && found.id === id;
  });
}
