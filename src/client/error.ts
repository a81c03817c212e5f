// What the client can refuse or fail with, towards an app. What is expected to happen to a
// write (it is refused, it cannot be stored) is a state of that write and no error; a promise
// that waits for another end is rejected with one of these.

import { type ErrorFacts, HoldfastError } from '../base/error.ts';

export type ClientErrorCode =
  /** The client or the session handle was closed. */
  | 'closed'
  /** Nothing of the session was read yet. */
  | 'not-ready'
  /** This principal may not do this here; nothing was written. */
  | 'read-only'
  /** The server refused what was written; it is kept as a draft. */
  | 'refused'
  /** Who writes is not known yet: there is no token, and nobody was here before. */
  | 'no-principal'
  /** The token function failed, or gave no token. */
  | 'token'
  | 'bad-input'
  /** A file is larger than a session takes, or the session has too many. */
  | 'file-too-large'
  | 'file-refused'
  | 'file-missing'
  /** The bytes that came are not those of the hash. */
  | 'file-damaged'
  | 'cancelled'
  /** There is no network, and it is not stored here. */
  | 'offline';

export class ClientError extends HoldfastError<ClientErrorCode> {
  override readonly name = 'ClientError';
}

/** Makes the error to throw; `facts` hold the ids and numbers that the message speaks of. */
export function clientError(
  code: ClientErrorCode,
  message: string,
  facts: ErrorFacts = {},
): ClientError {
  const retryable = code === 'offline' || code === 'token';
  return new ClientError(code, message, { facts, retryable });
}
