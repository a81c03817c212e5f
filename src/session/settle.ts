// What the server does by itself whenever runs or requests changed: it admits new
// runs under the session's policy, and answers every request that does not need a
// holder. It is called again until it has nothing more to say; each call decides
// about the picture it is given and never twice about the same thing.

import { unreachable } from '../base/assert.ts';
import {
  answeredBy,
  cancelReaching,
  type Decider,
  decidedBy,
  endRun,
  type KnownRequest,
  type Projection,
} from './bookkeeping.ts';
import type { Ack, AckState } from './control.ts';
import { limits } from './limits.ts';
import { decidePolicy } from './policy.ts';
import { placeOf } from './queue.ts';
import { compareQueued, isActive, isFinal, type Run } from './run.ts';
import type { Write } from './write.ts';

/**
 * The writes of the next decision that is due, empty if none is. Decisions are taken
 * one by one, requests before new runs, each oldest first, because one changes what
 * the next is decided from: apply the writes, then ask again.
 */
export function settleNext(projection: Projection, decider: Decider): readonly Write[] {
  const open = [...projection.requests].filter(({ state }) => state === 'requested');
  for (const request of open.toSorted(byTime)) {
    const run = projection.runs.get(request.run);
    if (run === undefined) continue;
    const writes = settleRequest(projection, decider, request, run);
    if (writes.length > 0) return writes;
  }
  const unheld = [...projection.runs].filter(isUnheld);
  for (const run of unheld.toSorted(compareQueued)) {
    const writes = settleRun(projection, decider, run);
    if (writes.length > 0) return writes;
  }
  return [];
}

const isUnheld = ({ status: { state } }: Run): boolean => state === 'queued' || state === 'stalled';

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
      return endUnheld(projection, decider, run);
    case 'replace':
      return replace(projection, decider, request, run, ack);
    case 'steer':
      return steer(projection, decider, request, ack);
    case 'approve':
    case 'deny':
      return decidedBy(projection, run.id, request.call) === undefined
        ? []
        : [ack('void', 'decided')];
    case 'answer':
      return answeredBy(projection, run.id, request.call) === undefined
        ? []
        : [ack('void', 'answered')];
    case 'pause':
    case 'resume':
      return state === 'queued' ? [ack('refused', 'not-running')] : [];
    default:
      return unreachable(request);
  }
}

/** Ends a run that nobody holds, and settles every cancel of it. */
function endUnheld(projection: Projection, decider: Decider, run: Run): readonly Write[] {
  const why = run.startedAt === null ? 'withdrawn' : 'asked';
  return endRun(projection, decider, run, { state: 'cancelled', at: decider.now, why });
}

/** A steer is its target's to answer, while its words are in the queue and may be taken from there. */
function steer(
  projection: Projection,
  decider: Decider,
  request: KnownRequest & { kind: 'steer' },
  ack: (to: AckState, reason?: string) => Write,
): readonly Write[] {
  const words = projection.runs.get(request.queued);
  if (words === undefined) return [];
  if (isFinal(words.status.state)) return [ack('void', 'withdrawn')];
  if (words.status.state !== 'queued') return [ack('void', 'words-started')];
  if (words.message !== request.message) return [ack('void', 'other-words')];
  if (!mayMove(decider, request.by, words)) return [ack('refused', 'forbidden')];
  return waitsForItself(projection, request) ? [ack('void', 'circular')] : [];
}

/** Whether the words would wait, by way of other steers, for themselves: none of them could ever begin. */
function waitsForItself(
  projection: Projection,
  request: KnownRequest & { kind: 'steer' },
): boolean {
  const seen = new Set<string>();
  const next = [request.run];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (at === request.queued) return true;
    if (seen.has(at) || projection.runs.get(at)?.status.state !== 'queued') continue;
    seen.add(at);
    for (const other of projection.requests) {
      if (other.kind !== 'steer' || other.queued !== at) continue;
      if (other.state === 'requested') next.push(other.run);
    }
  }
  return false;
}

