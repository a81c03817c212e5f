// A session in the list, and how it comes about from what each side says: the server's list,
// this device, and the principal's own rows. Pure, so that the order in which those were
// heard decides nothing but who spoke last.

import type { ListEntry } from '../../protocol/library.ts';
import type { LocalFacts } from './facts.ts';

export interface LibraryEntry {
  readonly id: string;
  /** Empty while it has none. */
  readonly title: string;
  /** The beginning of the last prompt, in one line. */
  readonly preview: string;
  /** Milliseconds since 1970; by the server's clock where the server knows it. */
  readonly lastActivity: number;
  readonly createdAt: number;
  readonly unread: boolean;
  readonly running: boolean;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Writes of this device that are not durable on the server. */
  readonly unsent: number;
  /** What it takes on this device. */
  readonly bytes: number;
  readonly availableOffline: boolean;
  /** Whether the server's list has it; what has not was made here, or is not shared any more. */
  readonly onServer: boolean;
}

/** All that is said of one session. */
export interface Sources {
  readonly server: ListEntry | undefined;
  readonly local: LocalFacts | undefined;
  /** Whether this device said something new after the server last did. */
  readonly localIsNewer: boolean;
  /** A title that is being given. */
  readonly title: string | undefined;
  readonly pinned: boolean;
  readonly archived: boolean;
  /** Up to which activity it was read; null for never. */
  readonly readAt: number | null;
}

/** Undefined where nobody says anything of it. */
export function entryOf(id: string, sources: Sources): LibraryEntry | undefined {
  const { server, local, title, pinned, archived } = sources;
  const shown = speaker(sources);
  if (shown === undefined) return undefined;
  return Object.freeze({
    id,
    title: title ?? shown.title,
    preview: shown.preview,
    lastActivity: activityOf(sources),
    createdAt: server?.createdAt ?? shown.createdAt,
    unread: isUnread(sources),
    running: shown.running,
    pinned,
    archived,
    unsent: local?.unsent ?? 0,
    bytes: local?.bytes ?? 0,
    availableOffline: local?.availableOffline ?? false,
    onServer: server !== undefined,
  });
}

/** Whose title, preview and state of running count. */
function speaker({ server, local, localIsNewer }: Sources): ListEntry | LocalFacts | undefined {
  if (local === undefined) return server;
  if (server === undefined) return local;
  const knowsMore = local.isOpen || local.unsent > 0 || localIsNewer;
  return knowsMore && local.createdAt > 0 ? local : server;
}

/** What was written here and is not there yet is activity too; clocks of devices count for nothing else. */
function activityOf({ server, local }: Sources): number {
  if (server === undefined) return local?.lastActivity ?? 0;
  const here = local !== undefined && local.unsent > 0 ? local.lastActivity : 0;
  return Math.max(server.lastActivity, here);
}

/** Of what only this device has nothing is new to its owner. */
function isUnread({ server, readAt }: Sources): boolean {
  return server !== undefined && server.lastActivity > (readAt ?? -1);
}

const fields = [
  'title',
  'preview',
  'lastActivity',
  'createdAt',
  'unread',
  'running',
  'pinned',
  'archived',
  'unsent',
  'bytes',
  'availableOffline',
  'onServer',
] as const satisfies readonly (keyof LibraryEntry)[];

export function sameEntry(a: LibraryEntry, b: LibraryEntry): boolean {
  return a.id === b.id && fields.every((field) => a[field] === b[field]);
}

/** The latest first; equal ones in an order that all devices share. */
export function byActivity(a: LibraryEntry, b: LibraryEntry): number {
  return b.lastActivity - a.lastActivity || (a.id < b.id ? -1 : 1);
}
