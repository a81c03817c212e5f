// How messages hang together: every message names its parent, so they form a tree;
// a view shows one path through it. A prompt may follow a reply that does not exist
// yet, because the run that will write it has named it. Where that reply never
// comes (its run was withdrawn, replaced, refused before anybody began), what
// follows it hangs on the run that took its place, or on the prompt itself.

import { fault, type Fault } from './fault.ts';
import { limits } from './limits.ts';
import type { MessageHead } from './message.ts';
import { neverStarted, type Run } from './run.ts';
import { SELECTION_ROOT } from './shape.ts';

/** Chosen branches: parent message id (or `root`) to child message id. */
export type Choices = ReadonlyMap<string, string>;

export interface Tree {
  /** Children of the main line, oldest first, by parent id (or `root`). */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** The parent as resolved, by message id; null at the root. */
  readonly parents: ReadonlyMap<string, string | null>;
  /** Messages written inside a run (prompts to sub-agents), by run id. */
  readonly within: ReadonlyMap<string, readonly string[]>;
  /** The run whose reply is expected and not there yet, by the id that the reply will have. */
  readonly expected: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
}

const keyOf = (parent: string | null): string => parent ?? SELECTION_ROOT;

/**
 * Builds the tree. `heads` are in document order, which is the order of siblings: a
 * message that was written after its author saw another always comes after it, with
 * no clock involved. Linear, and safe against cycles and absurd depths.
 */
export function buildTree(heads: Iterable<MessageHead>, runs: Iterable<Run>): Tree {
  const messages = new Map<string, MessageHead>();
  for (const head of heads) messages.set(head.id, head);
  const replies = new Map<string, Run>();
  for (const run of runs) replies.set(run.reply, preferred(replies.get(run.reply), run));
  const expected = new Map<string, Run>();
  for (const run of [...replies.values()].toSorted(byCreation)) {
    if (!messages.has(run.reply) && !neverStarted(run)) expected.set(run.reply, run);
  }
  const builder = new TreeBuilder(messages, replies, expected);
  for (const head of messages.values()) builder.add(head.id, head.parent, head.within);
  for (const run of expected.values()) builder.add(run.reply, run.message, undefined);
  return builder.finish();
}

class TreeBuilder {
  #children = new Map<string, string[]>();
  #parents = new Map<string, string | null>();
  #within = new Map<string, string[]>();
  #faults: Fault[] = [];
  readonly messages: ReadonlyMap<string, MessageHead>;
  readonly replies: ReadonlyMap<string, Run>;
  readonly expected: ReadonlyMap<string, Run>;

  constructor(
    messages: ReadonlyMap<string, MessageHead>,
    replies: ReadonlyMap<string, Run>,
    expected: ReadonlyMap<string, Run>,
  ) {
    this.messages = messages;
    this.replies = replies;
    this.expected = expected;
  }

