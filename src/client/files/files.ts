// The files of one session: attached, uploaded when there is a network, kept for when there is
// none. What waits is written down in the store, so a reload goes on with it. A file is its
// hash, so uploading one twice does nothing, and what came can be checked by whoever asked.

import { createId } from '../../base/id.ts';
import { isJsonObject } from '../../base/json.ts';
import { clientError } from '../error.ts';
import type { Platform } from '../platform.ts';
import type { OfflineStore } from '../store/offline.ts';
import { type Attachment, FileAttachment } from './attachment.ts';
import { hashOf, isFileHash } from './hash.ts';
import { download, upload, type TransferParts } from './transfer.ts';

/** A `File` of a browser, or any blob. */
export type AttachableFile = Blob & { readonly name?: string };

export interface FilesParts extends Omit<TransferParts, 'platform'> {
  readonly platform: Platform;
  readonly store: Pick<OfflineStore, 'blobs' | 'records'>;
  /** Whether the server can be reached, and has the session. */
  readonly isLive: () => boolean;
}

const fileLimits = {
  /** As the server has it: what is larger need not be hashed to be refused. */
  fileBytesMax: 25 * 1024 * 1024,
  /** On their way at once. */
  uploadsMax: 3,
  retryMs: 2_000,
  retryMsMax: 60_000,
  /** Answers that the session is missing, although it is live, before that is believed. */
  missingMax: 3,
} as const;

export class Files {
  #parts: FilesParts;
  #attachments: readonly FileAttachment[] = [];
  #bytes = new Map<FileAttachment, Blob>();
  #failures = new Map<FileAttachment, number>();
  #waits = new Map<FileAttachment, () => void>();
  #isClosed = false;

  constructor(parts: FilesParts) {
    this.#parts = parts;
  }

  /** What is on its way or has failed, in the order in which it was attached. */
  get attachments(): readonly Attachment[] {
    return this.#attachments;
  }

