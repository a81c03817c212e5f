// The list as it is shown: everything that is said of every session, and of each the entry
// that follows. An entry that did not change stays the same object, and so does the list; a
// session that is being deleted, or was, is in none. Only what was touched is looked at again,
// when somebody looks.

import type { ListEntry } from '../../protocol/library.ts';
import { byActivity, entryOf, sameEntry, type LibraryEntry } from './entry.ts';
import type { LocalFacts } from './facts.ts';

/** What the principal's own rows say of a session. */
export interface Marks {
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly readAt: number | null;
}

export class EntryTable {
  #server = new Map<string, ListEntry>();
  #local = new Map<string, LocalFacts>();
  #localIsNewer = new Set<string>();
  #titles = new Map<string, string>();
  #hidden: (session: string) => boolean;
  #marks: (session: string) => Marks;
  #touched = new Set<string>();
  #entries = new Map<string, LibraryEntry>();
  #list: readonly LibraryEntry[] = Object.freeze([]);

  constructor(marks: (session: string) => Marks, hidden: (session: string) => boolean) {
    this.#marks = marks;
    this.#hidden = hidden;
  }

  /** The latest first. */
  get list(): readonly LibraryEntry[] {
    this.#refresh();
    return this.#list;
  }

  get(session: string): LibraryEntry | undefined {
    this.#refresh();
    return this.#entries.get(session);
  }

  get serverSessions(): ReadonlyMap<string, ListEntry> {
    return this.#server;
  }

  local(session: string): LocalFacts | undefined {
    return this.#local.get(session);
  }

  /** Returns whether it was news. */
  setServer(entry: ListEntry): boolean {
    const { session } = entry;
    const before = this.#server.get(session);
    if (before !== undefined && sameSaid(before, entry)) return false;
    this.#server.set(session, entry);
    this.#localIsNewer.delete(session);
    this.touch(session);
    return true;
  }

  removeServer(session: string): boolean {
    this.touch(session);
    return this.#server.delete(session);
  }

  setLocal(session: string, facts: LocalFacts | undefined): void {
    const before = this.#local.get(session);
    if (facts === undefined) this.#local.delete(session);
    else this.#local.set(session, facts);
    const isNews =
      facts !== undefined &&
      before !== undefined &&
      (before.title !== facts.title ||
        before.preview !== facts.preview ||
        before.running !== facts.running);
    if (isNews) this.#localIsNewer.add(session);
    if (facts === undefined) this.#localIsNewer.delete(session);
    this.touch(session);
  }

  /** A title that is being given; undefined when that is over. */
  setTitle(session: string, title: string | undefined): void {
    if (title === undefined) this.#titles.delete(session);
    else this.#titles.set(session, title);
    this.touch(session);
  }

  touch(session: string): void {
    this.#touched.add(session);
  }

  #refresh(): void {
    if (this.#touched.size === 0) return;
    let isOther = false;
    for (const session of this.#touched) isOther = this.#look(session) || isOther;
    this.#touched.clear();
    if (isOther) this.#list = Object.freeze([...this.#entries.values()].sort(byActivity));
  }

  /** Whether the session's entry is another one now. */
  #look(session: string): boolean {
    const before = this.#entries.get(session);
    const now = this.#hidden(session) ? undefined : this.#entry(session);
    if (now === undefined) return this.#entries.delete(session);
    if (before !== undefined && sameEntry(before, now)) return false;
    this.#entries.set(session, now);
    return true;
  }

  #entry(session: string): LibraryEntry | undefined {
    return entryOf(session, {
      server: this.#server.get(session),
      local: this.#local.get(session),
      localIsNewer: this.#localIsNewer.has(session),
      title: this.#titles.get(session),
      ...this.#marks(session),
    });
  }
}

function sameSaid(a: ListEntry, b: ListEntry): boolean {
  return (
    a.title === b.title &&
    a.preview === b.preview &&
    a.running === b.running &&
    a.lastActivity === b.lastActivity &&
    a.createdAt === b.createdAt
  );
}
