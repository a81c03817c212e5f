// A session: the typed face over one Y.Doc. It reads (view, subscribe, faults) and
// writes (the verbs); it knows no network, no storage and no server, which stand
// beside it and bring updates into the document. Every verb returns at once, and
// throws a SessionError before anything is written where it cannot be done.

import * as Y from 'yjs';
import { type Chance, systemChance } from '../base/chance.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import { createId } from '../base/id.ts';
import type { Judgement, Target } from './annotation.ts';
import { beginReply, checkLane, continueReply, dropParts } from './begin.ts';
import { Branches } from './branches.ts';
import { Budget, type BudgetLimits } from './budget.ts';
import * as compose from './compose.ts';
import type { ToolAnswer } from './control.ts';
import { sessionError } from './error.ts';
import { type Fault, listFaults } from './fault.ts';
import { messagesTo, writeCopies } from './fork.ts';
import { type Lane, LaneWriter } from './lane.ts';
import { limits } from './limits.ts';
import type { PartDelta } from './message-list.ts';
import { readSchema } from './meta.ts';
import { checkSchema } from './migrate.ts';
import type { Profile } from './participant.ts';
import { knownMessage, knownRun, type Pen } from './pen.ts';
import type { Policy } from './policy.ts';
import { checkId, type PromptContent } from './prompt.ts';
import { queueOf } from './queue.ts';
import { type ReplyContext, type ReplyRoute, ReplyWriter } from './reply.ts';
import { isActive, isHeld, type Run } from './run.ts';
import * as settings from './settings.ts';
import { type Roots, rootsOf } from './shape.ts';
import * as steering from './steering.ts';
import { line } from './store.ts';
import { type View, ViewReader } from './view.ts';

export interface SessionOptions {
  /** Who writes here: the id that stands as author. */
  readonly principal: string;
  /** The session's id, which copies name as their origin. It is not in the document. */
  readonly id?: string;
  readonly clock?: Clock;
  readonly chance?: Chance;
  readonly budget?: BudgetLimits;
}

export interface CreateOptions extends SessionOptions, settings.Beginning {
  /** An empty document to use; a new one where absent. */
  readonly doc?: Y.Doc;
}

/** Begins a session. Throws `not-a-session` where the document holds something already. */
export function createSession(options: CreateOptions): Session {
  const { doc = new Y.Doc(), title, agent, policy } = options;
  if (doc.store.clients.size > 0 || doc.store.pendingStructs !== null) {
    throw sessionError('not-a-session', 'The document is not empty; open it instead.');
  }
  const session = new Session(doc, options);
  settings.writeMeta(session.pen, { title, agent, policy });
  return session;
}

/**
 * Opens the session of a document, also of one that is still empty because nothing has
 * arrived. Throws `schema-newer` or `schema-unknown` for what this version cannot
 * read, and brings an older schema up to date.
 */
export function openSession(doc: Y.Doc, options: SessionOptions): Session {
  checkSchema(doc);
  return new Session(doc, options);
}

export class Session {
  readonly doc: Y.Doc;
  readonly id: string;
  readonly principal: string;
  /** For verbs outside this class. Writing with it skips the checks that the class makes. */
  readonly pen: Pen;
  #roots: Roots;
  #chance: Chance;
  #reader: ViewReader;
  #budget: Budget;
  #changed = createEmitter<View>();
  #stale = false;
  #closed = false;
  #branches = new Branches();

