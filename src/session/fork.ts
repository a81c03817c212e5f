// A fork: a new session that begins with what was said in another one, up to a
// message. Its maker writes copies of the words, each naming where it came from; no
// run, request or right comes along, and no bytes of the old document do: a copied
// author is quoted, never a principal.

import * as Y from 'yjs';
import type { Json } from '../base/json.ts';
import type { Message, MessageHead } from './message.ts';
import { storeCopy } from './prompt.ts';
import { MESSAGE, type Roots } from './shape.ts';
import { storable } from './store.ts';
import { limits } from './limits.ts';
import { pathTo } from './tree.ts';
import type { View } from './view.ts';
import { withdrawnPrompts } from './withdrawn.ts';
import { sessionError } from './error.ts';

/** Where copies come from and who makes them. */
export interface CopyContext {
  readonly session: string;
  readonly principal: string;
  readonly now: number;
  readonly createId: () => string;
}

/** The messages to copy: from the beginning to this one; a reply that is only expected is none. Throws `not-found`. */
export function messagesTo(view: View, id: string): readonly Message[] {
  const withdrawn = withdrawnPrompts(view);
  const path = pathTo(view.tree, id)
    .filter((step) => step === id || !withdrawn.has(step))
    .map((step) => view.messages.get(step))
    .filter((message) => message !== undefined)
    .filter((message) => !message.expected);
  if (path.length === 0) {
    throw sessionError('not-found', `There is no message ${id} in this session.`, { message: id });
  }
  return path;
}

/** Writes copies into an empty session, in one transaction. Deleted and empty messages keep their place. */
export function writeCopies(
  doc: Y.Doc,
  roots: Roots,
  messages: readonly Message[],
  context: CopyContext,
): void {
  doc.transact(() => {
    let parent: string | null = null;
    for (const message of messages) {
      const id = context.createId();
      roots.messages.push([copyOf(message, { ...context, id, parent })]);
      parent = id;
    }
  });
}

function copyOf(
  message: Message,
  copy: CopyContext & { id: string; parent: string | null },
): Y.Map<unknown> {
  const { id, parent } = copy;
  const { author, role } = message;
  const head: MessageHead = {
    id,
    role,
    author: copy.principal,
    parent,
    createdAt: copy.now,
    from: message.from ?? { session: copy.session, message: message.id, author, role },
  };
  const entries: [string, unknown][] = [[MESSAGE.head, storable(head, 'A message head')]];
  if (!message.deleted) entries.push([MESSAGE.parts, copiedParts(message)]);
  return new Y.Map(entries);
}

/** A reply may be far larger than a prompt, so only each value of each part is held to a bound, as it is when read. */
function copiedParts(message: Message): Json {
  return message.parts.flatMap((part) => {
    const stored = storeCopy(part);
    if (stored === undefined) return [];
    const keys = Object.entries(stored).map(([key, value]): [string, Json] => [
      key,
      storable(value as Json, 'A copy', limits.sessionBytesMax),
    ]);
    return [Object.fromEntries(keys)];
  });
}
