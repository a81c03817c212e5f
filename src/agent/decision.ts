// Asking people whether a tool may be called. The question binds to a hash of the arguments; of all
// decisions the first that the holder reads wins, and is acted upon only once its ack is durable.
// Whoever takes the run over finds the ack and obeys it: nothing is ever decided twice.

import { decidedBy } from '../session/bookkeeping.ts';
import { clip } from '../base/text.ts';
import { limits } from '../session/limits.ts';
import type { Decision } from '../session/tool.ts';
import { agentError } from './error.ts';
import { type DecisionRequest, openDecisions } from './requests.ts';
import type { Seat } from './seat.ts';

export interface Question {
  readonly call: string;
  /** Of the arguments that people are shown. */
  readonly hash: string;
  /** Milliseconds since 1970: from then on silence is a denial. */
  readonly deadline: number | undefined;
}

/** The decision, once it is durable. Rejects when the run is stopped before. */
export async function awaitDecision(seat: Seat, question: Question): Promise<Decision> {
  const before = decided(seat, question);
  if (before !== undefined) return before;
  const proceed = await seat.waitFor('approval');
  const alarm = alarmAt(seat, question.deadline);
  try {
    for (;;) {
      const found = await seat.until(() => decided(seat, question) ?? next(seat, question, alarm));
      if ('approved' in found) return found;
      const { refusal } = found;
      if (await answer(seat, question, found.request, refusal)) {
        if (refusal === undefined) return decisionOf(found.request);
      }
      // Somebody else's answer: it is in the document, or will be.
      await seat.orStopped(Promise.resolve());
    }
  } finally {
    alarm.cancel();
    await proceed();
  }
}

interface Found {
  readonly request: DecisionRequest;
  /** Why it does not count. */
  readonly refusal?: string;
}

interface Alarm {
  rung: boolean;
  readonly refused: Set<string>;
  readonly cancel: () => void;
}

function alarmAt(seat: Seat, deadline: number | undefined): Alarm {
  const alarm = { rung: false, refused: new Set<string>(), cancel: (): void => undefined };
  if (deadline === undefined) return alarm;
  const ring = (): void => {
    const left = deadline - seat.clock.now();
    // A timer is told no more than a day, which every platform can count.
    if (left > 0) {
      alarm.cancel = seat.clock.after(Math.min(left, DAY_MS), ring);
      return;
    }
    alarm.rung = true;
    seat.changed.emit();
  };
  ring();
  return alarm;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What there is to answer, or the silence after the deadline. */
function next(seat: Seat, question: Question, alarm: Alarm): Found | Decision | undefined {
  for (const request of openDecisions(seat.session.view, seat.hold.run, question.call)) {
    if (alarm.refused.has(request.id)) continue;
    const isOther = request.hash !== question.hash;
    const refusal = isOther ? 'other-arguments' : alarm.rung ? 'deadline' : undefined;
    alarm.refused.add(request.id);
    return refusal === undefined ? { request } : { request, refusal };
  }
  return alarm.rung ? { approved: false, reason: 'deadline' } : undefined;
}

/** Answers a request. False where it has another answer already. */
async function answer(
  seat: Seat,
  question: Question,
  request: DecisionRequest,
  refusal: string | undefined,
): Promise<boolean> {
  const told = await seat.tell({
    do: 'ack',
    request: request.id,
    state: refusal === undefined ? 'accepted' : 'refused',
    reason: refusal,
    place: { ...seat.place, part: question.call, chars: undefined },
  });
  return told.ok;
}

/** The decision that won already, by this holder's ack or by a former one's. */
function decided(seat: Seat, question: Question): Decision | undefined {
  const winner = decidedBy(seat.session.view, seat.hold.run, question.call);
  if (winner?.kind !== 'approve' && winner?.kind !== 'deny') return undefined;
  if (winner.hash === question.hash) return decisionOf(winner);
  throw agentError(
    'call-decided',
    `The tool call ${question.call} was decided with other arguments; use another id.`,
    { call: question.call },
  );
}

function decisionOf(request: Pick<DecisionRequest, 'kind' | 'id' | 'by' | 'reason'>): Decision {
  const { kind, id, by, reason } = request;
  const why = reason === undefined ? {} : { reason: clip(reason, limits.sentenceCharsMax) };
  return { approved: kind === 'approve', request: id, by, ...why };
}
