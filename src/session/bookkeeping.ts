// The decisions that only the server takes, as pure functions: from a picture of
// the runs and requests to the entries to write. The server applies them at one
// place, in order, so cancel against completion, claim against claim and approve
// against deny are each one compare-and-set; the simulator uses the same functions.
// Nothing here reads a clock, makes an id or touches a document.

import { defined } from '../base/assert.ts';
import { clip } from '../base/text.ts';
import {
  type Ack,
  ackTable,
  type AckState,
  type ControlRequest,
  type Place,
  type RequestState,
} from './control.ts';
import { limits } from './limits.ts';
import type { Policy } from './policy.ts';
import {
  compareQueued,
  isFinal,
  isHeld,
  type Run,
  type RunError,
  type RunEvent,
  type RunStatus,
  runTable,
  type Usage,
} from './run.ts';
import { isReadable, type Write } from './write.ts';

/** A request as bookkeeping knows it. `Request` of a view is one. */
export type KnownRequest = ControlRequest & {
  readonly state: RequestState;
  readonly ack: Ack | null;
};

/** What the decisions are taken from. A `View` gives it; a server without a document keeps its own. */
export interface Projection {
  readonly policy: Policy;
  /** Whether the title is a person's own. */
  readonly titledByPerson: boolean;
  readonly runs: Iterable<Run> & { get(id: string): Run | undefined };
  readonly requests: Iterable<KnownRequest> & { get(id: string): KnownRequest | undefined };
}

/** What the decisions need from outside. */
export interface Decider {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The name that stands in acks which the server gives by itself. */
  readonly name: string;
  readonly createId: () => string;
  /** Whether a principal has the right `control` over a run. */
  readonly mayControl: (principal: string, run: Run) => boolean;
}

/** What a holder may ask for. Every command names its epoch: a lower one is a zombie's. */
export type HolderCommand = { readonly run: string; readonly epoch: number } & (
  | { readonly do: 'wait'; readonly for: string }
  | { readonly do: 'proceed' }
  | { readonly do: 'complete' }
  | { readonly do: 'cancelled' }
  | { readonly do: 'fail'; readonly error: RunError }
  | {
      readonly do: 'ack';
      readonly request: string;
      readonly state: AckState;
      readonly reason?: string | undefined;
      readonly place?: Place | undefined;
    }
  | { readonly do: 'usage'; readonly usage: Usage }
  | { readonly do: 'title'; readonly title: string }
);

export type RefusalCode =
  | 'no-such-run'
  /** The run is not to be claimed now: held, waiting its turn, or final. */
  | 'not-offered'
  /** The claim was lost: somebody holds a higher epoch, or nobody any more. */
  | 'stale-epoch'
  | 'not-holder'
  /** The run's table does not have this step. */
  | 'wrong-state'
  /** There is none on this run, or none that its holder answers. */
  | 'no-such-request'
  /** The request has its final answer already. */
  | 'already-answered'
  | 'titled-by-person'
  /** It says what no peer could read. */
  | 'malformed';

export type Outcome =
  | { readonly ok: true; readonly writes: readonly Write[] }
  | { readonly ok: false; readonly code: RefusalCode };

const refuse = (code: RefusalCode): Outcome => ({ ok: false, code });
const grant = (...writes: Write[]): Outcome =>
  writes.every(isReadable) ? { ok: true, writes } : refuse('malformed');

/**
 * Grants the run to a holder at the next epoch, or at a later one that a log of claims says.
 * Only what is offered can be claimed.
 */
export function claimRun(
  projection: Projection,
  decider: Decider,
  run: string,
  holder: string,
  atLeast = 1,
): Outcome {
  const wanted = projection.runs.get(run);
  if (wanted === undefined) return refuse('no-such-run');
  if (!isOffered(projection, wanted)) return refuse('not-offered');
  const epoch = Math.max((wanted.claim?.epoch ?? 0) + 1, atLeast);
  const claim = { holder, epoch, since: decider.now };
  const writes: Write[] = [
    { to: 'claim', run, value: claim },
    { to: 'status', run, value: { state: 'running', at: decider.now } },
  ];
  if (wanted.startedAt === null) writes.push({ to: 'startedAt', run, value: decider.now });
  return grant(...writes);
}

/** The claim was lost: visible as `stalled` until somebody takes over. */
export function loseClaim(
  projection: Projection,
  decider: Decider,
  run: string,
  epoch: number,
): Outcome {
  const held = projection.runs.get(run);
  if (held === undefined) return refuse('no-such-run');
  if (held.claim?.epoch !== epoch) return refuse('stale-epoch');
  if (runTable[held.status.state].lose === null) return refuse('wrong-state');
  return grant({ to: 'status', run, value: { state: 'stalled', at: decider.now } });
}