  attach(file: AttachableFile): Attachment {
    if (this.#isClosed) throw clientError('closed', 'This session was closed; open it again.');
    const { size, type: mediaType } = file;
    const about = { name: file.name, mediaType: mediaType || 'application/octet-stream', size };
    const id = createId(this.#parts.platform.chance);
    const attachment = new FileAttachment(id, about, (again) => void this.#begin(again, file));
    this.#attachments = [...this.#attachments, attachment];
    attachment.subscribe(() => attachment.hasEnded && this.#ended(attachment));
    void this.#begin(attachment, file);
    return attachment;
  }

  /** The bytes of a file, checked. Throws `file-missing`, `file-damaged` or `offline`. */
  async file(hash: string): Promise<Blob> {
    if (!isFileHash(hash)) {
      throw clientError('bad-input', 'A file is named by 64 hex digits.', { hash });
    }
    const { store, platform } = this.#parts;
    const kept = await store.blobs.get(hash).catch(() => undefined);
    if (kept !== undefined) return kept;
    const blob = await download(this.#parts, hash);
    const bytes = new Uint8Array(await blob.arrayBuffer());
    if ((await hashOf(bytes, platform.subtle)) !== hash) {
      throw clientError('file-damaged', 'What came is not this file; try again.', { hash });
    }
    // Kept for later; where there is no room it is asked for again.
    await store.blobs.put(hash, blob).catch(() => undefined);
    return blob;
  }

  /** Goes on with what waited before a reload. */
  async resume(): Promise<void> {
    const { store } = this.#parts;
    const prefix = this.#keyOf('');
    const waiting = await store.records.entries(prefix).catch(() => []);
    for (const [key, about] of waiting) {
      const hash = key.slice(prefix.length);
      const isKnown = this.#attachments.some((one) => one.hash === hash);
      if (this.#isClosed || isKnown || !isFileHash(hash) || !isJsonObject(about)) continue;
      const bytes = await store.blobs.get(hash).catch(() => undefined);
      if (bytes === undefined) {
        await store.records.delete(key).catch(() => undefined);
        continue;
      }
      const { name, mediaType } = about;
      const type = typeof mediaType === 'string' ? mediaType : bytes.type;
      const file = Object.assign(new Blob([bytes], { type }), {
        ...(typeof name === 'string' && { name }),
      });
      this.attach(file);
    }
  }

  /** The server can be reached, maybe again. */
  wake(): void {
    for (const [attachment, stop] of this.#waits) {
      stop();
      this.#waits.delete(attachment);
    }
    this.#pump();
  }

  /** Nothing is sent any more. What waits is written down, and goes on with the next opening. */
  close(): void {
    this.#isClosed = true;
    for (const stop of this.#waits.values()) stop();
    this.#waits.clear();
    for (const attachment of this.#attachments) {
      if (attachment.state === 'uploading') attachment.abort.abort();
    }
  }

  #keyOf(hash: string): string {
    return `upload/${this.#parts.session}/${hash}`;
  }

  async #begin(attachment: FileAttachment, file: Blob): Promise<void> {
    const { platform, store } = this.#parts;
    attachment.set({ state: 'hashing', error: null, progress: 0 });
    if (file.size > fileLimits.fileBytesMax) {
      const sentence = 'This file is larger than 25 MiB, which is more than a session takes.';
      const error = clientError('file-too-large', sentence, { bytes: file.size });
      return attachment.set({ state: 'failed', error });
    }
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const hash = await hashOf(bytes, platform.subtle);
      if (attachment.hasEnded) return;
      attachment.set({ hash });
      // Without room to keep it, it goes from memory, and is gone with the page.
      await store.blobs.put(hash, file).catch(() => undefined);
      const { name, mediaType, size } = attachment;
      const about = { mediaType, size, ...(name !== undefined && { name }) };
      await store.records.set(this.#keyOf(hash), about).catch(() => undefined);
    } catch {
      const error = clientError('file-refused', 'This file cannot be read.', {});
      return attachment.set({ state: 'failed', error });
    }
    if (attachment.hasEnded) return this.#ended(attachment);
    this.#bytes.set(attachment, file);
    attachment.set({ state: 'queued' });
    this.#pump();
  }

  #pump(): void {
    if (this.#isClosed || !this.#parts.isLive()) return;
    let free =
      fileLimits.uploadsMax - this.#attachments.filter(({ state }) => state === 'uploading').length;
    for (const attachment of this.#attachments) {
      if (free <= 0) return;
      if (attachment.state !== 'queued' || this.#waits.has(attachment)) continue;
      free--;
      void this.#upload(attachment);
    }
  }

  async #upload(attachment: FileAttachment): Promise<void> {
    const bytes = this.#bytes.get(attachment);
    const { hash, mediaType } = attachment;
    if (bytes === undefined || hash === null) return;
    attachment.set({ state: 'uploading', progress: 0 });
    const outcome = await upload(this.#parts, {
      hash,
      mediaType,
      bytes,
      signal: attachment.abort.signal,
      progress: (progress) => attachment.set({ progress }),
    });
    if (attachment.hasEnded || this.#isClosed) return;
    if (outcome.ok) attachment.set({ state: 'done', progress: 1 });
    else if (outcome.again) this.#later(attachment, outcome.isMissing);
    else attachment.set({ state: 'failed', error: outcome.error });
    this.#pump();
  }

  #later(attachment: FileAttachment, isMissing: boolean): void {
    const failures = (this.#failures.get(attachment) ?? 0) + 1;
    this.#failures.set(attachment, failures);
    if (isMissing && failures >= fileLimits.missingMax && this.#parts.isLive()) {
      const sentence = 'The session is not there, or you may not add files to it.';
      return attachment.set({ state: 'failed', error: clientError('file-refused', sentence) });
    }
    attachment.set({ state: 'queued', progress: 0 });
    const { clock } = this.#parts.platform;
    const ms = Math.min(fileLimits.retryMsMax, fileLimits.retryMs * 2 ** (failures - 1));
    const stop = clock.after(ms, () => {
      this.#waits.delete(attachment);
      this.#pump();
    });
    this.#waits.set(attachment, stop);
  }

  #ended(attachment: FileAttachment): void {
    this.#bytes.delete(attachment);
    this.#failures.delete(attachment);
    this.#waits.get(attachment)?.();
    this.#waits.delete(attachment);
    const { hash, state } = attachment;
    if (state !== 'failed') {
      this.#attachments = this.#attachments.filter((one) => one !== attachment);
    }
    if (hash !== null && state !== 'failed') {
      void this.#parts.store.records.delete(this.#keyOf(hash)).catch(() => undefined);
    }
  }
}
