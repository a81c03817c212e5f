// The piece of a message that shows why it was found: where most of the words stand closely
// together, cut between words and never through a character, with the places to highlight.

import { codePointCut } from '../../base/text.ts';
import { searchLimits as limits } from './limits.ts';
import { wordsOf, type Word } from './words.ts';

export interface Snippet {
  readonly text: string;
  /** Places in `text` to highlight, in order: from, and up to before, in UTF-16 units. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
  /** Whether more stands before or after it. */
  readonly isCut: boolean;
}

/** `terms`: the folded words that were found. */
export function snippetOf(text: string, terms: ReadonlySet<string>): Snippet {
  const found = [...wordsOf(text)].filter(({ term }) => terms.has(term));
  const first = densest(found);
  const start = begin(text, first?.start ?? 0);
  const end = codePointCut(text, Math.min(text.length, start + limits.snippetChars));
  const ranges = found
    .filter((word) => word.start >= start && word.end <= end)
    .map((word) => [word.start - start, word.end - start] as const);
  return { text: text.slice(start, end), ranges, isCut: start > 0 || end < text.length };
}

/** The first word of the window with the most different words. */
function densest(found: readonly Word[]): Word | undefined {
  let best: Word | undefined;
  let most = 0;
  for (const [at, word] of found.entries()) {
    const different = new Set<string>();
    for (let next = at; next < found.length; next++) {
      const other = found[next];
      if (other === undefined || other.end > word.start + WINDOW) break;
      different.add(other.term);
    }
    if (different.size > most) [best, most] = [word, different.size];
  }
  return best;
}

/** A little before the word, at the beginning of another one. */
function begin(text: string, at: number): number {
  if (at <= LEAD) return 0;
  const space = text.slice(at - LEAD, at).search(/\s/);
  return space < 0 ? codePointCut(text, at - LEAD) : at - LEAD + space + 1;
}

const LEAD = 40;
const WINDOW = limits.snippetChars - LEAD;
