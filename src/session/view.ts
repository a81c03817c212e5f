// The picture of a session that readers get: immutable, and sharing with the one
// before it all that did not change. A token makes a new part, a new message and a
// new view, and leaves every other message the same object. It is brought up to
// date from what a transaction changed, never by a walk over the document, and only
// when somebody looks.
//
// A view is a function of the document and of the branches chosen here: two peers
// with the same document and the same choices have equal views.

import type * as Y from 'yjs';
import { Branches } from './branches.ts';
import type { Annotation } from './annotation.ts';
import { defined } from '../base/assert.ts';
import { createEmitter, type Emitter } from '../base/emitter.ts';
import { fault, type Fault, listFaults } from './fault.ts';
import { type MessageChanges, MessageList, type PartDelta } from './message-list.ts';
import type { Message } from './message.ts';
import { type Meta, readMeta } from './meta.ts';
import type { Participant } from './participant.ts';
import { PathKeeper } from './path-keeper.ts';
import { type RecordChanges, RecordList, type Request } from './record-list.ts';
import { neverStarted, type Run } from './run.ts';
import { isRootName, rootsOf, type Roots } from './shape.ts';
import { type AnyRoot, holdsAnything, type Placed } from './struct.ts';
import { same, type Table, TableWriter } from './table.ts';
import { buildTree, type Choices, pathOf, type Tree } from './tree.ts';

export interface View {
  readonly meta: Meta;
  /** The messages of the chosen branch, in order; a reply that is only expected is among them. */
  readonly path: readonly Message[];
  /** Every message, on whatever branch. */
  readonly messages: Table<Message>;
  readonly runs: Table<Run>;
  readonly requests: Table<Request>;
  readonly participants: Table<Participant>;
  readonly annotations: Table<Annotation>;
  /** The shared choice of branches. */
  readonly selection: Choices;
  readonly tree: Tree;
  readonly faults: readonly Fault[];
}

/**
 * A view as of one moment. A class, because an object with a getter of its own gets a
 * hidden class of its own too, which keeps all that the getter sees until the next
 * full collection: at a view per token, that is a path per token.
 */
class Moment implements View {
  readonly meta: Meta;
  readonly messages: Table<Message>;
  readonly runs: Table<Run>;
  readonly requests: Table<Request>;
  readonly participants: Table<Participant>;
  readonly annotations: Table<Annotation>;
  readonly selection: Choices;
  readonly tree: Tree;
  readonly faults: readonly Fault[];
  #path: () => readonly Message[];

  constructor(all: Omit<View, 'path'>, path: () => readonly Message[]) {
    this.meta = all.meta;
    this.messages = all.messages;
    this.runs = all.runs;
    this.requests = all.requests;
    this.participants = all.participants;
    this.annotations = all.annotations;
    this.selection = all.selection;
    this.tree = all.tree;
    this.faults = all.faults;
    this.#path = path;
    Object.freeze(this);
  }

  get path(): readonly Message[] {
    return this.#path();
  }
}

type Stale = 'nothing' | 'values' | 'structure';

export class ViewReader {
  #roots: Roots;
  #share: ReadonlyMap<string, AnyRoot>;
  #messages: MessageList;
  #records: RecordList;
  #table = new TableWriter<Message>();
  #path = new PathKeeper();
  #meta: { meta: Meta; faults: readonly Fault[] };
  #tree: Tree = buildTree([], []);
  #shapes = new Map<string, string>();
  #stale: Stale = 'structure';
  #faultsStale = true;
  #faults: readonly Fault[] = [];
  #branches: Branches;
  #view: View | undefined;
  /** The words that came, for those who show text as it grows. */
  readonly deltas: Emitter<PartDelta> = createEmitter<PartDelta>();

