// How a word stands in the index. Its tree looks through the branches of a node one by one,
// which is quick for alphabets and slow for scripts of thousands of characters: those are
// written as four signs of sixteen each, so that no node has many branches (measured: 20,000
// characters of Chinese take four times as long without it). A beginning stays a beginning.

const FIRST_SIGN = 0xe000;
const MANY = /[\u2e80-\ud7ff\uf900-\uffef]/g;
const SIGNS = /[\ue000-\ue00f]{4}/g;

export function encodeTerm(term: string): string {
  return term.replace(MANY, (character) => {
    const unit = character.charCodeAt(0);
    const sign = (shift: number): number => FIRST_SIGN + ((unit >> shift) & 15);
    return String.fromCharCode(sign(12), sign(8), sign(4), sign(0));
  });
}

export function decodeTerm(code: string): string {
  return code.replace(SIGNS, (signs) => {
    let unit = 0;
    for (const sign of signs) unit = unit * 16 + (sign.charCodeAt(0) - FIRST_SIGN);
    return String.fromCharCode(unit);
  });
}

/** Whether it is of a script in which a slip is another word, and so is not looked for. */
export function isDense(code: string): boolean {
  return /[\ue000-\ue00f]/.test(code);
}