  constructor(doc: Y.Doc, options: SessionOptions) {
    this.doc = doc;
    this.#chance = options.chance ?? systemChance();
    this.id =
      options.id === undefined ? createId(this.#chance) : checkId(options.id, 'A session id');
    this.principal = line(options.principal, 'A principal', limits.principalCharsMax);
    this.#roots = rootsOf(doc);
    this.#reader = new ViewReader(doc, this.#branches);
    this.#budget = new Budget(doc, options.budget);
    this.pen = {
      doc,
      roots: this.#roots,
      principal: this.principal,
      clock: options.clock ?? systemClock,
      createId: () => createId(this.#chance),
      view: () => this.#reader.view,
    };
    doc.on('afterTransaction', this.#take);
    doc.on('afterAllTransactions', this.#announce);
  }

  /** The session as it is now. The same object while nothing changes. */
  get view(): View {
    return this.#reader.view;
  }

  /** What is wrong with the document, and how full it is. At most 100 entries. */
  get faults(): readonly Fault[] {
    const { faults } = this.view;
    const full = this.#budget.fault;
    return full === undefined ? faults : listFaults([full, ...faults]);
  }

  /** The runs that wait, in their order. */
  get queue(): readonly Run[] {
    return queueOf(this.view.runs);
  }

  /** The runs that have begun and not ended, sub-runs included. */
  get active(): readonly Run[] {
    return [...this.view.runs].filter((run) => isActive(run.status.state));
  }

  /** Calls back with what the selector gives, whenever that is another value, once per batch of transactions. */
  subscribe<Selected>(
    selector: (view: View) => Selected,
    listener: (selected: Selected) => void,
    same: (a: Selected, b: Selected) => boolean = Object.is,
  ): Unsubscribe {
    let last = selector(this.view);
    return this.#changed.subscribe(() => {
      // What is true now: a listener before this one may have written, and told it already.
      const now = selector(this.view);
      if (same(last, now)) return;
      last = now;
      listener(now);
    });
  }

  /**
   * The words as they come, those of new messages included: joined they are the text of
   * each part. A token costs as much as it is long. A part that goes is not told.
   */
  follow(listener: (delta: PartDelta) => void): Unsubscribe {
    return this.#reader.deltas.subscribe(listener);
  }

  /** Sends a prompt, and asks an agent for a reply unless none is named. */
  send(content: PromptContent, options: compose.SendOptions = {}): compose.Sent {
    return this.#shown(compose.send(this.#write(), content, options));
  }

  /** Sends other words in the place of a prompt: a sibling, the original stays. */
  edit(message: string, content: PromptContent, options: compose.SendOptions = {}): compose.Sent {
    return this.#shown(compose.edit(this.#write(), message, content, options));
  }

  /** Asks for another reply beside the one that is there. */
  regenerate(message: string, options: Pick<compose.SendOptions, 'agent'> = {}): compose.Sent {
    return this.#shown(compose.regenerate(this.#write(), message, options));
  }

  /** Deletes the words of a message of one's own; its place stays. Allowed when the session is full. */
  remove(message: string): void {
    compose.remove(this.#write({ full: true }), message);
  }

  /** Asks to stop a run. Returns the request's id. Allowed when the session is full. */
  cancel(run: string, options: steering.CancelOptions = {}): string {
    return steering.cancel(this.#write({ full: true }), run, options);
  }

  steer(run: string, content: PromptContent): compose.Sent & { request: string | null } {
    return this.#shown(compose.steer(this.#write(), run, content));
  }

  /** Asks another agent from inside a run: a sub-run, beside the main line. */
  sendWithin(run: string, agent: string, content: PromptContent): compose.Sent {
    return compose.sendWithin(this.#write(), run, agent, content);
  }

  approve(run: string, call: string, reason?: string): string {
    return steering.decide(this.#write(), 'approve', run, call, reason);
  }

  deny(run: string, call: string, reason?: string): string {
    return steering.decide(this.#write(), 'deny', run, call, reason);
  }

  /** Gives the result of a tool call that was carried out on this device. */
  answer(run: string, call: string, result: ToolAnswer): string {
    return steering.answer(this.#write(), run, call, result);
  }

  pause(run: string): string {
    return steering.pauseOrResume(this.#write(), 'pause', run);
  }

  resume(run: string): string {
    return steering.pauseOrResume(this.#write(), 'resume', run);
  }

  reorder(run: string, place: steering.QueuePlace): void {
    steering.reorder(this.#write(), run, place);
  }

  annotate(target: Target, name: string, judgement: Judgement): string {
    return settings.annotate(this.#write(), target, name, judgement);
  }

  retract(target: Target, name: string): void {
    settings.retract(this.#write({ full: true }), target, name);
  }

  rename(title: string): void {
    settings.rename(this.#write(), title);
  }

  setPolicy(policy: Policy): void {
    settings.setPolicy(this.#write(), policy);
  }

  setAgent(agent: string): void {
    settings.setAgent(this.#write(), agent);
  }

  /** Tells the others who this principal is. */
  introduce(profile: Profile): void {
    settings.introduce(this.#write(), profile);
  }

  /** Shows the branch that leads through this message; with `share`, to all who follow as well. */
  choose(message: string, options: { readonly share?: boolean } = {}): void {
    if (options.share === true) settings.share(this.#write(), message);
    this.#branches.choose(this.view.tree, knownMessage(this.pen, message).id);
    this.#chose();
  }

  /** Whether to show the branches that somebody shared, where no choice was made here. */
  followSelection(follow: boolean): void {
    this.#branches.follow(follow);
    this.#chose();
  }

  /** A new session that begins with what was said here, up to this message. `options` are the new one's. */
  fork(message: string, options: Omit<CreateOptions, 'principal'> = {}): Session {
    const copies = messagesTo(this.view, message);
    const { title, agent, policy } = this.view.meta;
    const fork = createSession({
      chance: this.#chance,
      clock: this.pen.clock,
      policy,
      ...(title !== '' && { title }),
      ...(agent !== null && { agent }),
      ...options,
      principal: this.principal,
    });
    const { clock, createId: newId } = fork.pen;
    writeCopies(fork.doc, rootsOf(fork.doc), copies, {
      session: this.id,
      principal: this.principal,
      now: clock.now(),
      createId: newId,
    });
    return fork;
  }

  /**
   * Begins or continues the reply of a run that this principal holds. Words are encoded
   * under the lane beside the document and applied to it with each `flush`, by way of `route`.
   */
  begin(
    runId: string,
    lane: Lane = this.freshLane(),
    route: ReplyRoute = ({ apply }) => apply(),
  ): ReplyWriter {
    const pen = this.#write();
    const run = knownRun(pen, runId);
    if (!isHeld(run.status.state) || run.claim?.holder !== this.principal) {
      throw sessionError('run-state', `The run ${runId} is not held by ${this.principal}.`, {
        run: runId,
        state: run.status.state,
        holder: run.claim?.holder ?? null,
      });
    }
    checkLane(this.doc, lane);
    const writer = new LaneWriter(lane);
    const there = pen.view().messages.get(run.reply);
    const place =
      there === undefined || there.expected
        ? beginReply(writer, this.#roots, {
            id: run.reply,
            role: 'assistant',
            author: this.principal,
            parent: run.message,
            createdAt: pen.clock.now(),
            run: run.id,
          })
        : continueReply(run.reply, compose.entryOf(pen, run.reply));
    return new ReplyWriter(writer, place, this.#replyContext(run.reply, route));
  }

  /** Stops reading and writing. The document stays as it is. */
  close(): void {
    this.#closed = true;
    this.#budget.close();
    this.doc.off('afterTransaction', this.#take);
    this.doc.off('afterAllTransactions', this.#announce);
  }

  /** The pen, if writing is possible. `full`: also when the session is full. */
  #write(allowed: { readonly full?: boolean } = {}): Pen {
    this.#refuseForeign();
    if (allowed.full !== true) this.#refuseFull();
    return this.pen;
  }

  /** Throws where nothing at all may be written here, not even words that were taken before. */
  #refuseForeign(): void {
    if (this.#closed) throw sessionError('not-found', 'The session is closed.');
    const { version, fault: wrong } = readSchema(this.#roots.meta);
    if (wrong?.code === 'schema-newer' || wrong?.code === 'schema-unknown') {
      throw sessionError(wrong.code, wrong.message, { schema: version });
    }
    if (version === null) {
      throw sessionError('session-empty', 'Nothing of this session has arrived yet; wait for it.');
    }
  }

  #refuseFull(): void {
    if (this.#budget.state === 'full') {
      throw sessionError('session-full', 'The session is full; go on in a fork of it.');
    }
  }

  #replyContext(reply: string, route: ReplyRoute): ReplyContext {
    return {
      clock: this.pen.clock,
      createId: this.pen.createId,
      admit: () => {
        this.#refuseForeign();
        this.#refuseFull();
      },
      checkLane: (lane) => checkLane(this.doc, lane),
      sink: (update) => {
        this.#refuseForeign();
        route({ update, apply: () => Y.applyUpdate(this.doc, update, this.pen) });
      },
      drop: (ids) => {
        this.#refuseForeign();
        route({ apply: () => dropParts(this.pen, reply, ids) });
      },
    };
  }

  /** A client id that nobody has written under, for words that no server grants a lane. */
  freshLane(): Lane {
    for (;;) {
      const client = this.#chance.uint32();
      if (client !== this.doc.clientID && !this.doc.store.clients.has(client)) {
        return { client, clock: 0 };
      }
    }
  }

  /** Lets this device see what it has just written. */
  #shown<Sent extends compose.Sent>(sent: Sent): Sent {
    const { tree, selection, path } = this.view;
    const written = sent.reply ?? sent.message;
    if (path.findLast(({ id }) => id === written) === undefined) {
      this.#branches.reveal(tree, selection, written);
      this.#chose();
    }
    return sent;
  }

  #chose(): void {
    this.#reader.chose();
    if (this.#changed.heard) this.#changed.emit(this.view);
  }

  #take = (transaction: Y.Transaction): void => {
    if (this.#reader.take(transaction)) this.#stale = true;
  };

  #announce = (): void => {
    if (!this.#stale) return;
    this.#stale = false;
    if (this.#changed.heard) this.#changed.emit(this.view);
  };
}
