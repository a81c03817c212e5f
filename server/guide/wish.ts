// What a prompt wishes for: one of the things that the guide can show, by slash or in plain words,
// or an answer. A question about crashes must stay a question, so plain words count only as an
// order: short, and begun as one gives orders.

export const shows = ['slow', 'tool', 'team', 'crash', 'think', 'help'] as const;

export type Show = (typeof shows)[number];

export type Wish =
  | { readonly want: Show; readonly topic: string }
  | { readonly want: 'answer'; readonly topic: string }
  /** A slash command that there is not. */
  | { readonly want: 'unknown'; readonly topic: string };

export function wishOf(prompt: string): Wish {
  const text = prompt.trim().replaceAll(/\s+/g, ' ');
  if (text === '' || GREETING.test(text)) return { want: 'help', topic: '' };
  const slash = /^\/ ?([a-z]+)(?: (.*))?$/is.exec(text);
  if (slash !== null) {
    const [, name = '', topic = ''] = slash;
    const want = nearest(name.toLowerCase());
    return want === undefined ? { want: 'unknown', topic: name } : { want, topic };
  }
  return orderOf(text) ?? { want: 'answer', topic: text };
}

const GREETING =
  /^(?:hi|hello|hey|hallo|moin|good (?:morning|evening|day)|help|thanks|thank you)(?:[ ,]+(?:me|there|guide|you|all|again|please))*[ !.,?]*$/i;

/** Begun as an order: `show me`, `please`, `run the`. */
const ORDER =
  /^(?:please|now|ok|okay|then|can you|could you|would you|will you|let us|let's|lets|let|show|give|run|do|start|try|demo|make|use|ask|call|write|answer|talk|me|us|a|an|the|your|with|it|to|something|slash)\b[ ,:]*/i;

const WORDS: readonly (readonly [Show, RegExp])[] = [
  ['slow', /^(?:slow|slowly|long|very long|be slow)\b/i],
  ['tool', /^(?:tool|approval|approve|ask for approval)\b/i],
  ['team', /^(?:team|agents|several agents|sub-?agents)\b/i],
  ['crash', /^(?:crash|kill|die)\b/i],
  ['think', /^(?:think|reason|reasoning)\b/i],
];
/** What stands between the order and its topic. */
const LINK =
  /^(?:yourself|reply|answer|text|one|call|demo|process|now|aloud|about|on|of|for|with|that|asks for approval|please|[!.,:?])+ ?/i;
const WORDS_MAX = 12;

function orderOf(text: string): Wish | undefined {
  if (text.endsWith('?') && !/^(?:can|could|would|will) you /i.test(text)) return undefined;
  let rest = text.replace(/[.!?]+$/, '');
  if (rest.split(' ').length > WORDS_MAX) return undefined;
  for (let cut = rest.replace(ORDER, ''); cut !== rest; cut = rest.replace(ORDER, '')) rest = cut;
  const isOrder = rest.length < text.replace(/[.!?]+$/, '').length;
  for (const [want, pattern] of WORDS) {
    const named = pattern.exec(rest);
    if (named === null) continue;
    const topic = topicIn(rest.slice(named[0].length).trim());
    // Without anything before it: the word alone, or `think about lunch`.
    const isPlain = topic === '' || /^(?:think|reason|team|slow|slowly)\b/i.test(rest);
    return isOrder || isPlain ? { want, topic } : undefined;
  }
  return undefined;
}

function topicIn(text: string): string {
  let rest = text;
  for (let cut = rest.replace(LINK, ''); cut !== rest; cut = rest.replace(LINK, '')) rest = cut;
  return rest.trim();
}

/** The command that was meant, with a typo or two in a word that is long enough for them. */
function nearest(name: string): Show | undefined {
  const exact = shows.find((show) => show === name);
  if (exact !== undefined || name.length < 3) return exact;
  const near = shows.map((show) => ({ show, typos: typosBetween(name, show) }));
  near.sort((one, other) => one.typos - other.typos);
  const [best, next] = near;
  if (best === undefined || best.typos > 2 || best.typos === next?.typos) return undefined;
  return best.typos <= (best.show.length > 4 ? 2 : 1) ? best.show : undefined;
}

/** Letters to add, leave out, change or swap with their neighbour. */
export function typosBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const above = rows[i - 1]?.[j] ?? 0;
      const across = rows[i - 1]?.[j - 1] ?? 0;
      const cost = one[i - 1] === other[j - 1] ? 0 : 1;
      let least = Math.min(above + 1, (row[j - 1] ?? 0) + 1, across + cost);
      const isSwap = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (i > 1 && j > 1 && isSwap) least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[one.length]?.[other.length] ?? 0;
}
