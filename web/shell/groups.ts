// The list of sessions cut by when something last happened in them, as people think of it.

import type { LibraryEntry } from 'holdfast';
import { startOfDay } from '../base/time.ts';
import { strings } from '../strings.ts';

export interface Group {
  readonly name: string;
  readonly entries: readonly LibraryEntry[];
}

const dayMs = 24 * 60 * 60 * 1_000;

/** The pinned first, then by date; each group in the order of the list, and none empty. */
export function groupsOf(entries: readonly LibraryEntry[], now: number): readonly Group[] {
  const groups = new Map<string, LibraryEntry[]>();
  const pinned = entries.filter((entry) => entry.pinned);
  if (pinned.length > 0) groups.set(strings.list.pinned, pinned);
  for (const entry of entries) {
    if (entry.pinned) continue;
    const name = groupOf(entry.lastActivity, now);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [entry]);
    else group.push(entry);
  }
  return [...groups].map(([name, found]) => ({ name, entries: found }));
}

function groupOf(at: number, now: number): string {
  const today = startOfDay(now);
  // Half a day of grace: a day may have 23 hours or 25.
  if (at >= today) return strings.list.today;
  if (at >= startOfDay(today - dayMs / 2)) return strings.list.yesterday;
  if (at >= today - 7 * dayMs) return strings.list.week;
  if (at >= today - 30 * dayMs) return strings.list.month;
  return new Date(at).toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
}

/** What a session is called where it has no title: by its last prompt. */
export function nameOf({ title, preview }: Pick<LibraryEntry, 'title' | 'preview'>): string {
  return title || preview || strings.list.untitled;
}
