// A person's sessions, on whatever device: the server's list as it changes, and over it what
// was made, named, pinned and deleted here, there at once and with no network. Every entry is
// what entry-table.ts makes of it; this file brings there what is heard, from the server, the
// other tabs and the app, and takes what a person does to where it belongs.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { HoldfastError } from '../../base/error.ts';
import { clip } from '../../base/text.ts';
import type { LibraryNews, ListEntry } from '../../protocol/library.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import type { Desk } from '../desk/desk.ts';
import { Deletions, type Deletion } from './deletion.ts';
import { BackgroundDownload, type DownloadOptions } from './download.ts';
import { EntryTable } from './entry-table.ts';
import type { LibraryEntry } from './entry.ts';
import type { LocalFacts } from './facts.ts';
import type { Http } from './http.ts';
import { LibraryMemory, type Remembered } from './library-memory.ts';
import { elsewhere, LibraryTabs, type LibraryWord } from './library-tabs.ts';
import { libraryLimits as limits } from './limits.ts';
import type { LibraryLink } from './link.ts';
import type { Records, Tabs } from './ports.ts';
import { ARCHIVE, clearRows, marksOf, PIN, sessionOf } from './session-rows.ts';
import { Sweep } from './sweep.ts';

/** What of a session is needed to name it. */
export interface Nameable {
  rename(title: string): unknown;
}

export interface LibraryOptions {
  readonly link: Pick<LibraryLink, 'state' | 'send' | 'subscribe' | 'onNews'>;
  readonly desk: Desk;
  readonly http: Pick<Http, 'ask'>;
  readonly records: Records;
  readonly tabs?: Tabs | undefined;
  readonly clock: Clock;
  readonly chance: Chance;
  /** Does something with a session, open or not. Rejects where it cannot be opened. */
  readonly withSession: (session: string, act: (session: Nameable) => void) => Promise<void>;
  /** The session is gone: whatever the device has of it goes too. */
  readonly forget: (session: string) => void;
  readonly keep: DownloadOptions['keep'];
  /** What is fetched to be read offline; false for nothing. */
  readonly keepOffline?: false | { readonly sessions?: number; readonly bytes?: number };
  readonly savesData?: () => boolean;
  readonly undoMs?: number;
}

/** How much of the server's list is shown. */
export type ListState = 'remembered' | 'loading' | 'complete';

export class Library {
  /** Resolves when what this device remembers is shown. Never waits for the network, never rejects. */
  readonly ready: Promise<void>;
  readonly download: BackgroundDownload;
  #options: LibraryOptions;
  #table: EntryTable;
  #memory: LibraryMemory;
  #tabs: LibraryTabs;
  #deletions: Deletions;
  /** Which deletions began in this tab. */
  #mine = new Set<string>();
  /** What sessions look like that are in use in this tab. */
  #here = new Map<string, LocalFacts>();
  #sweep: Sweep | undefined;
  #changes = createEmitter<readonly LibraryEntry[]>();
  #deletionChanges = createEmitter<readonly Deletion[]>();
  #isTelling = false;
  #told: readonly LibraryEntry[] = [];
  #toldState: ListState = 'remembered';
  #stops: readonly Unsubscribe[];

