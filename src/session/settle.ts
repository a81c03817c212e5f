// What the server does by itself whenever runs or requests changed: it admits new
// runs under the session's policy, and answers every request that does not need a
// holder. It is called again until it has nothing more to say; each call decides
// about the picture it is given and never twice about the same thing.

import { unreachable } from '../base/assert.ts';
import {
  cancelReaching,
  type Decider,
  decidedBy,
  endRun,
  type KnownRequest,
  type Projection,
  type Write,
} from './bookkeeping.ts';
import type { Ack, AckState } from './control.ts';
import { decidePolicy } from './policy.ts';
import { compareQueued, isActive, isFinal, type Run } from './run.ts';

/**
 * The writes of the next decision that is due, empty if none is. Decisions are taken
 * one by one, requests before new runs, each oldest first, because one changes what
 * the next is decided from: apply the writes, then ask again.
 */
export function settleNext(projection: Projection, decider: Decider): readonly Write[] {
  for (const request of [...projection.requests].toSorted(byTime)) {
    if (request.state !== 'requested') continue;
    const run = projection.runs.get(request.run);
    if (run === undefined) continue;
    const writes = settleRequest(projection, decider, request, run);
    if (writes.length > 0) return writes;
  }
  for (const run of [...projection.runs].toSorted(compareQueued)) {
    const writes = settleRun(projection, decider, run);
    if (writes.length > 0) return writes;
  }
  return [];
}

const byTime = (a: KnownRequest, b: KnownRequest): number => a.at - b.at || (a.id < b.id ? -1 : 1);

function settleRequest(
  projection: Projection,
  decider: Decider,
  request: KnownRequest,
  run: Run,
): readonly Write[] {
  const { state } = run.status;
  const ack = (to: AckState, reason?: string): Write => ({
    to: 'ack',
    run: run.id,
    request: request.id,
    value: ackOf(decider, to, reason),
  });
  if (isFinal(state)) return [ack('void', 'run-final')];
  switch (request.kind) {
    case 'cancel':
      // A held run is its holder's to end, at a place that makes sense.
      if (state !== 'queued' && state !== 'stalled') return [];
      return [ack('settled'), ...endUnheld(projection, decider, run, request.id)];
    case 'replace':
      return replace(projection, decider, request, run, ack);
    case 'steer': {
      const words = projection.runs.get(request.queued);
      if (words === undefined || !isFinal(words.status.state)) return [];
      return [ack('void', 'withdrawn')];
    }
    case 'approve':
    case 'deny':
      return decidedBy(projection, run.id, request.call) === undefined
        ? []
        : [ack('void', 'decided')];
    case 'pause':
    case 'resume':
      return state === 'queued' ? [ack('refused', 'not-running')] : [];
    default:
      return unreachable(request);
  }
}

/** Ends a run that nobody holds; the request that asked for it is answered beside. */
function endUnheld(
  projection: Projection,
  decider: Decider,
  run: Run,
  request: string | undefined,
): readonly Write[] {
  const why = run.startedAt === null ? 'withdrawn' : 'asked';
  const writes = endRun(projection, decider, run, { state: 'cancelled', at: decider.now, why });
  return writes.filter((write) => write.to !== 'ack' || write.request !== request);
}

function replace(
  projection: Projection,
  decider: Decider,
  request: KnownRequest & { kind: 'replace' },
  run: Run,
  ack: (to: AckState, reason?: string) => Write,
): readonly Write[] {
  if (run.status.state !== 'queued') return [ack('void', 'run-started')];
  const other = projection.runs.get(request.with);
  if (other === undefined) return [];
  if (other.id === run.id || other.status.state !== 'queued') {
    return [ack('void', 'replacement-started')];
  }
  if (request.by !== run.createdBy && !decider.mayControl(request.by, run)) {
    return [ack('refused', 'forbidden')];
  }
  const status = { state: 'cancelled', at: decider.now, why: 'replaced', run: other.id } as const;
  const ended = endRun(projection, decider, run, status);
  return [
    { to: 'order', run: other.id, value: run.order },
    ack('settled'),
    ...ended.filter((write) => write.to !== 'ack' || write.request !== request.id),
  ];
}

