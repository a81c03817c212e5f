// What the hooks need of a client and its sessions. The shapes say no more than that, so
// that whatever keeps them can stand behind the hooks: the client of this package, or a
// session without any network.

import type { Unsubscribe } from '../base/emitter.ts';
import type { SendOptions, Sent } from '../session/compose.ts';
import type { PromptContent, PromptPart } from '../session/prompt.ts';

export type WriteState = 'local' | 'stored' | 'sent' | 'durable' | 'seen' | 'refused';

export interface Written {
  readonly state: WriteState;
  subscribe(listener: () => void): Unsubscribe;
}

export interface Notice {
  readonly code: string;
  readonly sentence: string;
}

export interface SessionStatus {
  readonly connection: { readonly name: string };
  readonly storage: { readonly state: 'persistent' | 'memory' | 'failed'; readonly why?: string };
  readonly unsent: number;
  readonly lastSyncedAt: number | null;
  readonly rights: readonly string[] | null;
  readonly readOnly: boolean;
  readonly notice: Notice | null;
}

export interface ClientStatus {
  readonly notice: Notice | null;
}

export interface Person {
  readonly principal: string;
  readonly name: string;
  readonly kind: 'person' | 'agent';
  readonly colour: string | null;
  readonly devices: number;
  readonly typing: boolean;
}

export interface Presence {
  /** The same object while nothing changes. */
  readonly others: readonly Person[];
  /** Who types and says no more is soon taken for somebody who stopped. */
  set(fields: { readonly typing?: boolean }): void;
  subscribe(listener: () => void): Unsubscribe;
}

export interface Attachment {
  /** Resolves with what to send of it; rejects with a typed error where the file cannot be sent. */
  hashed(): Promise<PromptPart>;
  cancel(): void;
  subscribe(listener: () => void): Unsubscribe;
}

export interface SessionHandle {
  readonly id: string;
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
  readonly presence: Presence;
  close(): void;
}

export interface Draft {
  readonly text: string;
  /** Changes `text` at once, and tells the subscribers before it returns. */
  set(text: string): void;
  flush(): void;
  subscribe(listener: () => void): Unsubscribe;
  /** What another device wrote, not knowing of these words, until `settle`. */
  readonly alternative: string | null;
  settle(): void;
}

export interface LibraryEntry {
  readonly id: string;
  readonly title: string;
}

export interface Library {
  /** An entry that did not change is the same object. */
  readonly entries: readonly LibraryEntry[];
  subscribe(listener: () => void): Unsubscribe;
}

export interface SearchHit {
  readonly session: string;
  /** Null for the title of the session. */
  readonly message: string | null;
}

export interface SearchOptions {
  readonly limit?: number;
  /** Only in this session. */
  readonly session?: string;
}

export interface SearchAnswer {
  /** The best first. */
  readonly hits: readonly SearchHit[];
  /** Whether all sessions were searched. */
  readonly isComplete: boolean;
}

export interface Search {
  query(text: string, options?: SearchOptions): Promise<SearchAnswer>;
  /** Calls back when a question may have another answer. */
  subscribe(listener: () => void): Unsubscribe;
}

export interface Client {
  readonly principal: string | null;
  open(session: string): SessionHandle;
  readonly library: Library;
  readonly search: Search;
  readonly desk: { draft(session: string): Draft };
  readonly status: ClientStatus;
  subscribeStatus(listener: () => void): Unsubscribe;
}
