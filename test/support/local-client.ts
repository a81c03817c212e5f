// A client without a network or a store: sessions in memory, for what is tested of hooks
// alone. What it says of saving and of others is what a test tells it to say. It runs in a
// page too, so it is plain and leans on nothing of Node.

import { createEmitter, type Emitter } from '../../src/base/emitter.ts';
import type { ClientStatus } from '../../src/client/client-options.ts';
import type { Attachment, AttachmentState } from '../../src/client/files/attachment.ts';
import type { SessionStatus } from '../../src/client/handle/status.ts';
import type { LibraryEntry } from '../../src/client/library/entry.ts';
import type { Person } from '../../src/client/presence/person.ts';
import type { WriteState, Written } from '../../src/client/saved.ts';
import type { SearchHit } from '../../src/client/search/search-index.ts';
import type { SearchAnswer } from '../../src/client/search/search.ts';
import type {
  ClientLike,
  DraftLike,
  PresenceLike,
  SearchLike,
  SessionLike,
} from '../../src/react/client-like.ts';
import { blankClientStatus, blankStatus, blankView } from '../../src/react/blank.ts';
import type { PromptPart } from '../../src/session/prompt.ts';
import type { Session } from '../../src/session/session.ts';

const written: Written = {
  state: 'local',
  subscribe: () => () => undefined,
  reached: () => Promise.resolve(),
};

class LocalDraft implements DraftLike {
  text = '';
  alternative: string | null = null;
  flushes = 0;
  #changed = createEmitter<undefined>();

  set(text: string): void {
    this.text = text;
    this.#changed.emit(undefined);
  }

  flush(): void {
    this.flushes++;
  }

  settle(): void {
    this.alternative = null;
    this.#changed.emit(undefined);
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.subscribe(listener);
  }
}

class LocalPresence implements PresenceLike {
  others: readonly Person[] = [];
  typing = false;
  #changed = createEmitter<undefined>();

  set({ typing }: { readonly typing?: boolean }): void {
    if (typing !== undefined) this.typing = typing;
  }

  /** Says who else is here. */
  tell(others: readonly Person[]): void {
    this.others = others;
    this.#changed.emit(undefined);
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.subscribe(listener);
  }
}

/** A file whose hash comes when the test says so. */
export class LocalAttachment implements Attachment {
  readonly id = 'attached';
  readonly name: string | undefined;
  readonly mediaType: string;
  readonly size: number;
  readonly state: AttachmentState = 'hashing';
  readonly progress = 0;
  readonly hash: string | null = null;
  readonly part: PromptPart | null = null;
  readonly error = null;
  cancelled = false;
  #hash = Promise.withResolvers<string>();

  constructor(file: Blob & { readonly name?: string }) {
    this.name = file.name;
    this.mediaType = file.type;
    this.size = file.size;
    this.#hash.promise.catch(() => undefined);
  }

  async hashed(): Promise<PromptPart> {
    const { size, mediaType } = this;
    return { type: 'file', hash: await this.#hash.promise, size, mediaType };
  }

  async uploaded(): Promise<void> {
    await this.#hash.promise;
  }

  found(hash: string): void {
    this.#hash.resolve(hash);
  }

  fail(error: Error): void {
    this.#hash.reject(error);
  }

  cancel(): void {
    this.cancelled = true;
  }

  retry(): void {
    this.cancelled = false;
  }

  subscribe(): () => void {
    return () => undefined;
  }
}

/** A search that answers when the test says so. */
class LocalSearch implements SearchLike {
  /** The questions that wait, the oldest first. */
  readonly asked: { readonly text: string; answer(hits: readonly SearchHit[]): void }[] = [];
  #changed = createEmitter<undefined>();

  query(text: string): Promise<SearchAnswer> {
    const { promise, resolve } = Promise.withResolvers<SearchAnswer>();
    this.asked.push({ text, answer: (hits) => resolve({ hits, isComplete: true }) });
    return promise;
  }

  /** There is more to be found now. */
  grow(): void {
    this.#changed.emit(undefined);
  }

