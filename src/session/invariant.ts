// What always holds in a session that only honest peers wrote, numbered, checked
// over any document by one function: by the tests after every step, by `verify` over
// a data folder, by the inspector. A violation is not an error to throw; it is a
// finding, with the place. On a hostile document it lists many and never throws.

import * as Y from 'yjs';
import { isFinal, type Run } from './run.ts';
import { limits } from './limits.ts';
import type { Message } from './message.ts';
import { listEntries } from './segments.ts';
import { MESSAGE, PART, type Roots, rootsOf } from './shape.ts';
import { type View, ViewReader } from './view.ts';

/** The rules, by number. The texts stand in docs/SPEC.md as well. */
export const invariants = {
  I1: 'nothing is pending: every struct has what it refers to',
  I2: 'nothing is malformed: the document has no faults',
  I3: 'a reply names its run, and the run names it and the message it answers',
  I4: 'only replies have parts that grow; every other message is plain JSON',
  I5: 'no segment is empty, too long, or holds half a surrogate pair',
  I6: 'a run that began has a claim; one that did not has none',
  I7: 'an ack stands in the run that its request names',
  I8: 'a tool call has at most one decision that was accepted',
  I9: 'a final run leaves no request accepted and not settled',
  I10: 'runs nest without circles, within the depth limit',
  I11: 'the clients that stream words write nothing else but replies',
  I12: 'entries are appended: no struct has a right origin',
} as const;

export type InvariantId = keyof typeof invariants;

export interface Violation {
  readonly id: InvariantId;
  readonly where: string;
}

/** All violations, in the order of the rules. `view` saves a walk where one is at hand. */
export function checkInvariants(
  doc: Y.Doc,
  view: View = new ViewReader(doc).view,
): readonly Violation[] {
  const roots = rootsOf(doc);
  const found: Violation[] = [];
  const report = (id: InvariantId, where: string): void => {
    found.push({ id, where });
  };
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) report('I1', 'store');
  for (const { code, where } of view.faults) if (code !== 'budget') report('I2', where);
  for (const message of view.messages) checkReply(view, message, report);
  for (const entry of listEntries(roots.messages)) checkEntry(entry, report);
  for (const run of view.runs) checkRun(view, roots, run, report);
  checkDecisions(view, report);
  checkClients(doc, report);
  return found;
}

type Report = (id: InvariantId, where: string) => void;

function checkReply(view: View, message: Message, report: Report): void {
  if (message.expected || message.from !== undefined || message.role !== 'assistant') return;
  const run = message.run === undefined ? undefined : view.runs.get(message.run);
  if (run?.reply !== message.id || run.message !== message.parent) report('I3', message.id);
}

function checkEntry(entry: unknown, report: Report): void {
  if (!(entry instanceof Y.Map)) return;
  const parts: unknown = entry.get(MESSAGE.parts);
  if (!(parts instanceof Y.Array)) return;
  const head: unknown = entry.get(MESSAGE.head);
  const isReply = typeof head === 'object' && head !== null && 'run' in head;
  if (!isReply) report('I4', 'messages');
  for (const part of listEntries(parts)) {
    const body: unknown = part instanceof Y.Map ? part.get(PART.body) : undefined;
    if (!(body instanceof Y.Array)) continue;
    for (const segment of listEntries(body)) if (!isSound(segment)) report('I5', 'messages');
  }
}

function isSound(segment: unknown): boolean {
  if (!(segment instanceof Y.Text)) return false;
  if (segment.length === 0 || segment.length > limits.segmentCharsMax) return false;
  for (let item = segment._start; item !== null; item = item.right) {
    const { content } = item;
    if (!(content instanceof Y.ContentString) || !content.str.isWellFormed()) return false;
  }
  return true;
}

function checkRun(view: View, roots: Roots, run: Run, report: Report): void {
  const began = run.startedAt !== null;
  const held = run.claim !== null;
  const { state } = run.status;
  const shouldHave = state === 'queued' ? false : isFinal(state) ? began : true;
  if (began !== held || began !== shouldHave) report('I6', run.id);
  const entry = roots.runs.get(run.id);
  const acks: unknown = entry instanceof Y.Map ? entry.get('acks') : undefined;
  for (const id of acks instanceof Y.Map ? acks.keys() : []) {
    const request = view.requests.get(id);
    if (request !== undefined && request.run !== run.id) report('I7', `${run.id}/${id}`);
  }
  if (depthOf(view, run) > limits.runDepthMax) report('I10', run.id);
}

/** Steps up to the top, or one more than allowed where there is no top. */
function depthOf(view: View, run: Run): number {
  let depth = 0;
  for (let at: Run | undefined = run; at?.parentRun !== undefined; depth++) {
    if (depth > limits.runDepthMax) return depth;
    at = view.runs.get(at.parentRun);
  }
  return depth;
}

function checkDecisions(view: View, report: Report): void {
  const decided = new Set<string>();
  for (const request of view.requests) {
    const run = view.runs.get(request.run);
    if (request.state === 'accepted' && run !== undefined && isFinal(run.status.state)) {
      report('I9', request.id);
    }
    if (request.kind !== 'approve' && request.kind !== 'deny') continue;
    if (request.state !== 'accepted' && request.state !== 'settled') continue;
    const call = `${request.run}/${request.call}`;
    if (decided.has(call)) report('I8', call);
    decided.add(call);
  }
}

/** One walk over all structs: who writes words, who writes entries of the roots, and how. */
function checkClients(doc: Y.Doc, report: Report): void {
  const messages = rootsOf(doc).messages;
  for (const [client, structs] of doc.store.clients) {
    let words = false;
    let others = false;
    for (const struct of structs) {
      if (!(struct instanceof Y.Item)) continue;
      if (struct.rightOrigin !== null) report('I12', `${client}:${struct.id.clock}`);
      if (struct.content instanceof Y.ContentString) words = true;
      const { parent } = struct;
      const inRoot = parent instanceof Y.AbstractType && parent._item === null;
      if (inRoot && parent !== messages) others = true;
    }
    if (words && others) report('I11', String(client));
  }
}
