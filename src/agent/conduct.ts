// From a claim to exactly one end. It runs the handler, tells it to stop when somebody asks, gives
// it a little time for last words, and then says how the run ended, once: the server decides
// which of two ends that race was first, and everything after it is refused.
//
//     handler returns ---------------------> complete
//     handler throws ----------------------> failed, with words that are safe to show
//     cancel --last words, bounded---------> cancelled
//     the claim is lost -------------------> nothing: it is somebody else's
//     drain --handler not done in time-----> given back, for another to go on

import { clip } from '../base/text.ts';
import { cancelReaching, type KnownRequest } from '../session/bookkeeping.ts';
import type { Lane } from '../session/lane.ts';
import { SessionError } from '../session/error.ts';
import { limits as session } from '../session/limits.ts';
import { isHeld, type RunError } from '../session/run.ts';
import { isEnd, RunFailure, type Stop } from './error.ts';
import type { Hold, HolderAction, Loss } from './hold.ts';
import { limits } from './limits.ts';
import { AgentRun } from './run.ts';
import { Seat, type SeatParts } from './seat.ts';

export type Handler = (run: AgentRun) => Promise<void> | void;

/**
 * What happens to a run that a former holder left. `restart` takes away what it wrote and calls the
 * handler, `continue` leaves it for the handler to go on with (`run.partial`), `fail` ends the
 * run; a function is a handler for such runs.
 */
export type OnResume = 'restart' | 'continue' | 'fail' | Handler;

export interface Conduct {
  readonly handler: Handler;
  readonly onResume?: OnResume;
  /** How often a run may be claimed before it fails; 3 where absent. */
  readonly attempts?: number;
  /** How long a cancelled handler may go on, in milliseconds; 2,000 where absent. */
  readonly lastWordsMs?: number;
  /** How long handlers may go on when their process is about to stop; 10,000 where absent. */
  readonly drainMs?: number;
  /** Hears what a handler threw, for logs: none of it is shown to anybody. */
  readonly onError?: (error: unknown, run: AgentRun) => void;
}

export type Ending =
  | { readonly end: 'complete' | 'cancelled' }
  | { readonly end: 'failed'; readonly error: RunError }
  /** The claim was lost, or given back: somebody else goes on. */
  | { readonly end: Loss | 'given-back' };

/** How a handler came to its end. */
type Handled =
  | { readonly how: 'returned' }
  /** Its time was up. */
  | { readonly how: 'cut' }
  | { readonly how: 'failed'; readonly error: RunError };

/** Carries out one run. Never rejects. `drain` fires when the process is about to stop. */
export async function conduct(
  parts: SeatParts,
  options: Conduct,
  drain?: AbortSignal,
): Promise<Ending> {
  let seat: Seat;
  try {
    seat = new Seat(parts);
  } catch (error) {
    return failUnbegun(parts.hold, error);
  }
  return new Conductor(seat, options).conduct(drain);
}

/** The reply could not even be begun: the session is full, or the document is not what was granted. */
async function failUnbegun(hold: Hold, cause: unknown): Promise<Ending> {
  const isOurs = cause instanceof SessionError;
  const error = isOurs ? { code: cause.code, message: cause.message } : errorOf(cause);
  const told = await hold.tell({ do: 'fail', error });
  await hold.release(hold.lanes);
  return told.ok ? { end: 'failed', error } : { end: 'lost' };
}

class Conductor {
  #seat: Seat;
  #options: Conduct;
  /** The cancel that reached the run. */
  #cancel: KnownRequest | undefined;
  #timer: () => void = () => undefined;
  #cutOff: () => void = () => undefined;

  constructor(seat: Seat, options: Conduct) {
    this.#seat = seat;
    this.#options = options;
  }

