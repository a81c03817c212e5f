// What a session is made of, in numbers, for whoever has to find out why it is slow, large
// or strange. No words of it are in here.

import * as Y from 'yjs';
import { SessionError } from '../../src/session/error.ts';
import { openSession } from '../../src/session/session.ts';
import type { Member } from '../log/members.ts';
import { checkSession } from './session-check.ts';
import type { StoredSession } from './stored-session.ts';

export interface ClientStructure {
  readonly client: number;
  /** The principal who wrote under it; empty for the server itself. */
  readonly owner: string;
  readonly structs: number;
  /** The clock of the next struct. */
  readonly clock: number;
  /** Clocks whose content is gone. */
  readonly deleted: number;
}

export interface SessionStructure {
  readonly session: string;
  readonly generation: string;
  readonly log: {
    readonly seq: number;
    /** Records that the snapshot stands for; 0 without one. */
    readonly merged: number;
    readonly snapshotBytes: number;
    readonly records: number;
    readonly recordBytes: number;
  };
  readonly document: {
    /** Of one update with all of it. */
    readonly bytes: number;
    readonly structs: number;
    readonly deleted: number;
  };
  readonly messages: { readonly all: number; readonly deleted: number };
  /** How many are in each state. */
  readonly runs: Readonly<Record<string, number>>;
  /** The largest first. */
  readonly clients: readonly ClientStructure[];
  readonly members: readonly Member[];
  /** What is wrong with how it is stored. */
  readonly damage: readonly string[];
  /** What is malformed in the document, or why it is no session. */
  readonly faults: readonly string[];
}

export function structureOf(stored: StoredSession, members: readonly Member[]): SessionStructure {
  const { head, snapshot, records } = stored;
  const { doc, ledger, faults: damage } = checkSession(stored);
  const owners = new Map(ledger.bindings().map(({ client, owner }) => [client, owner]));
  const clients = [...doc.store.clients.keys()].map((client) => clientOf(doc, client, owners));
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return {
    session: head.session,
    generation: head.generation,
    log: {
      seq: head.seq,
      merged: snapshot?.through ?? 0,
      snapshotBytes: snapshot?.bytes.length ?? 0,
      records: records.length,
      recordBytes: sum(records.map(({ bytes }) => bytes.length)),
    },
    document: {
      bytes: Y.encodeStateAsUpdate(doc).length,
      structs: sum(clients.map(({ structs }) => structs)),
      deleted: sum(clients.map(({ deleted }) => deleted)),
    },
    ...sessionOf(doc),
    clients: clients.toSorted((one, other) => other.structs - one.structs),
    members,
    damage,
  };
}

function clientOf(
  { store }: Y.Doc,
  client: number,
  owners: ReadonlyMap<number, string>,
): ClientStructure {
  const structs = store.clients.get(client) ?? [];
  return {
    client,
    owner: owners.get(client) ?? '',
    structs: structs.length,
    clock: Y.getState(store, client),
    deleted: structs.reduce((all, { deleted, length }) => all + (deleted ? length : 0), 0),
  };
}

function sessionOf(doc: Y.Doc): Pick<SessionStructure, 'messages' | 'runs' | 'faults'> {
  try {
    const opened = openSession(doc, { principal: 'holdfast' });
    const messages = [...opened.view.messages];
    const runs: Record<string, number> = {};
    for (const { status } of opened.view.runs) {
      runs[status.state] = (runs[status.state] ?? 0) + 1;
    }
    return {
      messages: { all: messages.length, deleted: messages.filter((each) => each.deleted).length },
      runs,
      faults: opened.faults.map(({ code, where, message }) => `${code} ${where}: ${message}`),
    };
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return { messages: { all: 0, deleted: 0 }, runs: {}, faults: [error.message] };
  }
}