/** Ends a run that nobody holds: nobody took it, or it was tried too often. */
export function abandonRun(
  projection: Projection,
  decider: Decider,
  run: string,
  error: RunError,
): Outcome {
  const left = projection.runs.get(run);
  if (left === undefined) return refuse('no-such-run');
  if (left.status.state !== 'queued' && left.status.state !== 'stalled')
    return refuse('wrong-state');
  return grant(
    ...endRun(projection, decider, left, {
      state: 'failed',
      at: decider.now,
      error: clipError(error),
    }),
  );
}

const clipError = (error: RunError): RunError => ({
  code: clip(error.code, limits.nameCharsMax),
  message: clip(error.message, limits.sentenceCharsMax),
});

/** Answers a holder's command, or refuses it with the reason. Sentences that are too long are cut. */
export function obeyHolder(
  projection: Projection,
  decider: Decider,
  holder: string,
  command: HolderCommand,
): Outcome {
  const run = projection.runs.get(command.run);
  if (run === undefined) return refuse('no-such-run');
  if (run.claim === null || run.claim.epoch !== command.epoch) return refuse('stale-epoch');
  if (run.claim.holder !== holder) return refuse('not-holder');
  if (!isHeld(run.status.state)) return refuse('wrong-state');
  const now = decider.now;
  switch (command.do) {
    case 'wait':
      return advance(run, 'wait', {
        state: 'waiting',
        at: now,
        for: clip(command.for, limits.nameCharsMax),
      });
    case 'proceed':
      return advance(run, 'proceed', { state: 'running', at: now });
    case 'complete':
      return grant(...endRun(projection, decider, run, { state: 'complete', at: now }));
    case 'cancelled':
      return grant(
        ...endRun(projection, decider, run, { state: 'cancelled', at: now, why: 'asked' }),
      );
    case 'fail':
      return grant(
        ...endRun(projection, decider, run, {
          state: 'failed',
          at: now,
          error: clipError(command.error),
        }),
      );
    case 'ack':
      return answer(projection, decider, run, command);
    case 'usage':
      return grant({ to: 'usage', run: run.id, value: command.usage });
    case 'title':
      if (projection.titledByPerson) return refuse('titled-by-person');
      return grant({ to: 'title', value: clip(command.title, limits.titleCharsMax) });
  }
}

function advance(run: Run, event: RunEvent, to: RunStatus): Outcome {
  if (runTable[run.status.state][event] !== to.state) return refuse('wrong-state');
  return grant({ to: 'status', run: run.id, value: to });
}

function answer(
  projection: Projection,
  decider: Decider,
  run: Run,
  command: Extract<HolderCommand, { do: 'ack' }>,
): Outcome {
  const request = projection.requests.get(command.request);
  if (request === undefined || request.run !== run.id) return refuse('no-such-request');
  if (request.kind === 'replace') return refuse('no-such-request');
  if (!ackTable[request.state].includes(command.state)) return refuse('already-answered');
  if (isRival(projection, request, command.state)) return refuse('already-answered');
  const takes = request.kind === 'steer' && request.state === 'requested' && isYes(command.state);
  if (takes && !areWaiting(projection, request)) return refuse('already-answered');
  const ack: Ack = {
    state: command.state,
    by: defined(run.claim, 'the claim of a held run').holder,
    at: decider.now,
    reason: command.reason && clip(command.reason, limits.sentenceCharsMax),
    place: command.place,
  };
  const writes: Write[] = [{ to: 'ack', run: run.id, request: request.id, value: ack }];
  if (takes) writes.push(...takeFromQueue(projection, decider, request.queued, run.id));
  return grant(...writes);
}

const isYes = (state: AckState): boolean => state === 'accepted' || state === 'settled';

/** Whether the words of a steer are where it says, in the queue, and not on their way out of it. */
function areWaiting(projection: Projection, steer: KnownRequest & { kind: 'steer' }): boolean {
  const words = projection.runs.get(steer.queued);
  if (words?.status.state !== 'queued' || words.message !== steer.message) return false;
  return cancelReaching(projection, words.id) === undefined;
}

/** Whether another decision on the same tool call, or another answer to it, has been accepted already. */
function isRival(projection: Projection, request: KnownRequest, to: AckState): boolean {
  if (request.state !== 'requested' || !isYes(to)) return false;
  if (request.kind === 'answer') {
    return answeredBy(projection, request.run, request.call) !== undefined;
  }
  if (request.kind !== 'approve' && request.kind !== 'deny') return false;
  return decidedBy(projection, request.run, request.call) !== undefined;
}

