// Text that survives every peer. JavaScript strings are UTF-16 and may hold half a
// surrogate pair; UTF-8 cannot. A half that reaches an update is an emoji for its
// writer and two replacement characters for everybody else, for ever, with equal
// state vectors. So words are cut at code points only and are well formed before
// they are written.

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** The largest cut at or below `at` that does not fall between the halves of a pair. */
export function codePointCut(text: string, at: number): number {
  if (at <= 0) return 0;
  if (at >= text.length) return text.length;
  const insidePair =
    isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1));
  return insidePair ? at - 1 : at;
}

/** Whether the text ends in the first half of a pair, whose second half may still come. */
export function endsInHighSurrogate(text: string): boolean {
  return text.length > 0 && isHighSurrogate(text.charCodeAt(text.length - 1));
}

/** At most `charsMax` UTF-16 units of the text, cut at a code point. */
export function clip(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : text.slice(0, codePointCut(text, charsMax));
}
