// What waits in a document for words that are not there. Yjs keeps it, and asks again when a client has
// passed the clock that it noted; but where words of that client wait behind a gap, it notes the end of
// the gap, and not the clock that is needed. Should a tab crash and take its last words along, the gap
// is never closed, and what hangs on words before it would stay hidden in a document for ever, though
// another document that got the same in another order shows it. So it is asked again whenever a client
// that is waited for has said anything.

import * as Y from 'yjs';
import type { Unsubscribe } from '../base/emitter.ts';

/** Applies what waits as soon as it can be, with this origin. */
export function wakeWaiting(doc: Y.Doc, origin: unknown): Unsubscribe {
  const wake = ({ beforeState, afterState }: Y.Transaction): void => {
    const { pendingStructs } = doc.store;
    if (pendingStructs === null) return;
    const { missing, update } = pendingStructs;
    const hasGrown = [...missing.keys()].some(
      (client) => (afterState.get(client) ?? 0) > (beforeState.get(client) ?? 0),
    );
    if (!hasGrown) return;
    doc.store.pendingStructs = null;
    Y.applyUpdateV2(doc, update, origin);
  };
  doc.on('afterTransaction', wake);
  return () => doc.off('afterTransaction', wake);
}
