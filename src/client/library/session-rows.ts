// Which rows of the desk are about a session, and what they say of it in the list.

import type { Desk } from '../desk/desk.ts';
import type { Marks } from './entry-table.ts';

export const PIN = 'pin/';
export const ARCHIVE = 'archive/';
const prefixes = [PIN, ARCHIVE, 'read/', 'draft/'];

/** The session that a row is about. */
export function sessionOf(key: string): string | undefined {
  const prefix = prefixes.find((each) => key.startsWith(each));
  return prefix === undefined ? undefined : key.slice(prefix.length);
}

export function marksOf(desk: Desk, session: string): Marks {
  return {
    pinned: desk.get(PIN + session) === true,
    archived: desk.get(ARCHIVE + session) === true,
    readAt: desk.readMark(session).place?.at ?? null,
  };
}

/** The session is no more, and what was said of it has no meaning. */
export function clearRows(desk: Desk, session: string): void {
  for (const prefix of prefixes) {
    if (desk.get(prefix + session) !== undefined) desk.set(prefix + session, undefined);
  }
}
