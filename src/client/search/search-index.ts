// The index itself: the texts of messages, and by which words they are found. It lives in
// memory, in a worker or beside everything else, and is fed message by message; what is
// replaced or removed is gone from it at once. Results are ranked by how well and how rarely
// the words match (BM25), and the more recent ones count for more.

import MiniSearch, { type SearchOptions, type SearchResult as Match } from 'minisearch';
import { searchLimits as limits } from './limits.ts';
import { snippetOf, type Snippet } from './snippet.ts';
import { decodeTerm, encodeTerm, isDense } from './term-code.ts';
import type { SearchText } from './texts.ts';
import { wordsOf } from './words.ts';

export interface SearchHit {
  readonly session: string;
  /** Null where it is the session's title. */
  readonly message: string | null;
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly snippet: Snippet;
  /** Higher is better; comparable within one answer only. */
  readonly score: number;
}

export interface SearchQuery {
  readonly text: string;
  readonly limit: number;
  /** Only in this session. */
  readonly session?: string | undefined;
  /** By the device's clock, for what is recent. */
  readonly now: number;
}

interface Document extends SearchText {
  readonly id: string;
  readonly session: string;
}

export class SearchIndex {
  #engine = new MiniSearch<Document>({
    fields: ['text'],
    storeFields: ['session', 'at'],
    tokenize: (text) => Array.from(wordsOf(text), ({ term }) => encodeTerm(term)),
    processTerm: (term) => term,
    autoVacuum: false,
  });
  #sessions = new Map<string, Map<string, Document>>();
  #chars = 0;

  /** Of all texts. */
  get chars(): number {
    return this.#chars;
  }

  /** Adds a message, or replaces what was said of it. */
  put(session: string, text: SearchText): void {
    this.remove(session, text.message);
    const messages = this.#sessions.get(session) ?? new Map<string, Document>();
    const document = { ...text, session, id: `${session}/${text.message}` };
    messages.set(text.message, document);
    this.#sessions.set(session, messages);
    this.#chars += text.text.length;
    this.#engine.add(document);
  }

  remove(session: string, message: string): void {
    const messages = this.#sessions.get(session);
    const document = messages?.get(message);
    if (messages === undefined || document === undefined) return;
    messages.delete(message);
    if (messages.size === 0) this.#sessions.delete(session);
    this.#chars -= document.text.length;
    this.#engine.remove(document);
  }

  /** All messages of a session that are here. */
  messages(session: string): readonly string[] {
    return [...(this.#sessions.get(session)?.keys() ?? [])];
  }

  /** The best first. Where no message has all the words, those that have some. */
  query(query: SearchQuery): readonly SearchHit[] {
    const text = query.text.slice(0, limits.queryCharsMax);
    const all = this.#match(text, query, 'AND');
    const matches = all.length > 0 ? all : this.#match(text, query, 'OR');
    return matches.slice(0, Math.min(query.limit, limits.resultsMax)).flatMap((match) => {
      const hit = this.#hit(match);
      return hit === undefined ? [] : [hit];
    });
  }

  #match(text: string, { session, now }: SearchQuery, combineWith: 'AND' | 'OR'): readonly Match[] {
    const options: SearchOptions = {
      combineWith,
      // One letter begins too many words.
      prefix: (term) => term.length > 1,
      fuzzy: (term) => (term.length >= limits.fuzzyCharsMin && !isDense(term) ? 0.2 : false),
      weights: { prefix: 0.6, fuzzy: 0.3 },
      boostDocument: (_, __, fields) => recency(fields?.['at'], now),
      ...(session !== undefined && { filter: (match) => match['session'] === session }),
    };
    return this.#engine.search(text, options);
  }

  #hit({ id, score, terms }: Match): SearchHit | undefined {
    const [session = '', message = ''] = String(id).split('/');
    const document = this.#sessions.get(session)?.get(message);
    if (document === undefined) return undefined;
    const { author, at, text } = document;
    const snippet = snippetOf(text, new Set(terms.map(decodeTerm)));
    return { session, message: message === '' ? null : message, author, at, snippet, score };
  }
}

/** Between 1, for what is very old, and 2, for what is of now. */
function recency(at: unknown, now: number): number {
  const age = typeof at === 'number' ? Math.max(0, now - at) : Infinity;
  return 1 + 1 / (1 + age / limits.recencyMs);
}
