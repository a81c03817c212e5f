// A session's document looked into: how large it is, who wrote into it, and whether all that must
// hold of it does. For an inspector and a report; it costs an encoding and a walk over everything.

import * as Y from 'yjs';
import { documentDigest } from '../../session/digest.ts';
import { checkInvariants, type Violation } from '../../session/invariant.ts';
import type { View } from '../../session/view.ts';

/** One writer of the document, by the number that its words are kept under. */
export interface InspectedClient {
  readonly client: number;
  readonly structs: number;
  /** One more than the last thing that it wrote. */
  readonly clock: number;
}

export interface Inspection {
  /** Of the whole document, encoded as it is sent to whoever has nothing. */
  readonly bytes: number;
  readonly structs: number;
  readonly clients: readonly InspectedClient[];
  /** Whether something is there that leans on what has not come. */
  readonly isPending: boolean;
  /** The same on two devices exactly when they hold the same session. */
  readonly digest: string;
  readonly violations: readonly Violation[];
}

export function inspectDocument(doc: Y.Doc, view: View): Inspection {
  const clients = [...doc.store.clients].map(([client, structs]) => {
    const last = structs.at(-1);
    return {
      client,
      structs: structs.length,
      clock: last === undefined ? 0 : last.id.clock + last.length,
    };
  });
  return {
    bytes: Y.encodeStateAsUpdate(doc).length,
    structs: clients.reduce((sum, { structs }) => sum + structs, 0),
    clients: clients.toSorted((a, b) => b.structs - a.structs),
    isPending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
    digest: documentDigest(doc),
    violations: checkInvariants(doc, view),
  };
}
