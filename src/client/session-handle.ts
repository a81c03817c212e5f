// A session as an app holds it: what is seen, the verbs, and how far each thing written has
// got. It is given at once and lives until it is closed; the document behind it may be
// replaced by another one (recovery), which nobody who holds this has to know.

import type { Unsubscribe } from '../base/emitter.ts';
import type { Json } from '../base/json.ts';
import type { Judgement, Target } from '../session/annotation.ts';
import type { SendOptions, Sent } from '../session/compose.ts';
import type { PartDelta } from '../session/message-list.ts';
import type { Profile } from '../session/participant.ts';
import type { ToolAnswer } from '../session/control.ts';
import type { Policy } from '../session/policy.ts';
import type { PromptContent } from '../session/prompt.ts';
import type { Session } from '../session/session.ts';
import type { CancelOptions, QueuePlace } from '../session/steering.ts';
import type { View } from '../session/view.ts';
import type { AppTypes, AppView, DefaultApp } from './app-types.ts';
import { clientError } from './error.ts';
import type { Attachment } from './files/attachment.ts';
import type { AttachableFile, Files } from './files/files.ts';
import type { Plan, SessionCore } from './handle/core.ts';
import { inspectDocument, type Inspection } from './handle/inspection.ts';
import type { SessionStatus } from './handle/status.ts';
import type { AwarenessPresence, Presence } from './presence/presence.ts';
import type { KeptDraft } from './recovery/kept.ts';
import type { WriteState, Written } from './saved.ts';

/** What belongs to an open session beside its document. */
export interface HandleParts {
  readonly presence: AwarenessPresence;
  /** Undefined until it is known who writes. */
  readonly files: () => Files | undefined;
  readonly fork: (
    make: (options: { readonly doc: Session['doc']; readonly id: string }) => Session,
  ) => SessionHandle;
  readonly closed: () => void;
}

type Asked = { readonly id: string };

export class SessionHandle<App extends AppTypes = DefaultApp> {
  readonly id: string;
  /** Resolves when what is kept here can be read. Never waits for a network, never rejects. */
  readonly ready: Promise<void>;
  #core: SessionCore;
  #parts: HandleParts;

  constructor(core: SessionCore, parts: HandleParts) {
    this.#core = core;
    this.#parts = parts;
    this.id = core.id;
    this.ready = core.ready;
  }

  /** The session as it is now; empty before `ready`. The same object while nothing changes. */
  get view(): AppView<App> {
    return this.#core.viewing.view as AppView<App>;
  }

