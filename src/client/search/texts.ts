// What of a session can be found: the words of its messages, its title, the names of files
// and sources. Not what an agent thought or passed to tools: nobody looks for it, and it is
// most of the text.

import * as v from 'valibot';
import { clip } from '../../base/text.ts';
import { countSchema, textSchema } from '../../protocol/envelope.ts';
import { isId } from '../../base/id.ts';
import { limits as wireLimits } from '../../protocol/limits.ts';
import type { Message } from '../../session/message.ts';
import type { Part } from '../../session/part.ts';
import type { View } from '../../session/view.ts';
import { searchLimits as limits } from './limits.ts';

/** A message as it is searched. */
export interface SearchText {
  /** The message's id; empty for the session's title. */
  readonly message: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly author: string;
}

export const searchTextSchema: v.GenericSchema<unknown, SearchText> = v.object({
  message: v.union([v.literal(''), v.custom<string>(isId)]),
  text: v.pipe(v.string(), v.maxLength(limits.messageCharsMax)),
  at: countSchema,
  author: v.union([v.literal(''), textSchema(wireLimits.principalCharsMax)]),
});

/** The title, then the messages in order; those without words are left out. */
export function* textsOf(view: View): Iterable<SearchText> {
  const { title, createdAt, createdBy } = view.meta;
  if (title !== '') yield { message: '', text: title, at: createdAt ?? 0, author: createdBy ?? '' };
  for (const message of view.messages) {
    if (message.deleted || message.expected) continue;
    const text = textOf(message);
    if (text.text !== '') yield text;
  }
}

/** A message that did not change is the same object in every view, and so is its text. */
const known = new WeakMap<Message, SearchText>();

function textOf(message: Message): SearchText {
  const before = known.get(message);
  if (before !== undefined) return before;
  const { id, author, createdAt, parts } = message;
  const words = parts.map(wordsIn).filter(Boolean).join('\n');
  const text = clip(words, limits.messageCharsMax);
  const made = { message: id, text, at: Math.floor(createdAt), author };
  known.set(message, made);
  return made;
}

function wordsIn(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'file':
      return part.name ?? '';
    case 'source':
      return part.title;
    case 'reasoning':
    case 'tool':
    case 'data':
    case 'unknown':
      return '';
  }
}
