// A step: a bracket that is tried again when it fails, each attempt replacing what the one before
// wrote. An attempt fails by throwing. Not tried again is what would fail again (a mistake in
// using the run, words meant for people) and what has no time left (the run was stopped).

import { below } from '../base/chance.ts';
import { HoldfastError } from '../base/error.ts';
import { AgentError, agentError, RunFailure, RunStopped } from './error.ts';
import { limits } from './limits.ts';
import type { Seat } from './seat.ts';

export interface StepOptions {
  /** How often it is tried, 3 where absent. */
  readonly attempts?: number;
  /** The pause before the second attempt, doubled each time, and up to half of it more by chance. */
  readonly pauseMs?: number;
  /** Whether this error is worth another attempt. */
  readonly retry?: (error: unknown) => boolean;
}

export interface Step {
  /** Stands in the parts that it writes and in the acks of steers. */
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
}

/** What an attempt writes through. */
export interface Attempt {
  /** Takes back what it wrote. */
  drop(): void;
  /** It stays. */
  keep(): void;
}

export async function takeStep<Result>(
  seat: Seat,
  id: string,
  options: StepOptions,
  begin: () => Attempt,
  work: (step: Step) => Promise<Result> | Result,
): Promise<Result> {
  const { attempts = limits.stepAttemptsMax, pauseMs = limits.stepPauseMs, retry } = options;
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw agentError('bad-input', 'A step is tried once or more often.', { attempts });
  }
  for (let attempt = 1; ; attempt++) {
    const written = begin();
    try {
      seat.signal.throwIfAborted();
      const result = await seat.orStopped(Promise.resolve(work({ id, attempt })));
      written.keep();
      return result;
    } catch (error) {
      if (attempt === attempts || !isWorthIt(seat, error, retry)) {
        written.keep();
        throw error;
      }
      written.drop();
    }
    await seat.pause(pauseFor(seat, pauseMs, attempt));
  }
}

function isWorthIt(seat: Seat, error: unknown, retry: StepOptions['retry']): boolean {
  if (seat.signal.aborted || error instanceof RunStopped || error instanceof AgentError)
    return false;
  if (retry !== undefined) return retry(error);
  if (error instanceof HoldfastError) return error.retryable;
  return !(error instanceof RunFailure);
}

function pauseFor(seat: Seat, pauseMs: number, attempt: number): number {
  const whole = Math.min(pauseMs * 2 ** (attempt - 1), limits.stepPauseMsMax);
  return whole + below(seat.chance, Math.floor(whole / 2) + 1);
}
