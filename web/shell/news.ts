// What is news to a person who looks elsewhere, and how it is put.

import type { LibraryEntry } from 'holdfast';
import { strings } from '../strings.ts';

/** Whether to notify: `unasked` until it would have been useful for the first time. */
export type NotifyWish = 'on' | 'off' | 'unasked';

export function readWish(text: string | null): NotifyWish {
  return text === 'on' || text === 'off' ? text : 'unasked';
}

/** Those whose reply ended between two lists. */
export function endedBetween(
  before: readonly LibraryEntry[],
  now: readonly LibraryEntry[],
): readonly LibraryEntry[] {
  const ran = new Set(before.filter((entry) => entry.running).map((entry) => entry.id));
  return now.filter((entry) => ran.has(entry.id) && !entry.running);
}

export function titleOf(unread: number, name: string | undefined): string {
  const page = name === undefined ? strings.name : `${name} · ${strings.name}`;
  return unread === 0 ? page : `(${unread}) ${page}`;
}
