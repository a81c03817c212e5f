// Two copies of Yjs in one program do not know one another's classes: what one brings in, the
// other cannot read, and documents break in ways that nobody finds. It happens where a bundler
// or a lock file holds two versions, or one as ESM and one as CommonJS. Found by bringing a
// struct in through the network's copy and looking at it with ours.

import * as decoding from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint8Array } from 'lib0/encoding';
import { readSyncStep2 } from 'y-protocols/sync';
import * as Y from 'yjs';

export const twoYjsSentence =
  'There are two copies of Yjs in this program, which breaks documents. `npm ls yjs` shows ' +
  'whose they are: keep one version, run `npm dedupe`, and in Vite set ' +
  "`resolve.dedupe: ['yjs']`.";

/** Whether what y-protocols brings into a document is foreign to our Yjs. `apply` is theirs. */
export function hasTwoYjs(apply: (doc: Y.Doc, update: Uint8Array) => void = applied): boolean {
  const [from, to] = [new Y.Doc(), new Y.Doc()];
  from.getMap('m').set('k', 1);
  apply(to, Y.encodeStateAsUpdate(from));
  const struct = to.store.clients.get(from.clientID)?.[0];
  from.destroy();
  to.destroy();
  return !(struct instanceof Y.Item);
}

function applied(doc: Y.Doc, update: Uint8Array): void {
  const encoder = createEncoder();
  writeVarUint8Array(encoder, update);
  readSyncStep2(decoding.createDecoder(toUint8Array(encoder)), doc, 'probe');
}
