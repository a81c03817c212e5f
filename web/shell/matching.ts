// What somebody means by a few letters: names that begin with them, then those with a word that
// does, then those that hold them, then those that hold them in this order.

export interface Choosable {
  readonly id: string;
  readonly name: string;
  /** What kind of thing it is, for the eye. */
  readonly kind: string;
  readonly run: () => void;
}

/** The best first; those that are equally good stay in their order. All where nothing was typed. */
export function matching<One extends Pick<Choosable, 'name'>>(
  choices: readonly One[],
  text: string,
): readonly One[] {
  const wanted = folded(text.trim());
  if (wanted === '') return choices;
  return choices
    .map((choice) => ({ choice, rank: rankOf(folded(choice.name), wanted) }))
    .filter(({ rank }) => rank < 4)
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ choice }) => choice);
}

const folded = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

function rankOf(name: string, wanted: string): number {
  if (name.startsWith(wanted)) return 0;
  if (name.includes(` ${wanted}`)) return 1;
  if (name.includes(wanted)) return 2;
  let at = 0;
  for (const letter of name) if (letter === wanted[at]) at++;
  return at === wanted.length ? 3 : 4;
}
