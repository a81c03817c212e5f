// Cuts Markdown into its blocks, so that of a reply that grows only the last one is read again.
// A cut is made at a blank line where nothing holds the two sides together: not within a fence,
// not within a list, not before what is indented. Joined with blank lines the blocks mean the same.

const fenceStart = /^ {0,3}(`{3,}|~{3,})/;
const listItem = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:\s|$)/;
const indented = /^(?: {2,}|\t)/;
/** A link that is defined once and named elsewhere, or a footnote: such a text stays whole. */
const definition = /^ {0,3}\[[^\]\n]+\]:/m;

/** The blocks, in order. Text may be added at the end: blocks before the last one stay equal. */
export function blocksOf(text: string): readonly string[] {
  if (definition.test(text)) return [text];
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | undefined;
  let isBroken = false;
  for (const line of text.split('\n')) {
    const isBlank = fence === undefined && line.trim() === '';
    if (isBlank) {
      isBroken = block.length > 0;
      if (isBroken) block.push(line);
      continue;
    }
    if (isBroken && !goesOn(block[0] ?? '', line)) {
      blocks.push(block.join('\n').trimEnd());
      block = [];
    }
    isBroken = false;
    fence = fenceAfter(fence, line);
    block.push(line);
  }
  if (block.length > 0) blocks.push(block.join('\n'));
  return blocks;
}

const goesOn = (first: string, line: string): boolean =>
  indented.test(line) || (listItem.test(first) && listItem.test(line));

/** The fence that is open behind a line. */
function fenceAfter(open: string | undefined, line: string): string | undefined {
  const found = fenceStart.exec(line)?.[1];
  if (open === undefined) return found;
  const closes = found?.startsWith(open) === true && line.trim() === found;
  return closes ? undefined : open;
}
