// The project's own documents as passages: one for each heading, short enough to be quoted. What
// is quoted is what stands there, cut only between paragraphs, so that nothing is put into the
// mouth of a document.

export interface Passage {
  /** Stable for the same document: its file, heading and place. */
  readonly id: string;
  /** Of the file, from the root of the package: `docs/CLIENT.md`. */
  readonly file: string;
  /** The title of the document. */
  readonly title: string;
  /** The heading that the passage stands under; the title where it stands before the first one. */
  readonly heading: string;
  /** Markdown. */
  readonly text: string;
}

const CHARS_MAX = 1_400;

/** All passages of a document, in its order. */
export function passagesOf(file: string, markdown: string): readonly Passage[] {
  const title = /^# +(.+)$/m.exec(markdown)?.[1]?.trim() ?? file;
  const passages: Passage[] = [];
  for (const { heading, lines } of sectionsOf(markdown, title)) {
    for (const text of quotable(blocksOf(lines))) {
      passages.push({ id: `${file}#${passages.length}`, file, title, heading, text });
    }
  }
  return passages;
}

interface Section {
  readonly heading: string;
  readonly lines: string[];
}

function sectionsOf(markdown: string, title: string): readonly Section[] {
  const sections: Section[] = [{ heading: title, lines: [] }];
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode;
    const heading = isCode ? undefined : /^#{1,4} +(.+)$/.exec(line)?.[1]?.trim();
    if (heading === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ heading, lines: [] });
  }
  return sections;
}

/** Paragraphs, lists, tables, pieces of code: what belongs together. */
function blocksOf(lines: readonly string[]): readonly string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let isCode = false;
  const close = (): void => {
    if (block.length > 0) blocks.push(block.join('\n'));
    block = [];
  };
  for (const line of lines) {
    if (line.startsWith('```')) isCode = !isCode;
    if (line.trim() === '' && !isCode) close();
    else block.push(line.replace(/^(```\w*).*$/, '$1'));
  }
  close();
  return blocks;
}

/** As many blocks together as may be quoted at once; a table or a list that is too long, in pieces. */
function quotable(blocks: readonly string[]): readonly string[] {
  const texts: string[] = [];
  let text = '';
  for (const block of blocks.flatMap(piecesOf)) {
    if (text !== '' && text.length + block.length > CHARS_MAX) {
      texts.push(text);
      text = '';
    }
    text += text === '' ? block : `\n\n${block}`;
  }
  if (text !== '') texts.push(text);
  return texts;
}

function piecesOf(block: string): readonly string[] {
  if (block.length <= CHARS_MAX || block.startsWith('```')) return [block];
  const [first = '', second = '', ...rows] = block.split('\n');
  const isTable = second.startsWith('|--');
  const head = isTable ? `${first}\n${second}\n` : '';
  const pieces: string[] = [];
  let piece = '';
  for (const row of isTable ? rows : [first, second, ...rows]) {
    if (piece !== '' && piece.length + row.length > CHARS_MAX) {
      pieces.push(head + piece);
      piece = '';
    }
    piece += piece === '' ? row : `\n${row}`;
  }
  return piece === '' ? pieces : [...pieces, head + piece];
}
