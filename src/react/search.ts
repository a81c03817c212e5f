// Searching while somebody types. One question is on its way at a time, and the one that is
// asked next is what stands in the field by then: a slow index is never asked for what
// nobody wants to know any more, and an old answer never replaces a newer one. The hits of
// the last answer stay until there is another.

import { useEffect, useMemo } from 'react';
import { createEmitter, reportUncaught, type Unsubscribe } from '../base/emitter.ts';
import { Feed, type Source } from './feed.ts';
import type { SearchLike, SearchOptions } from './client-like.ts';
import type { SearchAnswer } from '../client/search/search.ts';
import type { SearchHit } from '../client/search/search-index.ts';
import { useScope } from './provider.ts';
import { useFeed } from './selection.ts';

interface Question extends SearchOptions {
  readonly text: string;
}

interface Answered extends SearchAnswer {
  readonly question: Question | undefined;
}

const unasked: Answered = Object.freeze({
  question: undefined,
  hits: Object.freeze([]),
  isComplete: true,
});

export class Asking implements Source<Answered> {
  #search: SearchLike;
  #changed = createEmitter<undefined>();
  #answered = unasked;
  #wanted: Question | undefined;
  #isBusy = false;

  constructor(search: SearchLike) {
    this.#search = search;
  }

  /** The last answer. */
  readonly read = (): Answered => this.#answered;

  readonly listen = (changed: () => void): Unsubscribe => {
    const stops = [
      this.#changed.subscribe(changed),
      this.#search.subscribe(() => this.ask(this.#wanted ?? this.#answered.question)),
    ];
    return () => stops.forEach((stop) => stop());
  };

  /** Asks this next. No text has no hits, and asks nobody. */
  ask(question: Question | undefined): void {
    this.#wanted = question;
    if (!this.#isBusy) void this.#next();
  }

  async #next(): Promise<void> {
    this.#isBusy = true;
    while (this.#wanted !== undefined) {
      const question = this.#wanted;
      this.#wanted = undefined;
      const { text, ...options } = question;
      try {
        const answer = text.trim() === '' ? unasked : await this.#search.query(text, options);
        this.#answered = { ...answer, question };
        this.#changed.emit(undefined);
      } catch (error) {
        reportUncaught(error);
      }
    }
    this.#isBusy = false;
  }
}

export interface UsedSearch {
  /** The best first; of what was asked before, while `isSearching`. */
  readonly hits: readonly SearchHit[];
  /** Whether everything on this device was searched. */
  readonly isComplete: boolean;
  readonly isSearching: boolean;
}

export function useSearch(text: string, options: SearchOptions = {}): UsedSearch {
  const { client, frames } = useScope();
  const { limit, session } = options;
  const [asking, feed] = useMemo(() => {
    const source = new Asking(client.search);
    return [source, new Feed(source, frames, unasked)] as const;
  }, [client, frames]);
  const question = useMemo(
    () => ({
      text,
      ...(limit !== undefined && { limit }),
      ...(session !== undefined && { session }),
    }),
    [text, limit, session],
  );
  const answered = useFeed(feed);
  useEffect(() => asking.ask(question), [asking, question]);
  const { hits, isComplete } = answered;
  const isSearching = answered.question !== question && text.trim() !== '';
  return useMemo(() => ({ hits, isComplete, isSearching }), [hits, isComplete, isSearching]);
}
