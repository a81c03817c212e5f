// The table of contents of a session document: its root types, the keys below
// them, and the schema's number. Whoever wants to know where something is stored
// reads this file; nothing else spells a root's name or a key.
//
//   meta          Map    schema, title, createdAt, createdBy, policy, agent
//   messages      Array  of Map { head, parts }
//   runs          Map    run id -> Map { head, acks: Map, status, claim, usage, startedAt, order }
//   control       Map    request id -> JSON
//   participants  Map    principal -> JSON
//   annotations   Map    target/name/actor -> JSON
//   selection     Map    parent message id -> child message id
//
// A prompt's `parts` are plain JSON; a reply's are an Array of Map { head, state,
// input, output, ..., body: Array of Text }.

import * as Y from 'yjs';
import { sessionError } from './error.ts';

/** The schema that this code writes. A whole number; a newer one is refused, not guessed at. */
export const SCHEMA = 1;

export const META = {
  schema: 'schema',
  title: 'title',
  createdAt: 'createdAt',
  createdBy: 'createdBy',
  policy: 'policy',
  agent: 'agent',
} as const;

export const MESSAGE = { head: 'head', parts: 'parts' } as const;

export const RUN = {
  head: 'head',
  acks: 'acks',
  status: 'status',
  claim: 'claim',
  usage: 'usage',
  startedAt: 'startedAt',
  order: 'order',
} as const;

export const PART = {
  head: 'head',
  state: 'state',
  body: 'body',
  /** In a part that was written whole, in place of a body. */
  text: 'text',
  input: 'input',
  output: 'output',
  error: 'error',
  approval: 'approval',
  decision: 'decision',
  data: 'data',
} as const;

/** Under which `selection` holds the choice among messages without a parent. */
export const SELECTION_ROOT = 'root';

export interface Roots {
  readonly meta: Y.Map<unknown>;
  readonly messages: Y.Array<unknown>;
  readonly runs: Y.Map<unknown>;
  readonly control: Y.Map<unknown>;
  readonly participants: Y.Map<unknown>;
  readonly annotations: Y.Map<unknown>;
  readonly selection: Y.Map<unknown>;
}

export type RootName = keyof Roots;

const rootTypes: { readonly [Name in RootName]: typeof Y.Map | typeof Y.Array } = {
  meta: Y.Map,
  messages: Y.Array,
  runs: Y.Map,
  control: Y.Map,
  participants: Y.Map,
  annotations: Y.Map,
  selection: Y.Map,
};

export const isRootName = (name: string): name is RootName => Object.hasOwn(rootTypes, name);

const known = new WeakMap<Y.Doc, Roots>();

/**
 * The roots of a document, made where they are missing (which writes nothing).
 * Throws `not-a-session` where the app has already taken one of the names for
 * another Yjs type.
 */
export function rootsOf(doc: Y.Doc): Roots {
  const found = known.get(doc);
  if (found !== undefined) return found;
  refuseForeign(doc);
  const roots: Roots = {
    meta: doc.getMap('meta'),
    messages: doc.getArray('messages'),
    runs: doc.getMap('runs'),
    control: doc.getMap('control'),
    participants: doc.getMap('participants'),
    annotations: doc.getMap('annotations'),
    selection: doc.getMap('selection'),
  };
  known.set(doc, roots);
  return roots;
}

/** Looks at all names before any root is made: to make one in an app's document would take its name. */
function refuseForeign(doc: Y.Doc): void {
  for (const [name, type] of Object.entries(rootTypes)) {
    const there = doc.share.get(name)?.constructor;
    // A root that came by an update and was never asked for has no type of its own yet.
    if (there === undefined || there === type || there === Y.AbstractType) continue;
    throw sessionError(
      'not-a-session',
      'The document uses the root names of a session for other types; open it with a Y.Doc of its own.',
      { root: name },
    );
  }
}