/** The answer to a tool call that won, if one has. */
export function answeredBy(
  projection: Pick<Projection, 'requests'>,
  run: string,
  call: string,
): Extract<KnownRequest, { kind: 'answer' }> | undefined {
  for (const request of projection.requests) {
    if (request.kind !== 'answer' || request.run !== run || request.call !== call) continue;
    if (request.state === 'accepted' || request.state === 'settled') return request;
  }
  return undefined;
}

/** The decision on a tool call that won, if one has. */
export function decidedBy(
  projection: Pick<Projection, 'requests'>,
  run: string,
  call: string,
): KnownRequest | undefined {
  for (const request of projection.requests) {
    if (request.kind !== 'approve' && request.kind !== 'deny') continue;
    if (request.run !== run || request.call !== call) continue;
    if (request.state === 'accepted' || request.state === 'settled') return request;
  }
  return undefined;
}

/** A steer that was read carries its words away from the queue. */
function takeFromQueue(
  projection: Projection,
  decider: Decider,
  queued: string,
  into: string,
): Write[] {
  const run = projection.runs.get(queued);
  if (run?.status.state !== 'queued') return [];
  return endRun(projection, decider, run, {
    state: 'cancelled',
    at: decider.now,
    why: 'steered',
    run: into,
  });
}

/** Ends a run and answers every request on it that is still open: nothing is left waiting. */
export function endRun(
  projection: Projection,
  decider: Decider,
  run: Run,
  status: Extract<RunStatus, { state: 'complete' | 'cancelled' | 'failed' }>,
): Write[] {
  const writes: Write[] = [{ to: 'status', run: run.id, value: status }];
  for (const request of projection.requests) {
    if (request.run !== run.id) continue;
    const state = closing(request, status);
    if (state === undefined) continue;
    const reason = state === 'void' ? 'run-final' : undefined;
    const value = { state, by: decider.name, at: decider.now, reason };
    writes.push({ to: 'ack', run: run.id, request: request.id, value });
  }
  return writes;
}

/** A cancel of a run that was cancelled took effect, acked or not, and goes on to reach what is below. */
function closing(request: KnownRequest, status: RunStatus): AckState | undefined {
  if (request.state === 'accepted') return 'settled';
  if (request.state !== 'requested') return undefined;
  const stopped =
    status.state === 'cancelled' && (status.why === 'asked' || status.why === 'withdrawn');
  return request.kind === 'cancel' && stopped ? 'settled' : 'void';
}

/** Whether a holder may claim the run now. */
export function isOffered(projection: Projection, run: Run): boolean {
  const { state } = run.status;
  if (state !== 'queued' && state !== 'stalled') return false;
  if (cancelReaching(projection, run.id) !== undefined) return false;
  if (state === 'stalled') return true;
  if (!isAdmitted(run) || steersNow(projection, run.id)) return false;
  if (run.parentRun !== undefined) return true;
  return projection.policy === 'concurrent' || isNext(projection, run);
}

/** Whether the words of a queued run are on their way into another run that still goes on. */
function steersNow(projection: Projection, queued: string): boolean {
  for (const request of projection.requests) {
    if (request.kind !== 'steer' || request.queued !== queued) continue;
    if (request.state !== 'requested') continue;
    const target = projection.runs.get(request.run);
    if (target !== undefined && isAdmitted(target) && !isFinal(target.status.state)) return true;
  }
  return false;
}

/** A run that is not may never be: one whose parent does not come. */
const isAdmitted = ({ status }: Run): boolean =>
  status.state !== 'queued' || status.at !== undefined;

/** Whether nothing is active and nothing that could start is queued before it. */
function isNext(projection: Projection, run: Run): boolean {
  for (const other of projection.runs) {
    if (other.parentRun !== undefined || other.id === run.id) continue;
    const { state } = other.status;
    if (isFinal(state)) continue;
    if (state !== 'queued') return false;
    if (compareQueued(other, run) < 0 && !steersNow(projection, other.id)) return false;
  }
  return true;
}

/** The cancel that reaches a run: on itself, or on one above it with the scope `tree`. */
export function cancelReaching(
  projection: Pick<Projection, 'runs' | 'requests'>,
  run: string,
): KnownRequest | undefined {
  let at = projection.runs.get(run);
  for (let depth = 0; at !== undefined && depth <= limits.runDepthMax; depth++) {
    for (const request of projection.requests) {
      if (request.kind !== 'cancel' || request.run !== at.id) continue;
      if (request.state === 'refused' || request.state === 'void') continue;
      if (depth === 0 || request.scope === 'tree') return request;
    }
    at = at.parentRun === undefined ? undefined : projection.runs.get(at.parentRun);
  }
  return undefined;
}
