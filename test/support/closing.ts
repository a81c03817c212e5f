// What must be true of the books at every moment, and once everything has ended.

import { isOffered } from '../../src/session/bookkeeping.ts';
import { isOpen } from '../../src/session/control.ts';
import { isFinal, type Run } from '../../src/session/run.ts';
import type { Picture } from './picture.ts';

/** All that is wrong at this moment. */
export function wrongNow(picture: Picture): readonly string[] {
  return [...wrongSteers(picture), ...wrongDecisions(picture), ...leftOpen(picture)];
}

/** Words that are a run's and an ordinary prompt as well. */
function wrongSteers(picture: Picture): readonly string[] {
  const wrong: string[] = [];
  const taken = new Map<string, string>();
  for (const steer of picture.requests) {
    if (steer.kind !== 'steer') continue;
    if (steer.state !== 'accepted' && steer.state !== 'settled') continue;
    const words = picture.runs.get(steer.queued);
    const { status, startedAt } = words ?? { status: undefined, startedAt: null };
    const carried = status?.state === 'cancelled' && status.why === 'steered';
    if (!carried || status.run !== steer.run)
      wrong.push(`${steer.id} took ${steer.queued} and left it`);
    if (startedAt !== null)
      wrong.push(`${steer.queued} was taken by ${steer.id} and began as well`);
    const other = taken.get(steer.queued);
    if (other !== undefined) wrong.push(`${steer.queued} was taken by ${other} and ${steer.id}`);
    taken.set(steer.queued, steer.id);
  }
  for (const run of picture.runs) {
    const steered = run.status.state === 'cancelled' && run.status.why === 'steered';
    if (steered && !taken.has(run.id))
      wrong.push(`${run.id} was taken by nobody: its words are lost`);
  }
  return wrong;
}

function wrongDecisions(picture: Picture): readonly string[] {
  const won = new Map<string, string>();
  const wrong: string[] = [];
  for (const decision of picture.requests) {
    if (decision.kind !== 'approve' && decision.kind !== 'deny') continue;
    if (decision.state !== 'accepted' && decision.state !== 'settled') continue;
    const call = `${decision.run}/${decision.call}`;
    const other = won.get(call);
    if (other !== undefined) wrong.push(`${call} was decided by ${other} and ${decision.id}`);
    won.set(call, decision.id);
  }
  return wrong;
}

/** What was accepted on a run that has ended, and not settled with it. */
function leftOpen(picture: Picture): readonly string[] {
  return [...picture.requests]
    .filter((one) => one.state === 'accepted' && isFinal(picture.stateOf(one.run) ?? 'queued'))
    .map((one) => `${one.id} is accepted on a run that has ended`);
}

/**
 * Goes on until nothing more can happen: whoever holds a run completes it, a stalled one is
 * abandoned, what is offered is taken. Returns what is wrong then; nothing may be left waiting.
 */
export function wrongAtTheEnd(picture: Picture): readonly string[] {
  const end = picture.clone();
  end.settle();
  for (let left = [...end.runs].length * 2 + 1; goOn(end); left--) {
    if (left === 0) return ['it goes on for ever'];
    end.settle();
  }
  const stuck = [...end.runs]
    .filter((run) => !isFinal(run.status.state) && !isOrphan(end, run))
    .map((run) => `${run.id} is ${run.status.state} for ever`);
  const unanswered = [...end.requests]
    .filter((one) => isOpen(one.state) && isFinal(end.stateOf(one.run) ?? 'queued'))
    .map((one) => `${one.id} is ${one.state} for ever`);
  return [...wrongNow(end), ...stuck, ...unanswered];
}

/** A sub-run is kept until the run that asked for it arrives, like a request. */
const isOrphan = (picture: Picture, { parentRun }: Run): boolean =>
  parentRun !== undefined && picture.runs.get(parentRun) === undefined;

/** One more step, if there is one. */
function goOn(picture: Picture): boolean {
  for (const run of picture.runs) {
    const { state } = run.status;
    if (state === 'stalled') return picture.abandon(run.id).ok;
    if (state === 'running' || state === 'waiting') {
      const { holder, epoch } = run.claim ?? { holder: '', epoch: 0 };
      return picture.obey(holder, { do: 'complete', run: run.id, epoch }).ok;
    }
    if (isOffered(picture, run)) return picture.claim(run.id, 'last').ok;
  }
  return false;
}
