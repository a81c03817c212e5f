// Why a server does not listen.

import { HoldfastError } from '../src/base/error.ts';

/** The server cannot listen where it was told to. */
export class ListenError extends HoldfastError<'port-taken' | 'cannot-listen'> {
  override readonly name = 'ListenError';
}

export function listenError(error: Error, host: string, port: number): ListenError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} is taken by another program: stop that one, or choose another port with --port.`;
    return new ListenError('port-taken', message, { facts: { port }, cause: error });
  }
  const message = `The server cannot listen on ${host}:${port} (${error.message}).`;
  return new ListenError('cannot-listen', message, { facts: { host, port }, cause: error });
}
