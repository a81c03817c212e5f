// One reading of the server's whole list, page by page behind the first, beside the news that
// come meanwhile. At its end it knows which of the sessions that a device remembers are there
// no more: those that were on no page and in no news. A session that moves to the front while
// pages are read is on none, but then there are news of it; so nothing is missed.

import type { LibraryNews } from '../../protocol/library.ts';

export class Sweep {
  #seen = new Set<string>();
  #sessionsMax: number;
  #isOver = false;

  constructor(sessionsMax: number) {
    this.#sessionsMax = sessionsMax;
  }

  /** Whether the whole list was read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** What came. Returns the cursor of the next page, where there is one to ask for. */
  take(news: LibraryNews): string | undefined {
    if (news.type !== 'page' && news.type !== 'changed') return undefined;
    for (const { session } of news.sessions) this.#seen.add(session);
    if (news.type === 'changed' || this.#isOver) return undefined;
    if (news.cursor === null) {
      this.#isOver = true;
      return undefined;
    }
    return this.#seen.size < this.#sessionsMax ? news.cursor : undefined;
  }

  /** Those of the sessions that are there no more. Nobody knows before it is over. */
  missing(sessions: Iterable<string>): readonly string[] {
    return this.#isOver ? [...sessions].filter((session) => !this.#seen.has(session)) : [];
  }
}
