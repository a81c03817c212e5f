// Messages: what a reader sees, and the immutable head that its author stores. A
// message never changes once sent; an edit is a sibling, a regeneration a sibling
// reply. Only a reply in progress grows, in its parts. How messages hang together
// is tree.ts, how they are written verbs.ts and reply.ts.

import { isId } from '../base/id.ts';
import {
  type Check,
  decode,
  fields,
  hasFields,
  isMessageId,
  isPrincipal,
  isTime,
  nullable,
  optional,
} from './decode.ts';
import type { Part } from './part.ts';

export type Role = 'user' | 'assistant' | 'system';

/** Where a copied message came from. A view shows this author as quoted, never as a principal. */
export interface Origin {
  readonly session: string;
  readonly message: string;
  readonly author: string;
  readonly role: Role;
}

export interface MessageHead {
  readonly id: string;
  readonly role: Role;
  /** The principal that wrote the entry, or is the agent of `run`. A claim, until a server confirms it. */
  readonly author: string;
  /** The message it answers or follows; null begins the session. May name a reply that is still to come. */
  readonly parent: string | null;
  /** Milliseconds since 1970 by the author's clock. */
  readonly createdAt: number;
  /** The run whose reply this is. */
  readonly run?: string | undefined;
  /** The run inside which this was written (a prompt to a sub-agent): beside the main line. */
  readonly within?: string | undefined;
  /** The run that this steers. */
  readonly steers?: string | undefined;
  readonly from?: Origin | undefined;
}

export interface Message extends MessageHead {
  readonly parts: readonly Part[];
  /** True once the author deleted the words; the place stays. */
  readonly deleted: boolean;
  /** True for the reply of a run that has not written anything yet: it is in no document, only expected. */
  readonly expected: boolean;
}

const isRole: Check = (value) => value === 'user' || value === 'assistant' || value === 'system';

const isOrigin = hasFields<Origin>({
  session: isId,
  message: isId,
  author: isPrincipal,
  role: isRole,
});

const headSchema = fields<MessageHead>({
  id: isMessageId,
  role: isRole,
  author: isPrincipal,
  parent: nullable(isId),
  createdAt: isTime,
  run: optional(isId),
  within: optional(isId),
  steers: optional(isId),
  from: optional(isOrigin),
});

/** The head, frozen, or undefined where it is malformed. Never throws. */
export const decodeMessageHead = (value: unknown): MessageHead | undefined =>
  decode(headSchema, value);
