// Whether what is stored of a session is a session: every record is one that a room wrote,
// the gate's loader takes each, and what a room would make of them is what Yjs makes of the
// same updates. Equal state vectors do not prove equal documents, so deletions are compared
// too, and nothing may be pending.

import * as Y from 'yjs';
import { Ledger } from '../room/ledger.ts';
import { roomLimits } from '../room/limits.ts';
import { RangeSet } from '../room/range-set.ts';
import { decodeRoomRecord, type RoomRecord } from '../room/record.ts';
import type { StoredSession } from './stored-session.ts';

export interface CheckedSession {
  /** In words for an operator; empty where the session is sound. */
  readonly faults: readonly string[];
  /** What a room knows of it, as far as it could be read. */
  readonly ledger: Ledger<never>;
  readonly doc: Y.Doc;
  /** The updates in their order, those included that the loader did not take. */
  readonly updates: readonly Uint8Array[];
}

/** Costs time and memory in proportion to the session. */
export function checkSession({ snapshot, records }: StoredSession): CheckedSession {
  const ledger = new Ledger<never>(roomLimits);
  const faults: string[] = [];
  const updates: Uint8Array[] = [];
  const take = (where: string, bytes: Uint8Array): void => {
    const record = decodeRoomRecord(bytes);
    if (record === undefined) return void faults.push(`${where} is none that a room writes`);
    updates.push(...record.updates);
    if (!loads(ledger, record)) faults.push(`${where} holds what no session can hold`);
  };
  if (snapshot !== undefined)
    take(`the snapshot of records 1 to ${snapshot.through}`, snapshot.bytes);
  for (const { seq, bytes } of records) take(`record ${seq}`, bytes);
  const doc = new Y.Doc();
  faults.push(...documentFaults(doc, updates));
  // Where a record was left out, the two differ, and that is said already.
  if (faults.length === 0) faults.push(...differences(ledger, doc));
  return { faults, ledger, doc, updates };
}

function loads(ledger: Ledger<never>, record: RoomRecord): boolean {
  try {
    return ledger.load(record) !== undefined;
  } catch {
    return false;
  }
}

function documentFaults(doc: Y.Doc, updates: readonly Uint8Array[]): readonly string[] {
  try {
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
  } catch (error) {
    return [`Yjs cannot read it: ${error instanceof Error ? error.message : String(error)}`];
  }
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null
    ? []
    : ['something in it hangs on what is missing'];
}

function differences(ledger: Ledger<never>, { store }: Y.Doc): readonly string[] {
  const faults: string[] = [];
  const ours = [...ledger.index.clocks()];
  const same =
    ours.length === store.clients.size &&
    ours.every(([client, clock]) => Y.getState(store, client) === clock);
  if (!same) faults.push('a room and Yjs read it as two documents: their clocks differ');
  const gone = new RangeSet();
  for (const [client, ranges] of Y.createDeleteSetFromStructStore(store).clients) {
    for (const { clock, len } of ranges) gone.add(client, clock, len);
  }
  if (Buffer.compare(gone.encode(), ledger.deletions()) !== 0) {
    faults.push('a room and Yjs read it as two documents: what is deleted differs');
  }
  return faults;
}
