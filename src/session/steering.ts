// Verbs on runs: cancel, approve, deny, pause, resume, and the order of the queue.
// Each writes a request and returns at once with its id; what becomes of it is read
// from the view (`requests`), on every device.

import { sessionError } from './error.ts';
import { knownRun, type Pen, writeRequest } from './pen.ts';
import { placeAt, queueOf } from './queue.ts';
import type { Run } from './run.ts';
import { RUN } from './shape.ts';
import type { ToolAnswer } from './control.ts';
import { argumentHash, type ToolPart } from './tool.ts';
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

/** Gives the result of a tool call that is carried out here; it names the hash of the call's arguments. */
export function answer(pen: Pen, runId: string, call: string, result: ToolAnswer): string {
  const run = knownRun(pen, runId);
  const part = pen
    .view()
    .messages.get(run.reply)
    ?.parts.find((one): one is ToolPart => one.type === 'tool' && one.id === call);
  if (part === undefined || !('input' in part) || part.input === undefined) {
    throw sessionError('not-found', `The run ${runId} has no tool call ${call} to answer.`, {
      run: runId,
      call,
    });
  }
  const hash = argumentHash(part.input);
  return pen.doc.transact(
    () => writeRequest(pen, { kind: 'answer', run: runId, call, hash, result }),
    pen,
  );
}

/** Where to put a queued run: before or after another one that is queued. */
export type QueuePlace = { readonly before: string } | { readonly after: string };

/** Moves a queued run. Halves the gap between its new neighbours; where there is none left, spreads the queue anew. */
export function reorder(pen: Pen, runId: string, place: QueuePlace): void {
  const run = queuedRun(pen, runId);
  const anchor = queuedRun(pen, 'before' in place ? place.before : place.after);
  if (anchor.id === run.id) return;
  const others = queueOf(pen.view().runs).filter((other) => other.id !== run.id);
  const at = others.findIndex((other) => other.id === anchor.id) + ('before' in place ? 0 : 1);
  const places = placeAt(others, run, at, pen.clock.now());
  pen.doc.transact(() => {
    for (const { run: id, order } of places) writeOrder(pen, id, order);
  }, pen);
}

function queuedRun(pen: Pen, id: string): Run {
  const run = knownRun(pen, id);
  if (run.parentRun !== undefined) {
    throw sessionError('run-state', `The run ${id} is a sub-run, which waits in no queue.`, {
      run: id,
    });
  }
  if (run.status.state === 'queued') return run;
  throw sessionError('run-state', `The run ${id} is ${run.status.state}, not queued.`, {
    run: id,
    state: run.status.state,
  });
}

function writeOrder(pen: Pen, id: string, order: number): void {
  const entry = pen.roots.runs.get(id);
  if (entry instanceof Y.Map) entry.set(RUN.order, order);
}