  subscribe(listener: () => void): () => void {
    return this.#changed.subscribe(listener);
  }
}

export class LocalHandle implements SessionLike {
  readonly id: string;
  readonly session: Session;
  readonly ready: Promise<void>;
  readonly presence = new LocalPresence();
  readonly attachments: LocalAttachment[] = [];
  status: SessionStatus = blankStatus;
  opened = 0;
  /** How many listeners it has, which a component that is gone must not leave behind. */
  listeners = 0;
  #isReady: boolean;
  #makeReady: () => void;
  #loaded = createEmitter<undefined>();
  #status = createEmitter<undefined>();
  #states = new Map<string, WriteState>();
  #saved = createEmitter<undefined>();

  constructor(session: Session, isReady: boolean) {
    this.id = session.id;
    this.session = session;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    this.#makeReady = resolve;
    this.#isReady = isReady;
    if (isReady) resolve();
  }

  get view(): Session['view'] {
    return this.#isReady ? this.session.view : blankView;
  }

  /** What this device has of it was read. */
  becomeReady(): void {
    this.#isReady = true;
    this.#makeReady();
    this.#loaded.emit(undefined);
  }

  tellStatus(changes: Partial<SessionStatus>): void {
    this.status = { ...this.status, ...changes };
    this.#status.emit(undefined);
  }

  tellSaved(id: string, state: WriteState): void {
    this.#states.set(id, state);
    this.#saved.emit(undefined);
  }

  subscribe(selector: () => unknown, listener: () => void): () => void {
    const stop = this.session.subscribe(selector, listener);
    const stopLoading = this.#loaded.subscribe(listener);
    this.listeners++;
    return () => {
      this.listeners--;
      stop();
      stopLoading();
    };
  }

  subscribeStatus(listener: () => void): () => void {
    return counted(this, this.#status, listener);
  }

  subscribeSaved(listener: () => void): () => void {
    return counted(this, this.#saved, listener);
  }

  saved(id: string): WriteState | undefined {
    return this.#states.get(id);
  }

  send(...args: Parameters<Session['send']>): Written & ReturnType<Session['send']> {
    return { ...written, ...this.session.send(...args) };
  }

  steer(...args: Parameters<Session['steer']>): Written & ReturnType<Session['steer']> {
    return { ...written, ...this.session.steer(...args) };
  }

  choose(message: string): void {
    this.session.choose(message);
  }

  attach(file: Blob & { readonly name?: string }): LocalAttachment {
    const attachment = new LocalAttachment(file);
    this.attachments.push(attachment);
    return attachment;
  }

  close(): void {
    this.opened--;
  }
}

function counted(
  handle: LocalHandle,
  emitter: Emitter<undefined>,
  listener: () => void,
): () => void {
  const stop = emitter.subscribe(listener);
  handle.listeners++;
  return () => {
    handle.listeners--;
    stop();
  };
}

export class LocalClient implements ClientLike {
  readonly principal = 'ada';
  readonly handles = new Map<string, LocalHandle>();
  readonly drafts = new Map<string, LocalDraft>();
  status: ClientStatus = blankClientStatus;
  entries: readonly LibraryEntry[] = [];
  #changed = createEmitter<undefined>();

  readonly library: ClientLike['library'];
  readonly desk: ClientLike['desk'];
  readonly search = new LocalSearch();

  constructor() {
    const entries = (): readonly LibraryEntry[] => this.entries;
    this.library = {
      get entries() {
        return entries();
      },
      subscribe: (listener) => this.#changed.subscribe(listener),
    };
    this.desk = { draft: (session) => this.draft(session) };
  }

  /** Gives a session under its id. */
  put(session: Session, options: { readonly isReady?: boolean } = {}): LocalHandle {
    const handle = new LocalHandle(session, options.isReady ?? true);
    this.handles.set(session.id, handle);
    return handle;
  }

  open(id: string): LocalHandle {
    const handle = this.handles.get(id);
    if (handle === undefined) throw new Error(`there is no session ${id}`);
    handle.opened++;
    return handle;
  }

  draft(session: string): LocalDraft {
    const draft = this.drafts.get(session) ?? new LocalDraft();
    this.drafts.set(session, draft);
    return draft;
  }

  tell(changes: { status?: ClientStatus; entries?: readonly LibraryEntry[] }): void {
    this.status = changes.status ?? this.status;
    this.entries = changes.entries ?? this.entries;
    this.#changed.emit(undefined);
  }

  subscribeStatus(listener: () => void): () => void {
    return this.#changed.subscribe(listener);
  }
}
