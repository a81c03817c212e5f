// A file on its way into a session, as the person who attached it sees it.
//
//     hashing -> queued <-> uploading -> done
//        '---------'------------'------> failed | cancelled
//
// `queued` waits for a network, for the session to be there, or for a pause after a failure.
// It is kept on the device by then, so it can be sent in a prompt at once: whoever reads that
// prompt sooner than the upload ends finds the file missing for as long.

import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import type { PromptPart } from '../../session/prompt.ts';
import { clientError, type ClientError } from '../error.ts';

export type AttachmentState = 'hashing' | 'queued' | 'uploading' | 'done' | 'failed' | 'cancelled';

export interface AttachedFile {
  readonly name: string | undefined;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

export interface Attachment extends AttachedFile {
  readonly id: string;
  readonly state: AttachmentState;
  /** From 0 to 1. */
  readonly progress: number;
  /** Known once it is hashed. */
  readonly hash: string | null;
  /** What to send of it; null until it is hashed. */
  readonly part: PromptPart | null;
  /** Why it failed. */
  readonly error: ClientError | null;
  subscribe(listener: () => void): Unsubscribe;
  /** Resolves with what to send of it; rejects where it failed before it had a hash. */
  hashed(): Promise<PromptPart>;
  /** Resolves when the server has it; rejects with a ClientError where that will not be. */
  uploaded(): Promise<void>;
  cancel(): void;
  /** Once more, after it failed. */
  retry(): void;
}

const ends: ReadonlySet<AttachmentState> = new Set(['done', 'failed', 'cancelled']);

export class FileAttachment implements Attachment {
  readonly id: string;
  readonly name: string | undefined;
  readonly mediaType: string;
  readonly size: number;
  /** Asked for by its owner: to stop, and to begin anew. */
  readonly abort = new AbortController();
  state: AttachmentState = 'hashing';
  progress = 0;
  hash: string | null = null;
  error: ClientError | null = null;
  #changed = createEmitter<void>();
  #again: (attachment: FileAttachment) => void;

  constructor(
    id: string,
    { name, mediaType, size }: AttachedFile,
    again: (attachment: FileAttachment) => void,
  ) {
    this.id = id;
    this.name = name;
    this.mediaType = mediaType;
    this.size = size;
    this.#again = again;
  }

  get part(): PromptPart | null {
    if (this.hash === null) return null;
    const { mediaType, size, hash, name } = this;
    return { type: 'file', mediaType, size, hash, ...(name !== undefined && { name }) };
  }

  get hasEnded(): boolean {
    return ends.has(this.state);
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  hashed(): Promise<PromptPart> {
    return this.#when(() => this.part ?? undefined);
  }

  async uploaded(): Promise<void> {
    await this.#when(() => (this.state === 'done' ? true : undefined));
  }

  cancel(): void {
    if (this.hasEnded) return;
    this.abort.abort();
    this.set({ state: 'cancelled' });
  }

  retry(): void {
    if (this.state === 'failed') this.#again(this);
  }

  set(changes: Partial<Pick<FileAttachment, 'state' | 'progress' | 'hash' | 'error'>>): void {
    if (this.state === 'cancelled') return;
    Object.assign(this, changes);
    this.#changed.emit();
  }

  #when<Value>(look: () => Value | undefined): Promise<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const isOver = (): boolean => {
      const value = look();
      if (value !== undefined) resolve(value);
      else if (this.state === 'failed' || this.state === 'cancelled')
        reject(this.error ?? cancelled());
      else return false;
      return true;
    };
    if (isOver()) return promise;
    const stop = this.subscribe(() => {
      if (isOver()) stop();
    });
    return promise;
  }
}

const cancelled = (): ClientError => clientError('cancelled', 'The upload was cancelled.');
