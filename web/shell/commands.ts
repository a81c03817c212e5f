// What the palette offers: first what can be done, then where one can go.

import type { Client, LibraryEntry } from 'holdfast';
import { strings } from '../strings.ts';
import { nameOf } from './groups.ts';
import type { Choosable } from './matching.ts';
import { overlay } from './overlay.ts';
import { exportSession, newSession } from './session-actions.ts';
import { toggleTheme } from './theme.ts';

export interface Place {
  readonly client: Client;
  readonly entries: readonly LibraryEntry[];
  readonly path: string;
  readonly go: (path: string) => void;
}

export function commandsOf(place: Place): readonly Choosable[] {
  const { client, entries, path, go } = place;
  const here = entries.find(({ id }) => path.startsWith(`/s/${id}`));
  const command = (id: string, name: string, run: () => void): Choosable => ({
    id,
    name,
    kind: strings.palette.command,
    run,
  });
  return [
    command('create', strings.list.create, () => go(`/s/${newSession(client)}`)),
    ...(here === undefined ? [] : ofSession(client, here, command)),
    ...(here === undefined
      ? []
      : [command('inspect', strings.session.inspect, () => go(`/s/${here.id}/inspect`))]),
    command('settings', strings.me.settings, () => go('/settings')),
    command('theme', strings.palette.toggleTheme, toggleTheme),
    command('phone', strings.me.phone, () => overlay.set({ kind: 'phone' })),
    command('shortcuts', strings.me.shortcuts, () => overlay.set({ kind: 'shortcuts' })),
    ...entries.map((entry) => ({
      id: entry.id,
      name: nameOf(entry),
      kind: strings.palette.go,
      run: () => go(`/s/${entry.id}`),
    })),
  ];
}

function ofSession(
  client: Client,
  { id: session, title, pinned, archived }: LibraryEntry,
  command: (id: string, name: string, run: () => void) => Choosable,
): readonly Choosable[] {
  const words = strings.session;
  const { library } = client;
  return [
    command('rename', words.rename, () => overlay.set({ kind: 'rename', session, title })),
    command('share', words.share, () => overlay.set({ kind: 'share', session })),
    command('pin', pinned ? words.unpin : words.pin, () => library.pin(session, !pinned)),
    command('archive', archived ? words.unarchive : words.archive, () =>
      library.archive(session, !archived),
    ),
    command('markdown', words.markdown, () => void exportSession(client, session, 'markdown')),
    command('json', words.json, () => void exportSession(client, session, 'json')),
  ];
}
