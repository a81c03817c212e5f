// What the hooks need of a client and of its sessions, and no more, so that whatever keeps
// these shapes can stand behind them: the client of this package with the types of any app,
// or sessions without any network.

import type { Unsubscribe } from '../base/emitter.ts';
import type { ClientStatus } from '../client/client-options.ts';
import type { Attachment } from '../client/files/attachment.ts';
import type { SessionStatus } from '../client/handle/status.ts';
import type { LibraryEntry } from '../client/library/entry.ts';
import type { Person } from '../client/presence/person.ts';
import type { WriteState, Written } from '../client/saved.ts';
import type { SearchAnswer } from '../client/search/search.ts';
import type { SendOptions, Sent } from '../session/compose.ts';
import type { PromptContent } from '../session/prompt.ts';

export interface PresenceLike {
  /** The same object while nothing changes. */
  readonly others: readonly Person[];
  /** Who types and says no more is soon taken for somebody who stopped. */
  set(fields: { readonly typing?: boolean }): void;
  subscribe(listener: () => void): Unsubscribe;
}

export interface SessionLike {
  readonly id: string;
  /** Resolves when what is kept here can be read. */
  readonly ready: Promise<void>;
  /** A `View`, with the app's own types in it. */
  readonly view: object;
  /** Calls back when the selector gives another value. */
  subscribe(selector: () => unknown, listener: () => void): Unsubscribe;
  readonly status: SessionStatus;
  subscribeStatus(listener: () => void): Unsubscribe;
  send(content: PromptContent, options?: SendOptions): Written & Sent;
  steer(run: string, content: PromptContent): Written & Sent;
  choose(message: string): void;
  saved(id: string): WriteState | undefined;
  subscribeSaved(listener: () => void): Unsubscribe;
  attach(file: Blob & { readonly name?: string }): Attachment;
  readonly presence: PresenceLike;
  close(): void;
}

export interface DraftLike {
  readonly text: string;
  /** Changes `text` at once, and tells the subscribers before it returns. */
  set(text: string): void;
  flush(): void;
  subscribe(listener: () => void): Unsubscribe;
  /** What another device wrote, not knowing of these words, until `settle`. */
  readonly alternative: string | null;
  settle(): void;
}

export interface LibraryLike {
  /** An entry that did not change is the same object. */
  readonly entries: readonly LibraryEntry[];
  subscribe(listener: () => void): Unsubscribe;
}

export interface SearchOptions {
  readonly limit?: number;
  /** Only in this session. */
  readonly session?: string;
}

export interface SearchLike {
  query(text: string, options?: SearchOptions): Promise<SearchAnswer>;
  /** Calls back when a question may have another answer. */
  subscribe(listener: () => void): Unsubscribe;
}

export interface ClientLike {
  readonly principal: string | null;
  open(session: string): SessionLike;
  readonly library: LibraryLike;
  readonly search: SearchLike;
  readonly desk: { draft(session: string): DraftLike };
  readonly status: ClientStatus;
  subscribeStatus(listener: () => void): Unsubscribe;
}