  /** Calls back with what the selector gives, whenever that is another value. */
  subscribe<Selected>(
    selector: (view: AppView<App>) => Selected,
    listener: (selected: Selected) => void,
    same?: (a: Selected, b: Selected) => boolean,
  ): Unsubscribe {
    return this.#core.viewing.subscribe(
      (view: View) => selector(view as AppView<App>),
      listener,
      same,
    );
  }

  /** The words as they come. A part whose words became others, as by a recovery, is told as replaced. */
  follow(listener: (delta: PartDelta) => void): Unsubscribe {
    return this.#core.viewing.follow(listener);
  }

  get status(): SessionStatus {
    return this.#core.status.now;
  }

  subscribeStatus(listener: (status: SessionStatus) => void): Unsubscribe {
    return this.#core.status.subscribe(listener);
  }

  /** Takes the notice of `status` away. */
  dismissNotice(): void {
    this.#core.status.set({ notice: null });
  }

  send(content: PromptContent, options: SendOptions = {}): Written & Sent {
    const { parent = this.view.path.at(-1)?.id } = options;
    return this.#compose('send', [parent], content, (session) => session.send(content, options));
  }

  edit(message: string, content: PromptContent, options: SendOptions = {}): Written & Sent {
    return this.#compose('edit', [this.#parentOf(message)], content, (session) =>
      session.edit(message, content, options),
    );
  }

  regenerate(message: string, options: Pick<SendOptions, 'agent'> = {}): Written & Sent {
    return this.#core.verb({
      verb: 'regenerate',
      roots: ['runs'],
      refs: [message],
      run: (session) => session.regenerate(message, options),
      ids: ({ run, reply }) => [run, reply],
    });
  }

  steer(run: string, content: PromptContent): Written & Sent & { readonly request: string | null } {
    return this.#core.verb({
      verb: 'steer',
      roots: ['messages', 'runs', 'control'],
      refs: [run],
      content: plain(content),
      run: (session) => session.steer(run, content),
      ids: (sent) => [...idsOf(sent), sent.request],
    });
  }

  cancel(run: string, options: CancelOptions = {}): Written & Asked {
    return this.#ask('cancel', [run], (session) => session.cancel(run, options));
  }

  approve(run: string, call: string, reason?: string): Written & Asked {
    return this.#ask('approve', [run], (session) => session.approve(run, call, reason));
  }

  deny(run: string, call: string, reason?: string): Written & Asked {
    return this.#ask('deny', [run], (session) => session.deny(run, call, reason));
  }

  /** Gives the result of a tool call that was carried out on this device. */
  answer(run: string, call: string, result: ToolAnswer): Written & Asked {
    return this.#ask('answer', [run], (session) => session.answer(run, call, result));
  }

  pause(run: string): Written & Asked {
    return this.#ask('pause', [run], (session) => session.pause(run));
  }

  resume(run: string): Written & Asked {
    return this.#ask('resume', [run], (session) => session.resume(run));
  }

  annotate(target: Target, name: string, judgement: Judgement): Written & Asked {
    return this.#core.verb({
      verb: 'annotate',
      roots: ['annotations'],
      refs: refsOf(target),
      content: plain({ target, name, ...judgement }),
      run: (session) => ({ id: session.annotate(target, name, judgement) }),
      ids: () => [],
    });
  }

  retract(target: Target, name: string): Written {
    return this.#set('retract', ['annotations'], undefined, (session) =>
      session.retract(target, name),
    );
  }

  rename(title: string): Written {
    return this.#set('rename', ['meta'], title, (session) => session.rename(title));
  }

  setPolicy(policy: Policy): Written {
    return this.#set('set-policy', ['meta'], undefined, (session) => session.setPolicy(policy));
  }

  setAgent(agent: string): Written {
    return this.#set('set-agent', ['meta'], undefined, (session) => session.setAgent(agent));
  }

  /** Tells the others who this principal is. Nothing is written where that is known. */
  introduce(profile: Profile): Written {
    return this.#set('introduce', ['participants'], undefined, (session) =>
      session.introduce(profile),
    );
  }

  reorder(run: string, place: QueuePlace): Written {
    return this.#set('reorder', ['runs'], undefined, (session) => session.reorder(run, place), [
      run,
    ]);
  }

  /** Takes the words of one's own message away. */
  remove(message: string): Written {
    return this.#set('remove', ['messages'], undefined, (session) => session.remove(message), [
      message,
    ]);
  }

  /** Shows the branch that leads through this message; with `share`, to all who follow as well. */
  choose(message: string, options: { readonly share?: boolean } = {}): Written {
    const roots = options.share === true ? (['selection'] as const) : [];
    return this.#set('choose', roots, undefined, (session) => session.choose(message, options), [
      message,
    ]);
  }

  followSelection(follow: boolean): void {
    this.#set('choose', [], undefined, (session) => session.followSelection(follow));
  }

  /** A new session that begins with what was said here, up to this message. */
  fork(message: string): SessionHandle<App> {
    const session = this.#core.life?.opened;
    if (session === undefined) throw clientError('not-ready', 'Wait for ready before a fork.');
    return this.#parts.fork((options) => session.fork(message, options)) as SessionHandle<App>;
  }

  /**
   * How far the write got that made this message, run or request. Undefined: nothing of this
   * device is under way for it, so what is seen of it is durable.
   */
  saved(id: string): WriteState | undefined {
    return this.#core.saved.stateOf(id);
  }

  /** Calls back when some write got further. */
  subscribeSaved(listener: () => void): Unsubscribe {
    return this.#core.saved.subscribe(listener);
  }

  /** Uploads a file, now or when there is a network. What to send of it is `attachment.part`. */
  attach(file: AttachableFile): Attachment {
    return this.#files().attach(file);
  }

  /** The bytes of a file: what is kept here first. */
  async file(hash: string): Promise<Blob> {
    return this.#files().file(hash);
  }

  /** What is on its way, also from before a reload. */
  get attachments(): readonly Attachment[] {
    return this.#parts.files()?.attachments ?? [];
  }

  get presence(): Presence {
    return this.#parts.presence;
  }

  /** What was refused, with the reason. Stays on this device until it is dismissed. */
  get kept(): readonly KeptDraft[] {
    return this.#core.kept;
  }

  subscribeKept(listener: () => void): Unsubscribe {
    return this.#core.keptChanged.subscribe(listener);
  }

  dismiss(draft: string): void {
    this.#core.local.unkeep(draft);
    this.#core.setKept(this.#core.kept.filter(({ id }) => id !== draft));
  }

  /** Looks into the document, for developers and reports; null before `ready`. Costly. */
  inspect(): Inspection | null {
    const session = this.#core.life?.opened;
    return session === undefined ? null : inspectDocument(session.doc, session.view);
  }

  /** Gives it back. The session is closed when everybody who opened it has. */
  close(): void {
    this.#parts.closed();
  }

  #compose(
    verb: Plan<Sent>['verb'],
    refs: Plan<Sent>['refs'],
    content: PromptContent,
    run: (session: Session) => Sent,
  ): Written & Sent {
    return this.#core.verb({
      verb,
      roots: ['messages'],
      refs: refs ?? [],
      content: plain(content),
      run,
      ids: idsOf,
    });
  }

  #ask(
    verb: Plan<Asked>['verb'],
    refs: readonly string[],
    run: (session: Session) => string,
  ): Written & Asked {
    return this.#core.verb({
      verb,
      roots: ['control'],
      refs,
      run: (session) => ({ id: run(session) }),
      ids: ({ id }) => [id],
    });
  }

  #set(
    verb: Plan<object>['verb'],
    roots: Plan<object>['roots'],
    content: string | undefined,
    run: (session: Session) => void,
    refs: readonly string[] = [],
  ): Written {
    return this.#core.verb({
      verb,
      roots,
      refs,
      ...(content !== undefined && { content }),
      run: (session) => {
        run(session);
        return {};
      },
      ids: () => [],
    });
  }

  #files(): Files {
    const files = this.#parts.files();
    if (files !== undefined) return files;
    throw clientError('not-ready', 'Nothing of this session was read yet; wait for ready.');
  }

  #parentOf(message: string): string | null | undefined {
    return this.view.messages.get(message)?.parent;
  }
}

const idsOf = ({ message, run, reply }: Sent): readonly (string | null)[] => [message, run, reply];

const refsOf = (target: Target): readonly string[] =>
  target.kind === 'run' ? [target.run] : [target.message];

/** A copy as JSON has it, to be kept beside the bytes. */
function plain(content: PromptContent | object): Json {
  return typeof content === 'string' ? content : (JSON.parse(JSON.stringify(content)) as Json);
}
