// What a person is writing and has not sent. The words are the desk's draft of this
// session, the same on every device; the files are this page's. There is one composer a
// session, however many components show it, and it outlives them: a page that is left and
// come back to finds the sentence as it was.
//
// What is typed is shown at once, not with the next frame: a field whose value comes late
// loses the place of its cursor.

import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import { HoldfastError } from '../base/error.ts';
import type { DraftLike, SessionLike } from './client-like.ts';
import type { Attachment } from '../client/files/attachment.ts';
import type { Written } from '../client/saved.ts';
import type { SendOptions, Sent } from '../session/compose.ts';
import type { PromptContent, PromptPart } from '../session/prompt.ts';
import { isActive, type Run } from '../session/run.ts';
import type { View } from '../session/view.ts';

export type NamedFile = Blob & { readonly name?: string };

export interface ComposerState {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Between `send` and the message: a file is still being read. */
  readonly isSending: boolean;
  /** Why the last `send` or `steer` came to nothing; the words and files are still there. */
  readonly problem: HoldfastError | null;
  /** What another device wrote into this draft, not knowing of these words; until `settle`. */
  readonly alternative: string | null;
}

/** Another agent than the session's own, another place; passed on to `send` of the session. */
export type ComposeOptions = SendOptions;

type Write = (content: PromptContent) => Written & Sent;

export class Composer {
  #handle: SessionLike;
  #draft: DraftLike;
  #changed = createEmitter<undefined>();
  #attachments: readonly Attachment[] = [];
  #isSending = false;
  #problem: HoldfastError | null = null;
  #state: ComposerState | undefined;

  constructor(handle: SessionLike, draft: DraftLike) {
    this.#handle = handle;
    this.#draft = draft;
  }

  /** The same object while nothing changes. */
  readonly read = (): ComposerState => {
    const { text, alternative } = this.#draft;
    const before = this.#state;
    if (before?.text === text && before.alternative === alternative) return before;
    this.#state = Object.freeze({
      text,
      alternative,
      attachments: this.#attachments,
      isSending: this.#isSending,
      problem: this.#problem,
    });
    return this.#state;
  };

  /** Calls back at once, in the middle of whatever changed it. */
  readonly subscribe = (listener: () => void): Unsubscribe => {
    const stops = [this.#draft.subscribe(listener), this.#changed.subscribe(listener)];
    return () => stops.forEach((stop) => stop());
  };

  readonly set = (text: string): void => {
    this.#draft.set(text);
    this.#typing(text !== '');
  };

  /** Writes the draft down now, as when the field loses the focus. */
  readonly flush = (): void => {
    this.#draft.flush();
    this.#typing(false);
  };

  /** The words are right as they are: the alternative is forgotten. */
  readonly settle = (): void => this.#draft.settle();

  readonly attach = (file: NamedFile): Attachment => {
    const attachment = this.#handle.attach(file);
    this.#change({ attachments: [...this.#attachments, attachment] });
    return attachment;
  };

  readonly detach = (attachment: Attachment): void => {
    if (!this.#attachments.includes(attachment)) return;
    attachment.cancel();
    this.#change({ attachments: this.#attachments.filter((other) => other !== attachment) });
  };

  /**
   * Sends words and files as a prompt and empties the composer. Null where there is nothing
   * to send or it was refused, and then `problem` says why. Resolves at once without files.
   */
  readonly send = (options?: ComposeOptions): Promise<(Written & Sent) | null> =>
    this.#write((content) => this.#handle.send(content, options));

  /** Hands words and files to a run that is being written; the newest active one where none is named. */
  readonly steer = (run?: string): Promise<(Written & Sent) | null> => {
    const aim = run ?? newestActive(this.#handle)?.id;
    return this.#write((content) =>
      aim === undefined ? this.#handle.send(content) : this.#handle.steer(aim, content),
    );
  };

  async #write(write: Write): Promise<(Written & Sent) | null> {
    const { text } = this.#draft;
    const attachments = this.#attachments;
    if (this.#isSending || (text.trim() === '' && attachments.length === 0)) return null;
    try {
      // Each file is waited for, if only for a turn, in which nobody may send it again.
      if (attachments.length > 0) this.#change({ isSending: true, problem: null });
      const parts: PromptPart[] = text.trim() === '' ? [] : [{ type: 'text', text }];
      for (const attachment of attachments) parts.push(await attachment.hashed());
      const written = write(attachments.length === 0 ? text : parts);
      this.#sent(text, attachments);
      return written;
    } catch (error) {
      // Anything else is a bug, of ours or the app's, and must not look like an answer.
      const problem = error instanceof HoldfastError ? error : null;
      this.#change({ isSending: false, problem });
      if (problem === null) throw error;
      return null;
    }
  }

  /** Takes out what was sent, and leaves what came while a file was being read. */
  #sent(text: string, attachments: readonly Attachment[]): void {
    const { text: now } = this.#draft;
    this.#draft.set(now.startsWith(text) ? now.slice(text.length) : now);
    this.#draft.flush();
    this.#typing(false);
    const left = this.#attachments.filter((attachment) => !attachments.includes(attachment));
    this.#change({ isSending: false, problem: null, attachments: left });
  }

  #typing(typing: boolean): void {
    this.#handle.presence.set({ typing });
  }

  #change(changes: Partial<Pick<ComposerState, 'attachments' | 'isSending' | 'problem'>>): void {
    this.#attachments = changes.attachments ?? this.#attachments;
    this.#isSending = changes.isSending ?? this.#isSending;
    if (changes.problem !== undefined) this.#problem = changes.problem;
    this.#state = undefined;
    this.#changed.emit(undefined);
  }
}

function newestActive(handle: SessionLike): Run | undefined {
  // What an app says of its own types changes nothing of its runs.
  const { runs } = handle.view as View;
  return [...runs].findLast((run) => isActive(run.status.state) && run.parentRun === undefined);
}
