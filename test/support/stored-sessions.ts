// Sessions in a data folder, written as a room writes them, for what reads them without one.

import * as Y from 'yjs';
import { encodeRoomRecord, type Binding } from '../../server/room/record.ts';
import type { Log } from '../../server/log/log.ts';
import { openEmbeddedLog } from '../../server/log/embedded.ts';
import type { EmbeddedLog } from '../../server/log/embedded-log.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';
import { createSession, openSession } from '../../src/session/session.ts';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

export const aSession = 'session-of-ann-and-bob';
export const bSession = 'session-of-bob-alone-1';

/** The log of a data folder, on the store's real thread. */
export async function openData(folder: string): Promise<EmbeddedLog> {
  const path = join(folder, 'log');
  mkdirSync(path, { recursive: true });
  return openEmbeddedLog({ folder: path, clock: manualClock(1_000) });
}

/** One record for each update of the document that `write` makes. Returns the document. */
export async function writeSession(
  log: Log,
  session: string,
  write: (prompt: (text: string) => string, doc: Y.Doc, remove: (message: string) => void) => void,
): Promise<Y.Doc> {
  await log.create(session, { principal: 'ann', role: 'owner' });
  const doc = new Y.Doc();
  doc.clientID = 77;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  const chance = seededChance(5);
  const options = { principal: 'ann', chance, clock: manualClock(2_000) };
  createSession({ ...options, doc, title: 'About bridges' });
  const opened = openSession(doc, options);
  write(
    (text) => opened.send(text).message,
    doc,
    (message) => opened.remove(message),
  );
  for (const [at, update] of updates.entries()) {
    const bindings = at === 0 ? [{ client: doc.clientID, owner: 'ann' }] : [];
    await appendRecord(log, session, at, bindings, [update]);
  }
  return doc;
}

export async function appendRecord(
  log: Log,
  session: string,
  seq: number,
  bindings: readonly Binding[],
  updates: readonly Uint8Array[],
): Promise<void> {
  const answer = await log.append(session, seq, [], encodeRoomRecord({ bindings, updates }));
  if (!answer.ok) throw new Error(answer.code);
}