  constructor(options: LibraryOptions) {
    const { link, desk, http, records, tabs, clock, chance, keepOffline = {} } = options;
    this.#options = options;
    const isLive = (): boolean => link.state.name === 'live';
    this.#table = new EntryTable(
      (session) => marksOf(desk, session),
      (session) => this.#deletions.hides(session),
    );
    this.#memory = new LibraryMemory(records, clock, () => tabs?.isWriter?.() ?? true);
    this.#deletions = new Deletions({
      http,
      clock,
      chance,
      isLive,
      undoMs: options.undoMs ?? limits.undoMs,
      changed: (session) => this.#deletionChanged(session),
      deleted: (session) => this.#say({ says: 'deleted', session }),
    });
    const wanted = keepOffline === false ? { sessions: 0 } : keepOffline;
    this.download = new BackgroundDownload({
      http,
      clock,
      chance,
      isLive,
      keep: options.keep,
      sessions: wanted.sessions ?? limits.offlineSessions,
      bytes: wanted.bytes ?? limits.offlineBytes,
      entries: () => this.entries,
      savesData: options.savesData ?? (() => false),
      kept: (session, kept) => this.#memory.kept(session, kept),
    });
    this.#tabs = new LibraryTabs(tabs, (word) => this.#hearTab(word));
    this.#stops = [
      link.onNews((news) => this.#hear(news)),
      link.subscribe(() => this.#linkMoved()),
      desk.onChange((keys) => this.#deskChanged(keys)),
    ];
    this.ready = this.#load();
  }

  /** The latest first. An entry that did not change stays the same object, and so does the list. */
  get entries(): readonly LibraryEntry[] {
    return this.#table.list;
  }

  get(session: string): LibraryEntry | undefined {
    return this.#table.get(session);
  }

  /** Whether the list is only what this device remembers, or all that the server has. */
  get state(): ListState {
    if (this.#sweep === undefined) return 'remembered';
    return this.#sweep.isOver ? 'complete' : 'loading';
  }

  /** Hears of another list, or another `state`, once for all that came together. */
  subscribe(listener: (entries: readonly LibraryEntry[]) => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  /** Those under way, and those that failed until they are dismissed. */
  get deletions(): readonly Deletion[] {
    return this.#deletions.list;
  }

  subscribeDeletions(listener: (deletions: readonly Deletion[]) => void): Unsubscribe {
    return this.#deletionChanges.subscribe(listener);
  }

  /** Shown at once. Rejects, and shows the old title again, where the session cannot be opened or named. */
  async rename(session: string, title: string): Promise<void> {
    this.#table.setTitle(session, clip(title, wireLimits.titleCharsMax));
    this.#touched();
    try {
      await this.#options.withSession(session, (opened) => void opened.rename(title));
    } finally {
      this.#table.setTitle(session, undefined);
      this.#touched();
    }
  }

  pin(session: string, isPinned = true): void {
    this.#options.desk.set(PIN + session, isPinned ? true : undefined);
  }

  archive(session: string, isArchived = true): void {
    this.#options.desk.set(ARCHIVE + session, isArchived ? true : undefined);
  }

  /** All that is there now was seen, up to this message. */
  markRead(session: string, message?: string): void {
    const listed = this.#table.serverSessions.get(session);
    if (listed === undefined) return;
    this.#options.desk.readMark(session).set({ at: listed.lastActivity, message });
  }

  /** Hidden at once, and asked of the server after a while in which `undo` brings it back. */
  delete(session: string): Deletion {
    const before = this.#deletions.get(session);
    if (before !== undefined && before.state !== 'failed') return before;
    const title = this.get(session)?.title ?? '';
    this.#mine.add(session);
    const deletion = this.#deletions.begin(session, title);
    if (deletion === undefined) {
      this.#mine.delete(session);
      const message = 'Too much is being deleted, or this is deleted already. Wait a moment.';
      throw new HoldfastError('deletion', message, { facts: { session } });
    }
    const { undoUntil } = deletion;
    this.#say({ says: 'deleting', session, title, undoUntil });
    return deletion;
  }

  /** Whether it was in time. */
  undo(session: string): boolean {
    const isUndone = this.#deletions.undo(session);
    if (isUndone) this.#say({ says: 'undone', session });
    return isUndone;
  }

  /** The failure of a deletion was read. */
  dismiss(session: string): void {
    this.#deletions.dismiss(session);
  }

  /** What this device has of a session, told by whoever has it; undefined where it has nothing any more. */
  setLocal(session: string, facts: LocalFacts | undefined): void {
    if (this.#deletions.deleted.has(session)) return;
    if (facts === undefined) this.#here.delete(session);
    else this.#here.set(session, facts);
    this.#table.setLocal(session, facts);
    this.#memory.local(session, facts);
    this.#say({ says: 'local', session, facts: facts === undefined ? null : elsewhere(facts) });
    this.#touched();
  }

  /** Resolves when everything is stored. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#tabs.close();
    this.#deletions.close();
    this.download.close();
    await this.#memory.flush();
  }

  async #load(): Promise<void> {
    const { listed, local, deleting, deleted, kept }: Remembered = await this.#memory.load();
    for (const session of deleted) this.#deletions.remember(session);
    for (const entry of listed) {
      // What the server said meanwhile is newer.
      if (!this.#table.serverSessions.has(entry.session)) this.#table.setServer(entry);
    }
    for (const [session, facts] of local) {
      if (this.#table.local(session) === undefined) this.#table.setLocal(session, facts);
    }
    for (const [session, { title, undoUntil }] of deleting) {
      this.#deletions.adopt(session, title, undoUntil);
    }
    for (const [session, what] of kept) this.download.restore(session, what);
    await this.#options.desk.ready;
    for (const session of this.#table.serverSessions.keys()) this.#table.touch(session);
    this.#say({ says: 'asks' });
    this.#touched();
  }

  #hear(news: LibraryNews): void {
    if (news.type === 'ready') this.#sweep = new Sweep(limits.listSessionsMax);
    const cursor = this.#sweep?.take(news);
    if (news.type === 'page' || news.type === 'changed') this.#list(news.sessions);
    if (news.type === 'gone') this.#gone(news.sessions, true);
    if (cursor !== undefined) this.#options.link.send({ type: 'list', cursor });
    if (news.type === 'page') {
      this.#gone(this.#sweep?.missing(this.#table.serverSessions.keys()) ?? [], true);
      this.#touched();
    }
  }

  #list(sessions: readonly ListEntry[]): void {
    const fresh = sessions.filter((entry) => this.#table.setServer(entry));
    for (const entry of fresh) this.#memory.listed(entry);
    if (fresh.length === 0) return;
    this.#say({ says: 'listed', sessions: fresh });
    this.#touched();
  }

  /** They are there no more. What is not on the server of them stays here, and stays to be seen. */
  #gone(sessions: readonly string[], mayTell: boolean): void {
    const gone = sessions.filter((session) => this.#table.removeServer(session));
    for (const session of sessions) {
      this.#memory.unlisted(session);
      const unsent = this.#table.local(session)?.unsent ?? 0;
      if (this.#deletions.get(session) !== undefined) this.#deletions.done(session);
      else if (unsent === 0) this.#forget(session, undefined);
    }
    if (gone.length === 0) return;
    if (mayTell) this.#say({ says: 'gone', sessions: gone });
    this.#touched();
  }

  #forget(session: string, deletedAt: number | undefined): void {
    this.#here.delete(session);
    this.#table.removeServer(session);
    this.#table.setLocal(session, undefined);
    this.#memory.forget(session, deletedAt);
    this.download.forget(session);
    this.#options.forget(session);
    this.#touched();
  }

  #linkMoved(): void {
    if (this.#options.link.state.name !== 'live') {
      this.#sweep = undefined;
    } else {
      this.#deletions.next();
    }
    this.download.next();
    this.#touched();
  }

  #deletionChanged(session: string): void {
    const deletion = this.#deletions.get(session);
    this.#table.touch(session);
    if (deletion?.state === 'undoable') this.#memory.deleting(deletion);
    if (deletion === undefined || deletion.state === 'failed') this.#memory.notDeleting(session);
    if (deletion?.state === 'failed' && this.#mine.delete(session)) {
      const code = deletion.problem?.code ?? '';
      this.#say({ says: 'failed', session, code });
    }
    if (deletion === undefined) {
      this.#mine.delete(session);
      if (this.#deletions.deleted.has(session)) this.#deleted(session);
    }
    this.#deletionChanges.emit(this.#deletions.list);
    this.#touched();
  }

  /** It is deleted for good: its rows on the desk have no meaning any more either. */
  #deleted(session: string): void {
    this.#forget(session, this.#options.clock.now());
    clearRows(this.#options.desk, session);
  }

  #hearTab(word: LibraryWord): void {
    switch (word.says) {
      case 'local':
        if (!this.#here.has(word.session)) this.#localElsewhere(word.session, word.facts);
        return;
      case 'listed':
        for (const entry of word.sessions) this.#listedElsewhere(entry);
        return this.#touched();
      case 'gone':
        return this.#gone(word.sessions, false);
      case 'deleting':
        this.#deletions.adopt(word.session, word.title, word.undoUntil, limits.rescueMs);
        return;
      case 'undone':
        return this.#deletions.takeBack(word.session);
      case 'failed':
        return this.#deletions.fail(word.session, word.code);
      case 'deleted':
        if (this.#deletions.deleted.has(word.session)) return;
        return this.#deletions.done(word.session);
      case 'asks':
        return this.#answerTab();
    }
  }

  /** A tab has just opened: what it cannot have read yet. */
  #answerTab(): void {
    for (const [session, facts] of this.#here) {
      this.#say({ says: 'local', session, facts: elsewhere(facts) });
    }
    for (const session of this.#mine) {
      const { title, undoUntil } = this.#deletions.get(session) ?? {};
      if (title === undefined || undoUntil === undefined) continue;
      this.#say({ says: 'deleting', session, title, undoUntil });
    }
  }

  #localElsewhere(session: string, facts: LocalFacts | null): void {
    this.#table.setLocal(session, facts ?? undefined);
    this.#touched();
  }

  /** What this tab heard itself is not older, unless its connection is. */
  #listedElsewhere(entry: ListEntry): void {
    const known = this.#table.serverSessions.get(entry.session);
    if (known !== undefined && known.lastActivity > entry.lastActivity) return;
    if (this.#table.setServer(entry)) this.#memory.listed(entry);
  }

  #deskChanged(keys: ReadonlySet<string>): void {
    for (const key of keys) {
      const session = sessionOf(key);
      if (session !== undefined) this.#table.touch(session);
    }
    this.#touched();
  }

  #say(word: LibraryWord): void {
    this.#tabs.say(word);
  }

  /** Something may look otherwise; said once for all that comes in this turn. */
  #touched(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      const { entries, state } = this;
      if (entries === this.#told && state === this.#toldState) return;
      this.#told = entries;
      this.#toldState = state;
      this.download.soon();
      this.#changes.emit(entries);
    });
  }
}
