// What can be done with a session from the list, its own page or the palette, in one place, so
// that it is the same thing everywhere.

import type { Client } from 'holdfast';
import { toMarkdown, toTranscriptJson } from 'holdfast/session';
import { clock } from '../base/clock.ts';
import { notes } from '../base/notes.tsx';
import { fileName, saveFile } from '../base/save-file.ts';
import { strings } from '../strings.ts';
import { nameOf } from './groups.ts';
import { startAgent } from './start-agent.ts';

/** A session to write in: a new one, or the newest if nothing was said in it yet. */
export function newSession(client: Client): string {
  const [newest] = client.library.entries;
  const isBlank =
    newest !== undefined && newest.title === '' && newest.preview === '' && !newest.archived;
  if (isBlank && newest.createdAt === newest.lastActivity) return newest.id;
  const handle = client.create({ agent: startAgent });
  // Whoever shows it opens it again, before it is really closed.
  handle.close();
  return handle.id;
}

/** Gone from the list at once, and for good after a while in which it can be taken back. */
export function deleteSession(client: Client, session: string): void {
  const title = nameOf(client.library.get(session) ?? { title: '', preview: '' });
  const { undoUntil } = client.library.delete(session);
  notes.show({
    id: `deleted-${session}`,
    text: strings.session.deleted(title),
    action: { name: strings.session.undo, run: () => void client.library.undo(session) },
    forMs: Math.max(0, undoUntil - clock.now()),
  });
}

export async function renameSession(client: Client, session: string, title: string): Promise<void> {
  try {
    await client.library.rename(session, title.trim());
  } catch {
    notes.say(strings.session.notRenamed);
  }
}

export type ExportForm = 'markdown' | 'json';

/** From what this device has. Waits a little for words that are still on their way here. */
export async function exportSession(
  client: Client,
  session: string,
  form: ExportForm,
): Promise<void> {
  const handle = client.open(session);
  try {
    await handle.ready;
    const { view } = handle;
    if (view.meta.createdAt === null) return notes.say(strings.session.notExported);
    const title = view.meta.title;
    if (form === 'markdown') {
      saveFile(new Blob([toMarkdown(view)], { type: 'text/markdown' }), fileName(title, 'md'));
    } else {
      const text = JSON.stringify(toTranscriptJson(view), undefined, 2);
      saveFile(new Blob([text], { type: 'application/json' }), fileName(title, 'json'));
    }
  } finally {
    handle.close();
  }
}
