// Verbs on runs: cancel, approve, deny, pause, resume, and the order of the queue.
// Each writes a request and returns at once with its id; what becomes of it is read
// from the view (`requests`), on every device.

import { sessionError } from './error.ts';
import { knownRun, type Pen, writeRequest } from './pen.ts';
import { compareQueued, type Run } from './run.ts';
import { RUN } from './shape.ts';
import type { ToolPart } from './tool.ts';
import * as Y from 'yjs';

export interface CancelOptions {
  /** `tree` (the default) reaches every run below; `run` only this one. */
  readonly scope?: 'tree' | 'run';
  readonly reason?: string;
}

/** Works before the run is claimed, from any device, and more than once. The run need not have arrived yet. */
export function cancel(pen: Pen, run: string, options: CancelOptions): string {
  const { scope = 'tree', reason } = options;
  return pen.doc.transact(() => writeRequest(pen, { kind: 'cancel', run, scope, reason }), pen);
}

export function pauseOrResume(pen: Pen, kind: 'pause' | 'resume', run: string): string {
  knownRun(pen, run);
  return pen.doc.transact(() => writeRequest(pen, { kind, run }), pen);
}

/** Decides on a tool call as it is shown now: the decision names the hash of its arguments. */
export function decide(
  pen: Pen,
  kind: 'approve' | 'deny',
  runId: string,
  call: string,
  reason: string | undefined,
): string {
  const run = knownRun(pen, runId);
  const part = pen
    .view()
    .messages.get(run.reply)
    ?.parts.find((one): one is ToolPart => one.type === 'tool' && one.id === call);
  if (part === undefined) {
    throw sessionError('not-found', `The run ${runId} has no tool call ${call}.`, {
      run: runId,
      call,
    });
  }
  if (part.state !== 'approval-requested') {
    throw sessionError('part-state', `The tool call ${call} asks for no approval.`, {
      call,
      state: part.state,
    });
  }
  const { hash } = part.approval;
  return pen.doc.transact(() => writeRequest(pen, { kind, run: runId, call, hash, reason }), pen);
}

/** Where to put a queued run: before or after another one that is queued. */
export type QueuePlace = { readonly before: string } | { readonly after: string };

/** Moves a queued run. Halves the gap between its new neighbours; where there is none left, spreads the queue anew. */
export function reorder(pen: Pen, runId: string, place: QueuePlace): void {
  const run = queuedRun(pen, runId);
  const anchor = queuedRun(pen, 'before' in place ? place.before : place.after);
  const others = queueOf(pen).filter((other) => other.id !== run.id);
  const at = others.findIndex((other) => other.id === anchor.id) + ('before' in place ? 0 : 1);
  if (anchor.id === run.id) return;
  const left = others[at - 1]?.order;
  const right = others[at]?.order;
  const order = between(left, right);
  pen.doc.transact(() => {
    if (order !== undefined) {
      writeOrder(pen, run.id, order);
      return;
    }
    const start = others[0]?.order ?? run.order;
    others.toSpliced(at, 0, run).forEach((other, index) => {
      writeOrder(pen, other.id, start + index);
    });
  }, pen);
}

/** The runs that wait, in their order. */
export function queueOf(pen: Pick<Pen, 'view'>): readonly Run[] {
  return [...pen.view().runs]
    .filter((run) => run.status.state === 'queued' && run.parentRun === undefined)
    .toSorted(compareQueued);
}

function queuedRun(pen: Pen, id: string): Run {
  const run = knownRun(pen, id);
  if (run.status.state === 'queued') return run;
  throw sessionError('run-state', `The run ${id} is ${run.status.state}, not queued.`, {
    run: id,
    state: run.status.state,
  });
}

/** A number strictly between, or undefined where doubles have none. */
function between(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right === undefined ? undefined : right - 1;
  if (right === undefined) return left + 1;
  const middle = left + (right - left) / 2;
  return left < middle && middle < right ? middle : undefined;
}

function writeOrder(pen: Pen, id: string, order: number): void {
  const entry = pen.roots.runs.get(id);
  if (entry instanceof Y.Map) entry.set(RUN.order, order);
}
