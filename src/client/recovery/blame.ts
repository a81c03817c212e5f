// Which writes a refusal is about. A server refuses a whole frame, in which there may be many
// writes, and names one clock of it; by which rule says which of them it can only have been.
// Whoever is not to blame is issued again, so blaming too few costs a round, and blaming too
// many would take words from a person: where in doubt it is the one that was named.

import { syncAnswerBudget } from '../../protocol/limits.ts';
import { isWritableRoot, mayWriteBelow } from '../../protocol/root-rights.ts';
import type { Right } from '../../protocol/token.ts';
import { readUpdate } from '../../protocol/update.ts';
import type { Intent } from '../intent.ts';

export interface RefusedAt {
  readonly client: number;
  readonly clock: number;
  readonly rule: string;
}

export interface BlamedWrite {
  readonly id: string;
  readonly update: Uint8Array;
  readonly intent?: Intent | undefined;
}

/** The client was the wrong one, not what was written: under another it will do. */
const clientRules: ReadonlySet<string> = new Set([
  'client-bound',
  'server-client',
  'client-refused',
]);

/** Of each write that is to blame, the rule. `rights` are those that the server named last. */
export function blame(
  writes: readonly BlamedWrite[],
  refused: RefusedAt,
  rights: readonly Right[],
): ReadonlyMap<string, string> {
  const { rule } = refused;
  if (clientRules.has(rule)) return new Map();
  const blamed = blamedBy(writes, refused, rights);
  return withDependents(writes, new Map(blamed.map(({ id }) => [id, rule])));
}

/** Those that a principal with these rights cannot have taken at all, before anything is refused. */
export function beyondRights(
  writes: readonly BlamedWrite[],
  rights: readonly Right[],
): ReadonlyMap<string, string> {
  const rule = rights.some((right) => right !== 'read') ? 'right' : 'read-only';
  const beyond = writes.filter((write) => !mayWriteAll(write, rights));
  return withDependents(writes, new Map(beyond.map(({ id }) => [id, rule])));
}

function blamedBy(
  writes: readonly BlamedWrite[],
  refused: RefusedAt,
  rights: readonly Right[],
): readonly BlamedWrite[] {
  switch (refused.rule) {
    case 'read-only':
      return writes;
    case 'session-full':
      return writes.filter((write) => hasStructs(write.update));
    case 'right': {
      const beyond = writes.filter((write) => !mayWriteAll(write, rights));
      return beyond.length > 0 ? beyond : named(writes, refused);
    }
    default:
      return named(writes, refused);
  }
}

function mayWriteAll({ intent }: BlamedWrite, rights: readonly Right[]): boolean {
  const roots = intent?.roots ?? [];
  return roots.every((root) => mayWriteBelow(root, (right) => rights.includes(right)));
}

function hasStructs(update: Uint8Array): boolean {
  const read = readUpdate(update, syncAnswerBudget);
  return !read.ok || read.structs.length > 0;
}

/** The write in which the clock is that was named, as something written or something deleted. */
function named(
  writes: readonly BlamedWrite[],
  { client, clock }: RefusedAt,
): readonly BlamedWrite[] {
  const holds = (part: { client: number; clock: number; length: number }): boolean =>
    part.client === client && part.clock <= clock && clock < part.clock + part.length;
  const wrote = writes.filter(({ update }) => {
    const read = readUpdate(update, syncAnswerBudget);
    return read.ok && read.structs.some((struct) => struct.kind !== 'skip' && holds(struct));
  });
  if (wrote.length > 0) return wrote;
  const deleted = writes.filter(({ update }) => {
    const read = readUpdate(update, syncAnswerBudget);
    return read.ok && read.ranges.some(holds);
  });
  return deleted.slice(0, 1);
}

/** With all that names something which these made. */
function withDependents(
  writes: readonly BlamedWrite[],
  blamed: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const all = new Map(blamed);
  const gone = new Set<string>();
  for (let before = -1; before !== gone.size;) {
    before = gone.size;
    for (const { id, intent } of writes) {
      if (!all.has(id) && intent?.refs.some((ref) => gone.has(ref)) === true)
        all.set(id, 'depends');
      if (all.has(id)) for (const made of intent?.ids ?? []) gone.add(made);
    }
  }
  return all;
}

export const rootsIn = (names: Iterable<string>): Intent['roots'] =>
  [...names].filter((name) => isWritableRoot(name));
