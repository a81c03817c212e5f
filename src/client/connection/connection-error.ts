// What goes wrong beside a connection and does not end it by itself: the app's token function
// failed, the server said so, or what it said makes no sense.

import { HoldfastError } from '../../base/error.ts';

export type ConnectionErrorCode =
  /** The app's function gave no token. */
  | 'token-unavailable'
  /** The server said that something failed; its own code is among the facts. */
  | 'server'
  /** What came from the server cannot be understood. */
  | 'not-understood'
  /** There is no such address, or the platform would not dial it. */
  | 'not-dialled';

export class ConnectionError extends HoldfastError<ConnectionErrorCode> {
  override readonly name = 'ConnectionError';
}

export function tokenUnavailable(cause: unknown): ConnectionError {
  const message = 'No token was given. It is asked for again; see the cause.';
  return new ConnectionError('token-unavailable', message, { retryable: true, cause });
}

export function notUnderstood(cause: unknown): ConnectionError {
  const message = 'What the server sent makes no sense here. The connection is made anew.';
  return new ConnectionError('not-understood', message, { retryable: true, cause });
}

export function notDialled(cause: unknown): ConnectionError {
  const message = 'The address of the server cannot be dialled. Check `url`.';
  return new ConnectionError('not-dialled', message, { cause });
}

/** The server's own code is the fact `code`. */
export function serverError(code: string, message: string, retryable: boolean): ConnectionError {
  return new ConnectionError('server', message, { facts: { code }, retryable });
}
