// Puts the server's decisions into a document. A process that holds the document
// (a simulator, a test, an app without a server) writes them as its own client; a
// server without one encodes the same entries in a lane.

import * as Y from 'yjs';
import { unreachable } from '../base/assert.ts';
import { agentTitle } from './meta.ts';
import { META, rootsOf, RUN } from './shape.ts';
import { storable } from './store.ts';
import type { Write } from './write.ts';

/** Applies all writes in one transaction. A write to a run that is not there is left out. */
export function applyWrites(doc: Y.Doc, writes: readonly Write[], origin?: unknown): void {
  if (writes.length === 0) return;
  doc.transact(() => {
    for (const write of writes) applyWrite(doc, write);
  }, origin);
}

function applyWrite(doc: Y.Doc, write: Write): void {
  const roots = rootsOf(doc);
  switch (write.to) {
    case 'control':
      roots.control.set(write.request.id, storable(write.request, 'A request'));
      return;
    case 'title':
      roots.meta.set(META.title, storable(agentTitle(write.value), 'A title'));
      return;
    case 'ack': {
      const acks = runMap(roots.runs, write.run)?.get(RUN.acks);
      if (acks instanceof Y.Map) acks.set(write.request, storable(write.value, 'An ack'));
      return;
    }
    case 'status':
    case 'claim':
    case 'startedAt':
    case 'usage':
    case 'order':
      runMap(roots.runs, write.run)?.set(RUN[write.to], storable(write.value, write.to));
      return;
    default:
      unreachable(write);
  }
}

function runMap(runs: Y.Map<unknown>, id: string): Y.Map<unknown> | undefined {
  const run = runs.get(id);
  return run instanceof Y.Map ? run : undefined;
}
