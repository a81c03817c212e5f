// A path as Markdown, for people. Headings of the first and second level are the
// transcript's own: a title, and who speaks. Words stand as they were written while
// they keep to their message; words that would not (a heading like these, a fence or
// an HTML block that is left open) stand in a quotation, which Markdown ends by itself,
// so nobody can speak in another's name or swallow what follows. What Markdown shares
// between all of a document, link references, stays shared.

import type { Json } from '../base/json.ts';
import type { Message } from './message.ts';
import type { Part } from './part.ts';
import type { ToolPart } from './tool.ts';
import { pathMessages } from './transcript.ts';
import type { View } from './view.ts';

/** The path to a message, the shown one where none is named. What is not text is described in a line. */
export function toMarkdown(view: View, to?: string): string {
  const blocks: string[] = [];
  if (view.meta.title !== '') blocks.push(`# ${plain(view.meta.title)}`);
  for (const message of pathMessages(view, to)) {
    if (message.expected) continue;
    blocks.push(`## ${nameOf(view, message)}`);
    if (message.deleted) blocks.push('*deleted*');
    for (const part of message.parts) blocks.push(...partMarkdown(part));
    const ending = endingOf(view, message);
    if (ending !== undefined) blocks.push(`*${ending}*`);
  }
  return `${blocks.join('\n\n')}\n`;
}

function nameOf(view: View, message: Message): string {
  const { from } = message;
  if (from !== undefined) return `${plain(from.author)} (quoted)`;
  return plain(view.participants.get(message.author)?.name ?? message.author);
}

function endingOf(view: View, message: Message): string | undefined {
  const status = message.run === undefined ? undefined : view.runs.get(message.run)?.status;
  switch (status?.state) {
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return `failed: ${plain(status.error.message)}`;
    case 'stalled':
      return 'stalled';
    default:
      return undefined;
  }
}

function partMarkdown(part: Part): readonly string[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [contained(part.text)];
    case 'reasoning':
      return part.text === '' ? [] : ['*reasoning*', quote(part.text)];
    case 'tool':
      return [`**${plain(part.name)}** (${part.state})`, ...toolMarkdown(part)];
    case 'file':
      return [`File: ${plain(part.name ?? part.hash)} (${part.mediaType}, ${part.size} bytes)`];
    case 'source':
      return [`Source: ${plain(part.title)}${part.url === undefined ? '' : ` <${part.url}>`}`];
    case 'data':
      return [`Data: ${plain(part.name)}`, fenced(part.data)];
    case 'unknown':
      return [`(a part of type ${plain(part.name)})`];
  }
}

function toolMarkdown(part: ToolPart): readonly string[] {
  const blocks: string[] = [];
  if ('input' in part && part.input !== undefined) blocks.push(fenced(part.input));
  if (part.state === 'output-available') blocks.push(fenced(part.output));
  if (part.state === 'output-error') blocks.push(quote(part.error));
  return blocks;
}

/** A name inside a line: no line break, and no character that would be markup there. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .replaceAll(/[\\`*_[\]<>&#|~]/g, '\\$&');

const lines = (text: string): readonly string[] => text.split(/\r\n?|\n/);

const quote = (text: string): string =>
  lines(text)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');

/** The words as they are if they certainly end with their message, else quoted. */
const contained = (text: string): string => (keepsToItself(lines(text)) ? text : quote(text));

/** A line that begins with a fence, at whatever depth of lists and quotations. */
const fenceLine = /^[\s>*+\-\d.)]*(?:`{3}|~{3})/;
/** A heading of the first two levels, or what makes one of the line above. */
const headingLine = /^ {0,3}(?:#{1,2}(?:[ \t]|$)|=+[ \t]*$|-+[ \t]*$)/;
/** A line that may begin raw HTML, which can go on past blank lines. */
const htmlLine = /^[\s>*+\-\d.)]*<(?:[!?]|\/?(?:script|pre|style|textarea)\b)/i;

/** Spaces and tabs only: what else looks blank is a word to Markdown. */
const blankLine = /^[ \t]*$/;

/** A line that ends a fence, if the fence was of these marks and this indent. */
const closingLine = /^([ \t]*)(`{3,}|~{3,})[ \t]*$/;

interface Fence {
  readonly mark: string;
  readonly indent: number;
}

/**
 * Whether none of the lines can outlive or leave the message. Cautious, not exact: where
 * fences do not come in plain pairs, at one depth and with everything between them at
 * least as deep, it says no, because what they mean then hangs on the lists around them.
 */
function keepsToItself(all: readonly string[]): boolean {
  let fence: Fence | undefined;
  let above = '';
  for (const line of all) {
    if (fence !== undefined) {
      const inside = insideOf(fence, line);
      if (inside === 'unsure') return false;
      if (inside === 'closes') fence = undefined;
    } else if (fenceLine.test(line)) {
      fence = opened(line);
      if (fence === undefined) return false;
    } else if (htmlLine.test(line) || (headingLine.test(line) && !isRule(line, above))) {
      return false;
    }
    above = line;
  }
  return fence === undefined;
}

const indentOf = (line: string): number => /^ */.exec(line)?.[0].length ?? 0;

/** The fence that a line certainly opens, with nothing but spaces before it. */
function opened(line: string): Fence | undefined {
  const mark = /^ *(`{3,}|~{3,})[^`~]*$/.exec(line)?.[1];
  return mark === undefined ? undefined : { mark, indent: indentOf(line) };
}

function insideOf(fence: Fence, line: string): 'words' | 'closes' | 'unsure' {
  const [, before, mark] = closingLine.exec(line) ?? [];
  if (mark?.startsWith(fence.mark) === true) {
    return before === ' '.repeat(fence.indent) ? 'closes' : 'unsure';
  }
  return blankLine.test(line) || indentOf(line) >= fence.indent ? 'words' : 'unsure';
}

/** A line of hyphens is a heading only under words. */
const isRule = (line: string, above: string): boolean =>
  line.trim().startsWith('-') && blankLine.test(above);

/** A JSON block whose fence is longer than any run of backticks inside. */
function fenced(value: Json): string {
  const text = JSON.stringify(value, null, 2);
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${text}\n${fence}`;
}
