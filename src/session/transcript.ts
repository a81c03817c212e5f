// A session in other people's forms: JSON for programs, Markdown for people, model
// messages for the next request. Each is made from a view, for the chosen path or
// any other one; none of them is ever read back as a session (a document rebuilt
// from JSON doubles its content).

import type { Json } from '../base/json.ts';
import type { Message } from './message.ts';
import type { Part } from './part.ts';
import type { Run } from './run.ts';
import type { ToolPart } from './tool.ts';
import { pathTo } from './tree.ts';
import type { View } from './view.ts';

/** The messages from the beginning to this one; the shown path where none is named. */
export function pathMessages(view: View, to?: string): readonly Message[] {
  if (to === undefined) return view.path;
  return pathTo(view.tree, to)
    .map((id) => view.messages.get(id))
    .filter((message) => message !== undefined);
}

/** One path as plain JSON: what was said, by whom, and how its runs ended. */
export interface TranscriptJson {
  readonly format: 'holdfast-transcript';
  readonly version: 1;
  readonly title: string;
  readonly createdAt: number | null;
  readonly messages: readonly Message[];
  readonly runs: readonly Run[];
}

/** The path as JSON, with the runs that wrote or are to write its replies. */
export function toTranscriptJson(view: View, to?: string): TranscriptJson {
  const messages = pathMessages(view, to).filter((message) => !message.expected);
  const runs = messages
    .map((message) => (message.run === undefined ? undefined : view.runs.get(message.run)))
    .filter((run) => run !== undefined);
  const { title, createdAt } = view.meta;
  return { format: 'holdfast-transcript', version: 1, title, createdAt, messages, runs };
}

/** The path as Markdown. Words stand as they were written; what is not text is described in a line. */
export function toMarkdown(view: View, to?: string): string {
  const blocks: string[] = [];
  if (view.meta.title !== '') blocks.push(`# ${oneLine(view.meta.title)}`);
  for (const message of pathMessages(view, to)) {
    if (message.expected) continue;
    blocks.push(`## ${oneLine(nameOf(view, message))}`);
    if (message.deleted) blocks.push('*deleted*');
    for (const part of message.parts) blocks.push(...partMarkdown(part));
    const ending = endingOf(view, message);
    if (ending !== undefined) blocks.push(`*${ending}*`);
  }
  return `${blocks.join('\n\n')}\n`;
}

function nameOf(view: View, message: Message): string {
  const { from } = message;
  if (from !== undefined) return `${from.author} (quoted)`;
  return view.participants.get(message.author)?.name ?? message.author;
}

function endingOf(view: View, message: Message): string | undefined {
  const status = message.run === undefined ? undefined : view.runs.get(message.run)?.status;
  switch (status?.state) {
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return `failed: ${oneLine(status.error.message)}`;
    case 'stalled':
      return 'stalled';
    default:
      return undefined;
  }
}

function partMarkdown(part: Part): readonly string[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [part.text];
    case 'reasoning':
      return part.text === '' ? [] : [quote(part.text)];
    case 'tool':
      return [`**${oneLine(part.name)}** (${part.state})`, ...toolMarkdown(part)];
    case 'file':
      return [`File: ${oneLine(part.name ?? part.hash)} (${part.mediaType}, ${part.size} bytes)`];
    case 'source':
      return [`Source: ${oneLine(part.title)}${part.url === undefined ? '' : ` <${part.url}>`}`];
    case 'data':
      return [`Data: ${oneLine(part.name)}`, fenced(part.data)];
    case 'unknown':
      return [`(a part of type ${oneLine(part.name)})`];
  }
}

function toolMarkdown(part: ToolPart): readonly string[] {
  const blocks: string[] = [];
  if ('input' in part && part.input !== undefined) blocks.push(fenced(part.input));
  if (part.state === 'output-available') blocks.push(fenced(part.output));
  if (part.state === 'output-error') blocks.push(quote(part.error));
  return blocks;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const quote = (text: string): string => text.replaceAll(/^/gm, '> ');

/** A JSON block whose fence is longer than any run of backticks inside. */
function fenced(value: Json): string {
  const text = JSON.stringify(value, null, 2);
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${text}\n${fence}`;
}
