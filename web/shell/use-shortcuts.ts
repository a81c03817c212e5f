// Listens to the keys of the app.

import { useEffect } from 'react';
import type { Client } from 'holdfast';
import { useClient } from 'holdfast/react';
import { useLocation } from 'wouter';
import { overlay } from './overlay.ts';
import { newSession } from './session-actions.ts';
import { type ShortcutName, shortcutOf } from './shortcuts.ts';
import { searchFieldId } from './search-field.ts';

export function useShortcuts(): void {
  const client = useClient();
  const [path, go] = useLocation();
  useEffect(() => {
    const acts: Readonly<Record<ShortcutName, () => void>> = {
      palette: () => overlay.set(overlay.get() === null ? { kind: 'palette' } : null),
      search: () => toSearch(go),
      create: () => go(`/s/${newSession(client)}`),
      next: () => step(client, path, 1, go),
      previous: () => step(client, path, -1, go),
      help: () => overlay.set({ kind: 'shortcuts' }),
    };
    const listen = (event: KeyboardEvent): void => {
      const name = shortcutOf(event, isField(event.target));
      if (name === undefined) return;
      event.preventDefault();
      acts[name]();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [client, path, go]);
}

/** On a phone the list is another page. */
function toSearch(go: (path: string) => void): void {
  const field = document.getElementById(searchFieldId);
  if (field?.checkVisibility() === false) go('/');
  requestAnimationFrame(() => document.getElementById(searchFieldId)?.focus());
}

function step(client: Client, path: string, by: 1 | -1, go: (path: string) => void): void {
  const shown = client.library.entries.filter((entry) => !entry.archived);
  const at = shown.findIndex(({ id }) => path.startsWith(`/s/${id}`));
  const next = shown[at < 0 ? 0 : at + by];
  if (next !== undefined) go(`/s/${next.id}`);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
