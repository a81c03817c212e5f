// All that is a person's own, taken away, brought back or erased. The server is asked for each
// session, one after another: it is what has them all. What could not be had is counted, and
// never passed over in silence.

import type { Client } from 'holdfast';
import {
  archiveFormat,
  type ArchivedSession,
  broughtBack,
  hasWords,
  isTranscript,
} from './archive-file.ts';
import type { Api } from './api.ts';

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface ExportedAll {
  readonly file: Blob;
  readonly missing: number;
}

export async function exportAll(
  client: Client,
  api: Api,
  tell: (progress: Progress) => void,
): Promise<ExportedAll> {
  const ids = client.library.entries.map(({ id }) => id);
  const sessions: unknown[] = [];
  for (const [at, id] of ids.entries()) {
    tell({ done: at, total: ids.length });
    const answer = await api.transcript(id);
    if (answer.ok && isTranscript(answer.value)) sessions.push(answer.value);
  }
  const { principal } = client;
  const all = { format: archiveFormat, version: 1, principal, sessions };
  const file = new Blob([JSON.stringify(all, undefined, 1)], { type: 'application/json' });
  return { file, missing: ids.length - sessions.length };
}

/** New sessions, on this device first, with the old words in them. Nobody is asked to answer. */
export async function bringBack(
  client: Client,
  archived: readonly ArchivedSession[],
): Promise<void> {
  for (const { title, messages } of archived) {
    const handle = client.create({ title });
    await handle.ready;
    const names = new Map<string, string>();
    for (const message of messages.filter(hasWords)) {
      const parent = message.parent === null ? null : (names.get(message.parent) ?? null);
      const last = [...names.values()].at(-1) ?? null;
      const sent = handle.send(broughtBack(message), { agent: null, parent: parent ?? last });
      names.set(message.id, sent.message);
    }
    handle.close();
  }
}

/** Deletes what the person owns, on the server. Returns how many could not be; those of others stay. */
export async function eraseAll(client: Client, api: Api): Promise<number> {
  let left = 0;
  for (const { id, onServer } of client.library.entries) {
    const answer = onServer ? await api.erase(id) : { ok: true as const };
    const isDone = answer.ok || answer.code === 'missing' || answer.code === 'forbidden';
    if (!isDone) left++;
  }
  return left;
}
