// From a document to the place where a reply goes on: the ids that a lane must name
// to write beside it. A reply that is not there yet is begun; one that a former
// holder left is continued, with the parts it has.

import * as Y from 'yjs';
import { entryOf } from './compose.ts';
import { sessionError } from './error.ts';
import type { LaneWriter, StructId } from './lane.ts';
import type { MessageHead } from './message.ts';
import type { KnownPart, ReplyPlace } from './reply.ts';
import { decodePartHead } from './part.ts';
import type { Pen } from './pen.ts';
import { BodyReader, listEntries } from './segments.ts';
import { MESSAGE, PART, type Roots } from './shape.ts';
import { asJson, storable } from './store.ts';
import { clockOf, endOf, idOf, keyId } from './struct.ts';
import { decodeToolInput, decodeToolState, isPreliminary } from './tool.ts';
import type { Lane } from './lane.ts';

/** Writes the entry of a reply that does not exist yet: its containers with it, by one writer. */
export function beginReply(lane: LaneWriter, roots: Roots, head: MessageHead): ReplyPlace {
  const entry = lane.type('map', endOf(roots.messages, 'messages'));
  lane.json(asJson(storable(head, 'A message head')), { first: entry, key: MESSAGE.head });
  const parts = lane.type('array', { first: entry, key: MESSAGE.parts });
  return { message: head.id, partsEnd: { first: parts }, known: new Map() };
}

/** Where an existing reply goes on. Throws `not-found` where it has no list of parts any more. */
export function continueReply(id: string, entry: Y.Map<unknown>): ReplyPlace {
  const parts = entry.get(MESSAGE.parts);
  if (!(parts instanceof Y.Array)) {
    throw sessionError('not-found', `The reply ${id} can not be continued: its parts are gone.`, {
      message: id,
    });
  }
  const known = new Map<string, KnownPart>();
  for (const part of listEntries(parts)) {
    const head = part instanceof Y.Map ? decodePartHead(part.get(PART.head)) : undefined;
    if (head === undefined || !(part instanceof Y.Map) || known.has(head.id)) continue;
    known.set(head.id, knownPart(head.type, part));
  }
  return { message: id, partsEnd: endOf(parts), known };
}

/** Deletes parts of a reply. Nothing is written for it but what is deleted, under no client at all. */
export function dropParts(pen: Pen, message: string, ids: ReadonlySet<string>): void {
  const parts = entryOf(pen, message).get(MESSAGE.parts);
  if (!(parts instanceof Y.Array)) return;
  const places: number[] = [];
  let at = 0;
  for (const part of listEntries(parts)) {
    const head = part instanceof Y.Map ? decodePartHead(part.get(PART.head)) : undefined;
    if (head !== undefined && ids.has(head.id)) places.unshift(at);
    at++;
  }
  pen.doc.transact(() => {
    for (const place of places) parts.delete(place, 1);
  }, pen);
}

function knownPart(type: string, part: Y.Map<unknown>): KnownPart {
  const keys = new Map<string, StructId>();
  for (const key of Object.values(PART)) {
    const id = keyId(part, key);
    if (id !== undefined) keys.set(key, id);
  }
  const body = part.get(PART.body);
  const map = idOf(part);
  const place =
    body instanceof Y.Array
      ? { bodyEnd: endOf(body), chars: new BodyReader(body).text.length }
      : { bodyEnd: undefined, chars: 0 };
  if (type !== 'tool') return { type, map, keys, ...place };
  const state = decodeToolState(part.get(PART.state));
  const input = decodeToolInput(part.get(PART.input));
  const preliminary = isPreliminary(part.get(PART.output));
  return { type, map, keys, ...place, ...(state && { tool: { state, input, preliminary } }) };
}

/**
 * Throws `lane-clock` where a lane cannot be written in: it is this document's own
 * client, or the document and the grant disagree about where it stands.
 */
export function checkLane(doc: Y.Doc, lane: Lane): void {
  if (lane.client === doc.clientID) {
    throw sessionError('lane-clock', 'A lane is never the client of a document itself.', {
      client: lane.client,
    });
  }
  const clock = clockOf(doc, lane.client);
  if (clock !== lane.clock) {
    throw sessionError(
      'lane-clock',
      `The lane ${lane.client} stands at ${clock} in this document, not at ${lane.clock}; wait for the first sync, then ask for a new grant.`,
      { client: lane.client, clock, granted: lane.clock },
    );
  }
}
