// Finding the passages that answer a question, by its words alone. It knows a few words that people
// use for what the documents call otherwise, forgives a typo, and would rather find nothing than
// quote what has little to do with the question.

import MiniSearch from 'minisearch';
import type { Passage } from './passage.ts';

export interface Found {
  readonly passage: Passage;
  /** How well it fits; for comparing, without a unit. */
  readonly score: number;
}

export interface Looked {
  /** The words that were looked for. */
  readonly words: readonly string[];
  /** The best first. */
  readonly found: readonly Found[];
}

/** How much of the question a passage must have in it. */
const SHARE_MIN = 0.5;
/** The next ones are told of while they fit at least so well beside the best. */
const BESIDE_BEST_MIN = 0.6;
const FOUND_MAX = 3;

export class DocSearch {
  readonly passages: readonly Passage[];
  #index: MiniSearch<Passage>;
  #byId: ReadonlyMap<string, Passage>;

  constructor(passages: readonly Passage[]) {
    this.passages = passages;
    this.#byId = new Map(passages.map((passage) => [passage.id, passage]));
    this.#index = new MiniSearch<Passage>({
      fields: ['title', 'heading', 'text'],
      tokenize: wordsOf,
      processTerm: stemOf,
    });
    this.#index.addAll([...passages]);
  }

  look(question: string): Looked {
    const words = [...new Set(wordsOf(question).map(stemOf).filter(Boolean))];
    const all = this.#index.search(words.join(' '), {
      boost: { heading: 3, title: 1 },
      fuzzy: (term) => typosOf(term),
      prefix: (term) => term.length > 3,
      weights: { fuzzy: 0.3, prefix: 0.5 },
      boostDocument: (id) => weightOf(String(id)),
    });
    const fitting = all.filter(({ queryTerms }) => {
      const met = new Set(queryTerms);
      return words.length > 0 && met.size / words.length >= SHARE_MIN;
    });
    const best = fitting[0]?.score ?? 0;
    const found = fitting.flatMap(({ id, score }): readonly Found[] => {
      const passage = this.#byId.get(String(id));
      return passage === undefined || score < best * BESIDE_BEST_MIN ? [] : [{ passage, score }];
    });
    return { words, found: found.slice(0, FOUND_MAX) };
  }
}

/** How many letters may be wrong; two that changed places are two. */
function typosOf({ length }: string): number | false {
  if (length < 5) return false;
  return length === 5 ? 1 : 2;
}

/** The rules and the wire are for whoever needs every detail; the others explain. */
function weightOf(id: string): number {
  if (id.startsWith('docs/SPEC.md')) return 0.35;
  if (id.startsWith('docs/PROTOCOL.md')) return 0.8;
  return 1;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

const UNTOLD = new Set(
  `a about also am an and any are as at be but by can could did do does done for from get give go had has have
  how i if in into is it its just let like make may me my need of on one or our please say shall show should so some
  tell than that the their them then there these they this to us use was we were what when where which who why will
  with would you your work holdfast happen happens explain mean means vs`.split(/\s+/),
);

/** What people say, and what the documents say. */
const CALLED: Readonly<Record<string, string>> = {
  abort: 'cancel',
  stopp: 'cancel',
  auth: 'token',
  login: 'token',
  password: 'token',
  docker: 'container',
  fast: 'cost',
  speed: 'cost',
  performanc: 'cost',
  benchmark: 'cost',
  install: 'instal',
  logout: 'sign',
  nginx: 'proxy',
  https: 'tls',
  upload: 'file',
  attachment: 'file',
  websocket: 'wire',
};

/** Empty for a word that says nothing. English endings are taken off, roughly: both sides are treated alike. */
function stemOf(word: string): string {
  const lower = word.toLowerCase();
  if (UNTOLD.has(lower)) return '';
  const known = CALLED[lower];
  if (known !== undefined) return known;
  const stem = lower
    .replace(/(?<=..)ies$/, 'y')
    .replace(/(?<=...)(?:ing|ed|es|s|e)$/, '')
    .replace(/(?<=..)([b-df-hj-np-rtv-z])\1$/, '$1');
  return CALLED[stem] ?? stem;
}
