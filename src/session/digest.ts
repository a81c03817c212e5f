// One value for one document: two peers hold the same session exactly when their
// digests are equal. Equal state vectors do not prove that (a reused clientID gives
// different words under one vector), and encoded updates may cut the same content
// into other structs; so the document is loaded into a fresh one, which merges all
// that can be merged, and encoded from there.

import * as Y from 'yjs';
import { sha256Hex } from './hash.ts';

/** 64 hex digits. Costs a load and an encoding of the whole document. */
export function documentDigest(doc: Y.Doc): string {
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(doc));
  const bytes = Y.encodeStateAsUpdate(fresh);
  fresh.destroy();
  return sha256Hex(bytes);
}
