// What the hooks need of a client and its sessions. The shapes say no more than that, so
// that whatever keeps them can stand behind the hooks: the client of this package, or a
// session without any network.

import type { Unsubscribe } from '../base/emitter.ts';
import type { HoldfastError } from '../base/error.ts';
import type { SendOptions, Sent } from '../session/compose.ts';
import type { PromptContent } from '../session/prompt.ts';
import type { View } from '../session/view.ts';

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
  readonly colour?: string | undefined;
  readonly devices: number;
  readonly typing: boolean;
}

export interface Presence {
  readonly others: readonly Person[];
  set(fields: { readonly typing?: boolean }): void;
  subscribe(listener: () => void): Unsubscribe;
}

export interface Attachment {
  readonly name: string;
  readonly size: number;
  readonly mediaType: string;
  /** Null until it is known. */
  readonly hash: string | null;
  readonly error: HoldfastError | null;
  /** Resolves when the hash is known; rejects where the file cannot be read. */
  readonly hashed: Promise<string>;
  cancel(): void;
  subscribe(listener: () => void): Unsubscribe;
}

export interface SessionHandle {
  readonly id: string;
  readonly ready: Promise<void>;
  readonly view: View;
  subscribe<Selected>(
    selector: (view: View) => Selected,
    listener: (selected: Selected) => void,
  ): Unsubscribe;
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
  readonly entries: readonly LibraryEntry[];
  subscribe(listener: () => void): Unsubscribe;
}

export interface Client {
  readonly principal: string | null;
  open(session: string): SessionHandle;
  readonly library: Library;
  readonly desk: { draft(session: string): Draft };
  readonly status: ClientStatus;
  subscribeStatus(listener: () => void): Unsubscribe;
}
