// What a handler meets. `AgentError` is a mistake in how the run was used, `RunStopped` says that
// the run is not the handler's any more (or soon will not be), and `RunFailure` is what a handler
// throws itself, with words that are meant for people: whatever else it throws is not shown.

import { type ErrorFacts, HoldfastError } from '../base/error.ts';

export type AgentErrorCode =
  /** The run has ended; nothing more can be written. */
  | 'run-ended'
  /** What was given cannot be taken: no text, an unknown chunk, a part of another kind. */
  | 'bad-input'
  /** A step is open; steps follow one another. */
  | 'step-open'
  /** The part belongs to an attempt that failed, and is gone. */
  | 'part-dropped'
  /** A tool call of this id was decided with other arguments. */
  | 'call-decided'
  /** Another harness, agent or connection is needed first. */
  | 'not-found';

export class AgentError extends HoldfastError<AgentErrorCode> {
  override readonly name = 'AgentError';
}

export function agentError(
  code: AgentErrorCode,
  message: string,
  facts: ErrorFacts = {},
): AgentError {
  return new AgentError(code, message, { facts });
}

/** Why a run was taken from its handler. */
export type Stop =
  | {
      readonly why: 'cancelled';
      /** Who asked for it, and by which request. */
      readonly by: string;
      readonly request: string;
      readonly reason?: string | undefined;
    }
  /** The claim expired, or its connection ended for good. */
  | { readonly why: 'lost' }
  /** Somebody else holds the run. */
  | { readonly why: 'taken-over' }
  /** This process is about to stop. */
  | { readonly why: 'drain' };

const sentences: { readonly [Why in Stop['why']]: string } = {
  cancelled: 'The run was cancelled.',
  lost: 'The claim on the run was lost.',
  'taken-over': 'Somebody else has taken the run over.',
  drain: 'The agent is about to stop.',
};

/** The reason of a run's signal, and what waiting calls are rejected with. */
export class RunStopped extends HoldfastError<Stop['why']> {
  override readonly name = 'RunStopped';
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(stop.why, sentences[stop.why]);
    this.stop = stop;
  }
}

/** Throw it to end a run as failed with words that people read. Nothing secret. */
export class RunFailure extends Error {
  override readonly name = 'RunFailure';
  /** For programs: a code of the agent's own. */
  readonly code: string;

  constructor(message: string, code = 'failed') {
    super(message);
    this.code = code;
  }
}

/** Whether an error only says that the run is over for who meets it: no fault of anybody. */
export function isEnd(error: unknown): boolean {
  return error instanceof RunStopped || (error instanceof AgentError && error.code === 'run-ended');
}
