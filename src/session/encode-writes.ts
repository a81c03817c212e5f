// Puts the server's decisions into bytes, beside any document: a server that holds
// none needs to know only the ids of containers and of what their keys hold. The
// update carries no delete set: that a new value deletes the one before it, every
// peer concludes by itself, and so never shows a key as empty because the deletion
// came before the value.

import * as Y from 'yjs';
import type { Json } from '../base/json.ts';
import type { LaneWriter, StructId } from './lane.ts';
import { agentTitle } from './meta.ts';
import { META, type RootName, rootsOf, RUN } from './shape.ts';
import { asJson, storable } from './store.ts';
import { idOf, keyId } from './struct.ts';
import type { Write } from './write.ts';

/** A map that bookkeeping writes into. */
export type Container =
  | { readonly root: RootName }
  | { readonly run: string }
  | { readonly acksOf: string };

/** What must be known of a document to write beside it. */
export interface Containers {
  /** The id of a nested map; undefined where it is not there, and the write is left out. */
  idOf(container: Container): StructId | undefined;
  /** The last entry under a key, deleted or not: the one that a new value follows. */
  keyId(container: Container, key: string): StructId | undefined;
}

/** Encodes all writes of one decision, in order; hand on what the lane then flushes as one update. */
export function encodeWrites(
  lane: LaneWriter,
  containers: Containers,
  writes: readonly Write[],
): void {
  const written = new Map<string, StructId>();
  for (const write of writes) {
    const { container, key, value } = entryOf(write);
    const place = JSON.stringify([container, key]);
    const before = written.get(place) ?? containers.keyId(container, key);
    if (before !== undefined) {
      written.set(place, lane.json(value, { after: before, keyed: true }));
    } else if ('root' in container) {
      written.set(place, lane.json(value, { firstOfRoot: container.root, key }));
    } else {
      const first = containers.idOf(container);
      if (first !== undefined) written.set(place, lane.json(value, { first, key }));
    }
  }
}

/** Where a write goes and what it says. */
function entryOf(write: Write): { container: Container; key: string; value: Json } {
  switch (write.to) {
    case 'control': {
      const value = asJson(storable(write.request, 'A request'));
      return { container: { root: 'control' }, key: write.request.id, value };
    }
    case 'title': {
      const value = asJson(storable(agentTitle(write.value), 'A title'));
      return { container: { root: 'meta' }, key: META.title, value };
    }
    case 'ack': {
      const value = asJson(storable(write.value, 'An ack'));
      return { container: { acksOf: write.run }, key: write.request, value };
    }
    default: {
      const value: Json = storable(write.value as Json, write.to);
      return { container: { run: write.run }, key: RUN[write.to], value };
    }
  }
}

/** The containers of a document. */
export function containersOf(doc: Y.Doc): Containers {
  const roots = rootsOf(doc);
  const mapOf = (container: Container): Y.Map<unknown> | undefined => {
    if ('root' in container) {
      return container.root === 'messages' ? undefined : roots[container.root];
    }
    const run = roots.runs.get('run' in container ? container.run : container.acksOf);
    if (!(run instanceof Y.Map)) return undefined;
    if ('run' in container) return run;
    const acks: unknown = run.get(RUN.acks);
    return acks instanceof Y.Map ? acks : undefined;
  };
  return {
    idOf(container) {
      const map = mapOf(container);
      return map === undefined || map._item === null ? undefined : idOf(map);
    },
    keyId(container, key) {
      const map = mapOf(container);
      return map === undefined ? undefined : keyId(map, key);
    },
  };
}
