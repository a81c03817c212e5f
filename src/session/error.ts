// What a verb of a session can be refused with. Each code is one situation that an
// app can tell apart and act on; the message says what to do.

import { type ErrorFacts, HoldfastError } from '../base/error.ts';

export type SessionErrorCode =
  /** The document was written by a newer Holdfast. */
  | 'schema-newer'
  /** `meta.schema` is not a schema this or any Holdfast has had. */
  | 'schema-unknown'
  /** The document already holds a session, or its roots are of other types. */
  | 'not-a-session'
  /** Nothing has arrived yet: the session has no `meta`. */
  | 'session-empty'
  | 'session-full'
  | 'not-found'
  | 'not-author'
  | 'bad-input'
  | 'too-large'
  /** The run has ended, or is not in a state that allows it. */
  | 'run-state'
  /** A lane's clock is not the document's, or the lane is this document's own client. */
  | 'lane-clock'
  /** The part is ended, or in a state that does not allow it. */
  | 'part-state';

export class SessionError extends HoldfastError<SessionErrorCode> {
  override readonly name = 'SessionError';
}

/** Makes the error to throw; `facts` hold the ids and numbers that the message speaks of. */
export function sessionError(
  code: SessionErrorCode,
  message: string,
  facts: ErrorFacts = {},
): SessionError {
  return new SessionError(code, message, { facts });
}