const mayMove = (decider: Decider, principal: string, run: Run): boolean =>
  run.createdBy === principal || decider.mayControl(principal, run);

function replace(
  projection: Projection,
  decider: Decider,
  request: KnownRequest & { kind: 'replace' },
  run: Run,
  ack: (to: AckState, reason?: string) => Write,
): readonly Write[] {
  if (run.status.state !== 'queued') return [ack('void', 'run-started')];
  const other = standInOf(projection, request.with);
  if (other === undefined) return [];
  if (other.id === run.id || other.status.state !== 'queued') {
    return [ack('void', 'replacement-started')];
  }
  if (other.parentRun !== run.parentRun) return [ack('void', 'replacement-elsewhere')];
  if (!mayMove(decider, request.by, run) || !mayMove(decider, request.by, other)) {
    return [ack('refused', 'forbidden')];
  }
  const status = { state: 'cancelled', at: decider.now, why: 'replaced', run: other.id } as const;
  const ended = endRun(projection, decider, run, status);
  const places =
    run.parentRun === undefined ? placeOf(projection.runs, run, other, decider.now) : [];
  return [
    ...places.map((place): Write => ({ to: 'order', run: place.run, value: place.order })),
    ack('settled'),
    ...ended.filter((write) => write.to !== 'ack' || write.request !== request.id),
  ];
}

/** The run itself, or the one that has replaced it meanwhile: an edit of an edit counts for the first. */
function standInOf(projection: Projection, id: string): Run | undefined {
  let run = projection.runs.get(id);
  for (let steps = 0; steps < limits.replacementsMax; steps++) {
    if (run?.status.state !== 'cancelled' || run.status.why !== 'replaced') break;
    const next = run.status.run === undefined ? undefined : projection.runs.get(run.status.run);
    if (next === undefined) break;
    run = next;
  }
  return run;
}

/** Admits a new run, and ends one that nobody holds any more where a cancel reaches it. */
function settleRun(projection: Projection, decider: Decider, run: Run): readonly Write[] {
  const { status } = run;
  if (status.state !== 'queued' && status.state !== 'stalled') return [];
  if (cancelReaching(projection, run.id) !== undefined) {
    return endUnheld(projection, decider, run);
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
  const fail = (message: string): readonly Write[] => {
    const error = { code: 'rejected', message };
    return endRun(projection, decider, run, { state: 'failed', at: decider.now, error });
  };
  if (run.parentRun !== undefined) {
    if (projection.runs.get(run.parentRun) === undefined) return [];
    return isTooDeep(projection, run)
      ? fail(`Runs nest at most ${limits.runDepthMax} deep.`)
      : [admitted];
  }
  if (isPledged(projection, run.id)) return [admitted];
  const ahead = aheadOf(projection, run);
  const concerned =
    projection.policy === 'steer' ? ahead.active.slice(-1) : [...ahead.active, ...ahead.queued];
  const verdict = decidePolicy(projection.policy, {
    active: ahead.active.map((other) => other.id),
    queued: ahead.queued.map((other) => other.id),
    mayControl: concerned.every((other) => mayMove(decider, run.createdBy, other)),
  });
  switch (verdict.do) {
    case 'start':
    case 'wait':
      return [admitted];
    case 'reject':
      return fail('Another reply is being written.');
    case 'interrupt':
      return [admitted, ...verdict.runs.map((other) => cancelFor(decider, run, other))];
    case 'steer':
      return [admitted, steerFor(decider, run, verdict.run)];
    default:
      return unreachable(verdict);
  }
}

/** Whether it nests deeper than is allowed, which all do that are in a circle. */
function isTooDeep(projection: Projection, run: Run): boolean {
  let depth = 0;
  for (let at: Run | undefined = run; at?.parentRun !== undefined; depth++) {
    if (depth >= limits.runDepthMax) return true;
    at = projection.runs.get(at.parentRun);
  }
  return false;
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