  async conduct(drain: AbortSignal | undefined): Promise<Ending> {
    const seat = this.#seat;
    const stopHearing = seat.changed.subscribe(() => this.#look());
    const drained = (): void => this.#drain();
    drain?.addEventListener('abort', drained, { once: true });
    const cut = new Promise<Handled>((resolve) => {
      this.#cutOff = () => resolve({ how: 'cut' });
    });
    void seat.ended.then(() => this.#cutOff());
    try {
      this.#look();
      if (drain?.aborted === true) drained();
      const handled = await Promise.race([this.#handle(new AgentRun(seat)), cut]);
      return await this.#end(handled);
    } finally {
      drain?.removeEventListener('abort', drained);
      stopHearing();
      this.#timer();
      await seat.hold.release(lanesOf(seat));
    }
  }

  /** Never rejects. */
  async #handle(run: AgentRun): Promise<Handled> {
    try {
      const handler = this.#handlerOf(run);
      if (typeof handler === 'object') return { how: 'failed', error: handler };
      if (!this.#seat.signal.aborted) await handler(run);
      return { how: 'returned' };
    } catch (error) {
      if (!isEnd(error)) this.#report(error, run);
      return { how: 'failed', error: errorOf(error) };
    }
  }

  /** Who answers: the handler, the one for runs that were left, or nobody. */
  #handlerOf(run: AgentRun): Handler | RunError {
    const { handler, onResume = 'restart', attempts = limits.attemptsMax } = this.#options;
    if (run.epoch > attempts) {
      return { code: 'attempts', message: `Nobody could finish this in ${attempts} attempts.` };
    }
    if (run.partial === null || onResume === 'continue') return handler;
    if (onResume === 'fail') {
      return { code: 'crashed', message: 'The agent that wrote this is gone.' };
    }
    if (onResume !== 'restart') return onResume;
    run.restart();
    return handler;
  }

  #report(error: unknown, run: AgentRun): void {
    try {
      this.#options.onError?.(error, run);
    } catch {
      // Whoever listens for errors must not decide how a run ends.
    }
  }

  /** Something changed: was the run taken, is it to stop? */
  #look(): void {
    const seat = this.#seat;
    if (!seat.isOpen) return;
    const { status, claim } = seat.run;
    const { epoch } = seat.hold;
    if (claim !== null && claim.epoch > epoch) return seat.lose('taken-over');
    if (claim?.epoch === epoch && !isHeld(status.state)) return seat.lose('lost');
    if (this.#cancel !== undefined) return;
    const cancel = cancelReaching(seat.session.view, seat.hold.run);
    if (cancel === undefined) return;
    this.#cancel = cancel;
    const { by, id: request, reason } = cancel;
    if (cancel.run === seat.hold.run && cancel.state === 'requested') {
      void seat.tell({ do: 'ack', request, state: 'accepted', place: seat.place });
    }
    this.#stop({ why: 'cancelled', by, request, reason });
  }

  /** Fires the signal; what the handler still wants to say, it says soon. */
  #stop(stop: Stop): void {
    this.#timer();
    const { lastWordsMs = limits.lastWordsMs } = this.#options;
    this.#timer = this.#seat.clock.after(lastWordsMs, this.#cutOff);
    this.#seat.stop(stop);
  }

  /** Handlers may finish what they do; those that take too long give their run back. */
  #drain(): void {
    if (this.#seat.signal.aborted) return;
    const { drainMs = limits.drainMs } = this.#options;
    this.#timer = this.#seat.clock.after(drainMs, () => this.#stop({ why: 'drain' }));
  }

  async #end(handled: Handled): Promise<Ending> {
    const seat = this.#seat;
    // The document may say more by now than when the handler looked.
    this.#look();
    if (!seat.isOpen) return { end: seat.loss ?? 'lost' };
    const wanted = this.#seal(this.#wanted(handled));
    const { place, hold } = seat;
    const cancel = this.#cancel;
    if (wanted.end === 'cancelled' && cancel?.run === hold.run) {
      await hold.tell({ do: 'ack', request: cancel.id, state: 'settled', place });
    }
    const action = actionOf(wanted);
    if (action === undefined) return wanted;
    const told = await hold.tell(action);
    return told.ok ? wanted : { end: told.code === 'lost' ? 'lost' : 'taken-over' };
  }

  #wanted(handled: Handled): Ending {
    if (this.#cancel !== undefined) return { end: 'cancelled' };
    if (this.#seat.signal.aborted) return { end: 'given-back' };
    if (handled.how === 'failed') return { end: 'failed', error: handled.error };
    return { end: 'complete' };
  }

  /** Writes the last of it. Where that fails (the session is full), so does the run. */
  #seal(wanted: Ending): Ending {
    try {
      this.#seat.seal(wanted.end !== 'given-back');
      return wanted;
    } catch (error) {
      return wanted.end === 'complete' ? { end: 'failed', error: errorOf(error) } : wanted;
    }
  }
}

/** Where all lanes of the claim stand, those that were not used included. */
function lanesOf({ hold, reply }: Seat): readonly Lane[] {
  const used = new Map(reply.lanes.map((lane) => [lane.client, lane]));
  return hold.lanes.map((lane) => used.get(lane.client) ?? lane);
}

/** What to ask of the server; undefined where the run goes on with somebody else. */
function actionOf(ending: Ending): HolderAction | undefined {
  switch (ending.end) {
    case 'complete':
    case 'cancelled':
      return { do: ending.end };
    case 'failed':
      return { do: 'fail', error: ending.error };
    default:
      return undefined;
  }
}

/** What people may read of an error: the words of a `RunFailure`, and of nothing else. */
function errorOf(error: unknown): RunError {
  if (error instanceof SessionError && error.code === 'session-full') {
    return { code: error.code, message: error.message };
  }
  if (!(error instanceof RunFailure)) {
    return { code: 'failed', message: 'The agent failed while it was answering.' };
  }
  const message = clip(error.message.toWellFormed(), session.sentenceCharsMax);
  const code = clip(error.code.toWellFormed(), session.nameCharsMax);
  return { code, message };
}