  constructor(doc: Y.Doc, branches = new Branches()) {
    this.#branches = branches;
    this.#roots = rootsOf(doc);
    this.#share = doc.share;
    this.#messages = new MessageList(this.#roots.messages);
    this.#records = new RecordList(this.#roots);
    this.#meta = readMeta(this.#roots.meta);
    for (const run of this.#records.runs) this.#shapes.set(run.id, shapeOf(run));
  }

  /** Takes a finished transaction into account. Returns whether the view is another one now. */
  take(transaction: Y.Transaction): boolean {
    const messages: MessageChanges = {
      changed: new Set(),
      deltas: [],
      followed: this.deltas.heard,
      deletes: transaction.deleteSet.clients.size > 0,
      listed: false,
      faults: false,
    };
    const records: RecordChanges = { runs: new Set(), selection: false, any: false };
    let others = false;
    const changed: ReadonlyMap<Placed, ReadonlySet<string | null>> = transaction.changed;
    for (const [type, keys] of changed) {
      if (this.#messages.take(type, keys, messages)) continue;
      if (this.#records.take(type, keys, records)) continue;
      others = true;
      if (type === this.#roots.meta) this.#meta = readMeta(this.#roots.meta);
    }
    if (messages.faults || records.any || others) this.#faultsStale = true;
    this.#note(messages, records);
    if (others) this.#age('values');
    // Whoever hears of words may look at once, and then the view is a new one already.
    const isOther = this.#view === undefined;
    for (const delta of messages.deltas) this.deltas.emit(delta);
    return isOther;
  }

  /** The branches to show are others now. */
  chose(): void {
    this.#age('structure');
  }

  /** The view as of now; the same object while nothing changed. */
  get view(): View {
    if (this.#view === undefined) {
      if (this.#stale === 'structure') this.#rebuild();
      this.#stale = 'nothing';
      this.#view = this.#snapshot();
    }
    return this.#view;
  }

  #note(messages: MessageChanges, records: RecordChanges): void {
    for (const node of messages.changed) {
      this.#table.set(node.head.id, node.value);
      this.#path.set(node.head.id, node.value);
    }
    let structure = messages.listed || (records.selection && this.#branches.follows);
    for (const id of records.runs) structure = this.#noteRun(id) || structure;
    if (messages.changed.size > 0 || records.any) this.#age('values');
    if (structure) this.#age('structure');
  }

  /** Whether the run now means something else for the tree of messages. */
  #noteRun(id: string): boolean {
    const run = this.#records.run(id);
    const shape = run === undefined ? '' : shapeOf(run);
    if (this.#shapes.get(id) === shape) return false;
    this.#shapes.set(id, shape);
    return true;
  }

  #age(stale: Exclude<Stale, 'nothing'>): void {
    if (this.#stale !== 'structure') this.#stale = stale;
    if (stale === 'structure') this.#faultsStale = true;
    this.#view = undefined;
  }

  #rebuild(): void {
    const nodes = [...this.#messages.nodes()];
    this.#tree = buildTree(
      nodes.map((node) => node.head),
      this.#records.runs,
    );
    const ids = new Set<string>();
    for (const node of nodes) {
      ids.add(node.head.id);
      this.#table.set(node.head.id, node.value);
    }
    for (const id of this.#tree.expected.values()) {
      const run = defined(this.#records.run(id), 'a run that the tree was built from');
      ids.add(run.reply);
      this.#table.set(run.reply, same(this.#table.get(run.reply), expectedReply(run)));
    }
    this.#table.keep(ids);
    const choices = this.#branches.choices(this.#records.selection);
    this.#path.reset(pathOf(this.#tree, ...choices), this.#table);
  }

  #snapshot(): View {
    if (this.#faultsStale) this.#faults = this.#listFaults();
    this.#faultsStale = false;
    const messages = this.#table.snapshot();
    const { runs, requests, participants, annotations, selection } = this.#records;
    const records = { runs, requests, participants, annotations, selection };
    const { meta } = this.#meta;
    const all = { meta, messages, ...records, tree: this.#tree, faults: this.#faults };
    return new Moment(all, this.#path.snapshot(messages));
  }

  #listFaults(): readonly Fault[] {
    const all = [...this.#meta.faults];
    for (const [name, root] of this.#share) {
      if (!isRootName(name) && holdsAnything(root)) {
        all.push(fault('unknown-root', name, 'No schema has this root; it is left alone.'));
      }
    }
    all.push(...this.#messages.faults(), ...this.#records.faults(), ...this.#tree.faults);
    return listFaults(all.toSorted(byPlace));
  }
}

/** An order that all peers share, whatever came first here. */
function byPlace(a: Fault, b: Fault): number {
  return (
    compareText(a.where, b.where) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All of a run that the tree of messages and an expected reply depend on. */
function shapeOf(run: Run): string {
  const { status } = run;
  const by = status.state === 'cancelled' && status.why === 'replaced' ? (status.run ?? '') : '';
  const { message, reply, createdAt, agent } = run;
  return JSON.stringify([message, reply, createdAt, agent, neverStarted(run), by]);
}

function expectedReply(run: Run): Message {
  return Object.freeze({
    id: run.reply,
    role: 'assistant',
    author: run.agent,
    parent: run.message,
    createdAt: run.createdAt,
    run: run.id,
    parts: Object.freeze([]),
    deleted: false,
    expected: true,
  });
}
