// The title of a session, from its first exchange.

import { clip } from '../../base/text.ts';
import type { ModelMessage } from '../../session/model-messages.ts';

const CHARS_MAX = 60;

export const titleRequest =
  'Give this conversation a name of at most six words, in its own language. Answer with the name alone.';

/** One short line, cut between words; empty where the text has none. */
export function titleOf(text: string): string {
  const [first = ''] = text.trim().split('\n');
  const line = first.replace(/^[\s"'#*_“”«»]+|[\s"'*_.“”«»]+$/g, '').replace(/\s+/g, ' ');
  if (line.length <= CHARS_MAX) return line;
  const cut = clip(line, CHARS_MAX - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > CHARS_MAX / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** The first words that were asked. */
export function firstWords(messages: readonly ModelMessage[]): string {
  for (const message of messages) {
    if (message.role !== 'user') continue;
    for (const part of message.content) if (part.type === 'text') return titleOf(part.text);
  }
  return '';
}

/** Nobody has answered in it yet. */
export const isFirstExchange = (messages: readonly ModelMessage[]): boolean =>
  messages.every(({ role }) => role !== 'assistant' && role !== 'tool');