  add(id: string, named: string | null, within: string | undefined): void {
    const parent = this.#resolve(named);
    if (parent === undefined) {
      this.#faults.push(fault('orphan', `messages/${id}`, `The parent ${named} is not there.`));
      return;
    }
    this.#parents.set(id, parent);
    if (within === undefined) push(this.#children, keyOf(parent), id);
    else push(this.#within, within, id);
  }

  finish(): Tree {
    this.#dropUnreachable();
    for (const lists of [this.#children, this.#within]) lists.forEach((ids) => Object.freeze(ids));
    return Object.freeze({
      children: this.#children,
      parents: this.#parents,
      within: this.#within,
      expected: new Map([...this.expected].map(([reply, run]) => [reply, run.id])),
      faults: Object.freeze(this.#faults),
    });
  }

  /** The message that a named parent stands for; undefined where it is nowhere. */
  #resolve(named: string | null): string | null | undefined {
    let at = named;
    /** The last prompt on the way: what follows hangs there where the way leads nowhere. */
    let prompt: string | undefined;
    for (let steps = 0; steps < limits.replacementsMax; steps++) {
      if (at === null || this.messages.has(at) || this.expected.has(at)) return at;
      const run = this.replies.get(at);
      if (run === undefined) break;
      if (this.messages.has(run.message)) prompt = run.message;
      const { status } = run;
      const other =
        status.state === 'cancelled' && status.why === 'replaced'
          ? this.#runById(status.run)
          : undefined;
      at = other === undefined ? run.message : other.reply;
    }
    return prompt;
  }

  #byId: Map<string, Run> | undefined;

  #runById(id: string | undefined): Run | undefined {
    if (id === undefined) return undefined;
    this.#byId ??= new Map([...this.replies.values()].map((run) => [run.id, run]));
    return this.#byId.get(id);
  }

  /** Takes out what no root leads to: messages that are their own ancestors, or hang on such. */
  #dropUnreachable(): void {
    const below = new Map<string, string[]>();
    for (const [id, parent] of this.#parents) push(below, keyOf(parent), id);
    const reached = new Set<string>();
    const next = [SELECTION_ROOT];
    for (let key = next.pop(); key !== undefined; key = next.pop()) {
      for (const child of below.get(key) ?? []) {
        reached.add(child);
        next.push(child);
      }
    }
    if (reached.size === this.#parents.size) return;
    for (const id of this.#parents.keys()) {
      if (reached.has(id)) continue;
      this.#faults.push(
        fault('cycle', `messages/${id}`, 'No beginning of the session leads here.'),
      );
      this.#parents.delete(id);
    }
    for (const lists of [this.#children, this.#within]) {
      for (const [key, ids] of lists)
        lists.set(
          key,
          ids.filter((id) => reached.has(id)),
        );
    }
  }
}

/** Of two runs that name one reply, the one that began; else the earlier. Deterministic on every peer. */
function preferred(one: Run | undefined, other: Run): Run {
  if (one === undefined) return other;
  if (neverStarted(one) !== neverStarted(other)) return neverStarted(one) ? other : one;
  return byCreation(one, other) <= 0 ? one : other;
}

const byCreation = (a: Run, b: Run): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);

function push(lists: Map<string, string[]>, key: string, id: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [id]);
  else list.push(id);
}

/** The path from the root to the end: at each fork the first choice that is there, else the newest. */
export function pathOf(tree: Tree, ...choices: readonly Choices[]): readonly string[] {
  const path: string[] = [];
  for (let at = chosenChild(tree, null, choices); at !== undefined;) {
    path.push(at);
    at = chosenChild(tree, at, choices);
  }
  return path;
}

function chosenChild(
  tree: Tree,
  parent: string | null,
  choices: readonly Choices[],
): string | undefined {
  const children = tree.children.get(keyOf(parent));
  if (children === undefined) return undefined;
  for (const choice of choices) {
    const chosen = choice.get(keyOf(parent));
    if (chosen !== undefined && children.includes(chosen)) return chosen;
  }
  return children.at(-1);
}

/** The messages from the root to this one, both included. Empty for one that is not in the tree. */
export function pathTo(tree: Tree, id: string): readonly string[] {
  const path: string[] = [];
  for (let at: string | null | undefined = id; at !== null && at !== undefined;) {
    const parent: string | null | undefined = tree.parents.get(at);
    if (parent === undefined) return [];
    path.push(at);
    at = parent;
  }
  return path.toReversed();
}

/** The message and those it could be exchanged for, oldest first. */
export function siblingsOf(tree: Tree, id: string): readonly string[] {
  const parent = tree.parents.get(id);
  if (parent === undefined) return [];
  const children = tree.children.get(keyOf(parent)) ?? [];
  return children.includes(id) ? children : [id];
}

/** What must be chosen, at each fork from the root down, so that the path leads through this message. */
export function choicesTo(tree: Tree, id: string): Choices {
  return new Map(pathTo(tree, id).map((step) => [keyOf(tree.parents.get(step) ?? null), step]));
}
