// What a client would rather have: `Accept` and `Accept-Encoding` (RFC 9110, 12.4 and 12.5),
// as far as we have a choice to offer.

interface Wish {
  readonly name: string;
  readonly weight: number;
}

/**
 * Of what is on offer, what is wanted most; of equals the first. Undefined where nothing is
 * wanted. What is not named is wanted by `*`, or else not; without a header, the first is.
 */
export function preferred<Offer extends string>(
  header: string | undefined,
  offers: readonly Offer[],
): Offer | undefined {
  if (header === undefined) return offers[0];
  const wishes = header.split(',').map(readWish);
  let best: { readonly offer: Offer; readonly weight: number } | undefined;
  for (const offer of offers) {
    const weight = weightOf(wishes, offer);
    if (weight > (best?.weight ?? 0)) best = { offer, weight };
  }
  return best?.offer;
}

function readWish(text: string): Wish {
  const [name = '', ...params] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = params.find((param) => param.startsWith('q='));
  const value = weight === undefined ? 1 : Number(weight.slice(2));
  return { name, weight: value >= 0 && value <= 1 ? value : 0 };
}

/** Of the wishes that fit, the most exact one counts. */
function weightOf(wishes: readonly Wish[], offer: string): number {
  const names = [offer, `${offer.split('/', 1)[0] ?? ''}/*`, '*/*', '*'];
  const fitting = names.map((name) => wishes.find((wish) => wish.name === name));
  return fitting.find((wish) => wish !== undefined)?.weight ?? 0;
}
