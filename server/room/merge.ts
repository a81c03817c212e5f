// Merges what a session has so far as Yjs would: a transient document, which collects what
// is deleted. Nothing is believed of the result until a second document that took it has
// the same state vector, the same deletions and the same bytes.

import * as Y from 'yjs';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { DocumentIndex } from './document-index.ts';
import { judge } from './gate.ts';
import type { Sender } from './verdict.ts';
import { roomLimits } from './limits.ts';
import { RangeSet } from './range-set.ts';

/** All updates of a session in their order, and all its deletions. */
export interface Unmerged {
  readonly updates: readonly Uint8Array[];
  readonly deletions: Uint8Array;
}

export type Merged =
  | { readonly ok: true; readonly updates: readonly Uint8Array[] }
  /** What did not come out equal, in words for an operator. Everything stays as it is. */
  | { readonly ok: false; readonly fault: string };

/** Off the loop of the server. */
export type Merge = (unmerged: Unmerged) => Promise<Merged>;

const merger: Sender = { principal: '', isRefused: () => false, mayWriteIn: () => true };
const limits = {
  ...roomLimits,
  chunkBytesMax: roomLimits.mergedBytesMax,
  newDeletionsMax: Number.POSITIVE_INFINITY,
  sessionStructsMax: Number.POSITIVE_INFINITY,
  sessionClientsMax: Number.POSITIVE_INFINITY,
};
const budget = {
  ...syncAnswerBudget,
  bytesMax: Number.POSITIVE_INFINITY,
  structsMax: Number.POSITIVE_INFINITY,
  clientsMax: Number.POSITIVE_INFINITY,
  rangesMax: Number.POSITIVE_INFINITY,
  typesMax: Number.POSITIVE_INFINITY,
};

/** Merges on the thread it is called on. */
export function mergeUpdates({ updates, deletions }: Unmerged): Merged {
  const merged = documentOf([...updates, deletions]);
  const bytes = Y.encodeStateAsUpdate(merged);
  const question = { sender: merger, budget, isAnswer: false };
  const verdict = judge(new DocumentIndex(), bytes, question, limits);
  if (!verdict.ok) return { ok: false, fault: `a merged update is ${verdict.code}` };
  const again = documentOf(verdict.updates);
  const fault =
    difference('pending', pendingOf(merged), 'nothing') ??
    difference(
      'state vectors',
      hex(Y.encodeStateVector(merged)),
      hex(Y.encodeStateVector(again)),
    ) ??
    difference('deletions', hex(deletionsOf(again)), hex(deletions)) ??
    difference('documents', hex(bytes), hex(Y.encodeStateAsUpdate(again)));
  return fault === undefined ? { ok: true, updates: verdict.updates } : { ok: false, fault };
}

function documentOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  return doc;
}

function pendingOf({ store }: Y.Doc): string {
  return store.pendingStructs === null && store.pendingDs === null ? 'nothing' : 'something';
}

function deletionsOf({ store }: Y.Doc): Uint8Array {
  const set = new RangeSet();
  for (const [client, ranges] of Y.createDeleteSetFromStructStore(store).clients) {
    for (const { clock, len } of ranges) set.add(client, clock, len);
  }
  return set.encode();
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function difference(what: string, one: string, other: string): string | undefined {
  return one === other ? undefined : `the ${what} differ`;
}