/** Admits a new run, and ends one that nobody holds below a cancelled one. */
function settleRun(projection: Projection, decider: Decider, run: Run): readonly Write[] {
  const { status } = run;
  if (status.state !== 'queued' && status.state !== 'stalled') return [];
  if (run.parentRun !== undefined && cancelReaching(projection, run.id) !== undefined) {
    return endUnheld(projection, decider, run, undefined);
  }
  if (status.state !== 'queued' || status.at !== undefined) return [];
  return admit(projection, decider, run);
}

function admit(projection: Projection, decider: Decider, run: Run): readonly Write[] {
  const admitted: Write = {
    to: 'status',
    run: run.id,
    value: { state: 'queued', at: decider.now },
  };
  if (run.parentRun !== undefined || isPledged(projection, run.id)) return [admitted];
  const ahead = aheadOf(projection, run);
  const all = [...ahead.active, ...ahead.queued];
  const verdict = decidePolicy(projection.policy, {
    active: ahead.active.map((other) => other.id),
    queued: ahead.queued.map((other) => other.id),
    mayControl: all.every(
      (other) => other.createdBy === run.createdBy || decider.mayControl(run.createdBy, other),
    ),
  });
  switch (verdict.do) {
    case 'start':
    case 'wait':
      return [admitted];
    case 'reject': {
      const error = { code: 'rejected', message: 'Another reply is being written.' };
      return endRun(projection, decider, run, { state: 'failed', at: decider.now, error });
    }
    case 'interrupt':
      return [admitted, ...verdict.runs.map((other) => cancelFor(decider, run, other))];
    case 'steer':
      return [admitted, steerFor(decider, run, verdict.run)];
    default:
      return unreachable(verdict);
  }
}

/**
 * Whether its asker said what is to happen: the words of a steer wait if they come too
 * late, and a replacement stands where the replaced run stood. A replacement that came
 * too late is a prompt like any other.
 */
function isPledged(projection: Projection, run: string): boolean {
  for (const request of projection.requests) {
    if (request.kind === 'steer' && request.queued === run) return true;
    if (request.kind !== 'replace' || request.with !== run) continue;
    if (request.state === 'requested' || request.state === 'settled') return true;
  }
  return false;
}

function aheadOf(projection: Projection, run: Run): { active: Run[]; queued: Run[] } {
  const active: Run[] = [];
  const queued: Run[] = [];
  for (const other of projection.runs) {
    if (other.parentRun !== undefined || other.id === run.id) continue;
    if (isActive(other.status.state)) active.push(other);
    else if (other.status.state === 'queued' && compareQueued(other, run) < 0) queued.push(other);
  }
  return { active: active.toSorted(byStart), queued: queued.toSorted(compareQueued) };
}

const byStart = (a: Run, b: Run): number =>
  (a.startedAt ?? 0) - (b.startedAt ?? 0) || compareQueued(a, b);

const asked = (decider: Decider, run: Run): { id: string; by: string; at: number } => ({
  id: decider.createId(),
  by: run.createdBy,
  at: decider.now,
});

const cancelFor = (decider: Decider, run: Run, other: string): Write => ({
  to: 'control',
  request: {
    ...asked(decider, run),
    kind: 'cancel',
    run: other,
    scope: 'tree',
    reason: 'interrupted',
  },
});

const steerFor = (decider: Decider, run: Run, other: string): Write => ({
  to: 'control',
  request: {
    ...asked(decider, run),
    kind: 'steer',
    run: other,
    message: run.message,
    queued: run.id,
  },
});

function ackOf(decider: Decider, state: AckState, reason: string | undefined): Ack {
  return { state, by: decider.name, at: decider.now, reason };
}
