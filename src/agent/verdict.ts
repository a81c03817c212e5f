// What people, or their devices, say about a tool call: whether it may be made, or what it gave where a
// device made it. The question binds to a hash of the arguments; of all that is said the first that
// the holder reads wins, and is acted upon only once its ack is durable. Whoever takes the run
// over finds the ack and obeys it: nothing is ever decided twice.

import { clip } from '../base/text.ts';
import { answeredBy, decidedBy } from '../session/bookkeeping.ts';
import type { ToolAnswer } from '../session/control.ts';
import { limits } from '../session/limits.ts';
import type { Decision } from '../session/tool.ts';
import type { View } from '../session/view.ts';
import { agentError } from './error.ts';
import { type CallRequest, openAnswers, openDecisions } from './requests.ts';
import type { Seat } from './seat.ts';

export interface Question {
  readonly call: string;
  /** Of the arguments that people are shown. */
  readonly hash: string;
  /** Milliseconds since 1970: from then on silence is an answer. */
  readonly deadline: number | undefined;
}

/** One kind of question. */
interface Manner<Verdict> {
  readonly waitsFor: string;
  readonly open: (view: View, run: string, call: string) => readonly CallRequest[];
  /** What was accepted before. */
  readonly won: (view: View, run: string, call: string) => CallRequest | undefined;
  readonly verdictOf: (request: CallRequest) => Verdict;
  /** What silence means after the deadline. */
  readonly silence: Verdict;
}

const approval: Manner<Decision> = {
  waitsFor: 'approval',
  open: openDecisions,
  won: (view, run, call) => callRequest(decidedBy(view, run, call)),
  verdictOf: ({ kind, id, by, reason }) => ({
    approved: kind === 'approve',
    request: id,
    by,
    ...(reason !== undefined && { reason: clip(reason, limits.sentenceCharsMax) }),
  }),
  silence: { approved: false, reason: 'deadline' },
};

const noAnswer: ToolAnswer = { error: 'No device has answered in time.' };

const answer: Manner<ToolAnswer> = {
  waitsFor: 'answer',
  open: openAnswers,
  won: (view, run, call) => answeredBy(view, run, call),
  verdictOf: (request) => (request.kind === 'answer' ? request.result : noAnswer),
  silence: noAnswer,
};

/** Whether people allow it, once that is durable. Rejects when the run is stopped before. */
export const awaitDecision = (seat: Seat, question: Question): Promise<Decision> =>
  new Asking(seat, question, approval).verdict();

/** What a device gave, once that is durable. */
export const awaitAnswer = (seat: Seat, question: Question): Promise<ToolAnswer> =>
  new Asking(seat, question, answer).verdict();

/** A request that was read, and why it does not count. */
interface Read {
  readonly request: CallRequest;
  readonly refusal: string | undefined;
}

class Asking<Verdict> {
  #seat: Seat;
  #question: Question;
  #manner: Manner<Verdict>;
  /** Each request is answered once; the document says so a little later. */
  #answered = new Set<string>();
  #isLate = false;
  #stopAlarm: () => void = () => undefined;

  constructor(seat: Seat, question: Question, manner: Manner<Verdict>) {
    this.#seat = seat;
    this.#question = question;
    this.#manner = manner;
  }

  async verdict(): Promise<Verdict> {
    const before = this.#before();
    if (before !== undefined) return before.verdict;
    const proceed = await this.#seat.waitFor(this.#manner.waitsFor);
    this.#setAlarm();
    try {
      for (;;) {
        const found = await this.#seat.until(() => this.#before() ?? this.#next());
        if ('verdict' in found) return found.verdict;
        const told = await this.#tell(found);
        if (told && found.refusal === undefined) return this.#manner.verdictOf(found.request);
        // Where it was answered by somebody else the document says how, or will.
      }
    } finally {
      this.#stopAlarm();
      await proceed();
    }
  }

  /** What won already, by this holder's ack or by a former one's. */
  #before(): { readonly verdict: Verdict } | undefined {
    const { call, hash } = this.#question;
    const won = this.#manner.won(this.#seat.session.view, this.#seat.hold.run, call);
    if (won === undefined) return undefined;
    if (won.hash === hash) return { verdict: this.#manner.verdictOf(won) };
    throw agentError(
      'call-decided',
      `The tool call ${call} was decided with other arguments; use another id.`,
      { call },
    );
  }

  /** What there is to answer, or the silence after the deadline. */
  #next(): Read | { readonly verdict: Verdict } | undefined {
    const { call, hash } = this.#question;
    const open = this.#manner.open(this.#seat.session.view, this.#seat.hold.run, call);
    for (const request of open) {
      if (this.#answered.has(request.id)) continue;
      this.#answered.add(request.id);
      const isOther = request.hash !== hash;
      const refusal = isOther ? 'other-arguments' : this.#isLate ? 'deadline' : undefined;
      return { request, refusal };
    }
    return this.#isLate ? { verdict: this.#manner.silence } : undefined;
  }

  /** False where it has another answer already. */
  async #tell({ request, refusal }: Read): Promise<boolean> {
    const told = await this.#seat.tell({
      do: 'ack',
      request: request.id,
      state: refusal === undefined ? 'accepted' : 'refused',
      reason: refusal,
      place: { ...this.#seat.place, part: this.#question.call, chars: undefined },
    });
    return told.ok;
  }

  #setAlarm(): void {
    const { deadline } = this.#question;
    if (deadline === undefined) return;
    const left = deadline - this.#seat.clock.now();
    if (left > 0) {
      // A timer is told no more than a day, which every platform can count.
      this.#stopAlarm = this.#seat.clock.after(Math.min(left, DAY_MS), () => this.#setAlarm());
      return;
    }
    this.#isLate = true;
    this.#seat.changed.emit();
  }
}

const DAY_MS = 24 * 60 * 60 * 1_000;

function callRequest(request: ReturnType<typeof decidedBy>): CallRequest | undefined {
  return request?.kind === 'approve' || request?.kind === 'deny' ? request : undefined;
}
