// Words as they stream in, cut at the ends of sentences: what is read to those who listen. A
// sentence is said once, and what is left when the reply ends is said then.

const sentenceEnd = /[.!?…。！？]["'”’)\]]*\s|\n{2,}/g;

export class SentenceFeed {
  #waiting = '';

  /** The whole sentences that these words end, joined; empty where none ends. */
  add(text: string): string {
    this.#waiting += text;
    let end = 0;
    for (const found of this.#waiting.matchAll(sentenceEnd)) end = found.index + found[0].length;
    const said = this.#waiting.slice(0, end).trim();
    this.#waiting = this.#waiting.slice(end);
    return plainOf(said);
  }

  /** What no end came for. */
  rest(): string {
    const said = this.#waiting.trim();
    this.#waiting = '';
    return plainOf(said);
  }
}

/** Without the marks of Markdown, which nobody wants to hear. */
const plainOf = (text: string): string =>
  text
    .replaceAll(/\]\([^)\s]*\)/g, ']')
    .replaceAll(/[*_`#>[\]|~]+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
