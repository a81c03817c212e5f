// Every way in which a request can fail, in one table: a code for programs, which never
// changes its meaning, its status, and a sentence for people. The body is
// `{"error":{"code":...,"message":...}}` and the facts that its reader needs to act.

import type { ErrorFacts } from '../../src/base/error.ts';
import { closeReasons } from '../../src/protocol/close.ts';
import { jsonAnswer, type Answer, type AnswerHeaders } from './answer.ts';
import { httpLimits } from './limits.ts';

export const failures = {
  'bad-request': [400, 'This request was not understood.'],
  token: [401, closeReasons.token.sentence],
  forbidden: [403, 'You may not do this here.'],
  'wrong-host': [403, 'This server does not answer to the name by which it was asked.'],
  'wrong-origin': [403, 'Pages of this origin may not speak to this server.'],
  'not-local': [403, 'Only a page of this server, on its own machine, is given a token.'],
  /** Also for what is there and not yours: the answer is the same. */
  missing: [404, closeReasons.missing.sentence],
  'no-such-address': [404, 'There is nothing at this address.'],
  method: [405, 'This address does not take this method.'],
  slow: [408, 'The request took too long to arrive. Send it again.'],
  'last-owner': [409, 'A session has an owner: make somebody else one first.'],
  'too-many': [409, 'There are as many as there may be. Remove some that are not needed.'],
  'length-required': [411, 'Say how long the body is: Content-Length is missing.'],
  'too-large': [413, 'This is too large.'],
  'desk-full': [413, 'There are too many rows. Remove some that are not needed.'],
  'session-full': [413, 'This session has no room for more files.'],
  'target-too-long': [414, 'This address is too long.'],
  'media-type': [415, 'A body of this type is not taken here.'],
  range: [416, 'There is no such part of it.'],
  'other-bytes': [422, 'These bytes are not those of the hash in the address.'],
  unreadable: [422, 'This session was written by a newer version, or by something else.'],
  socket: [426, 'This address is for WebSockets.'],
  busy: [429, closeReasons.busy.sentence],
  internal: [500, 'Something went wrong on the server. Its log says more, under this id.'],
  unavailable: [503, 'The server cannot do this just now. Try again in a while.'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type FailureCode = keyof typeof failures;

export function failure(
  code: FailureCode,
  facts: ErrorFacts = {},
  headers: AnswerHeaders = {},
): Answer {
  const [status, message] = failures[code];
  return jsonAnswer({ error: { code, message, ...facts } }, status, headers);
}

/** A failure that ends by itself. */
export function passing(code: 'busy' | 'unavailable', facts: ErrorFacts = {}): Answer {
  return failure(code, facts, { 'retry-after': String(httpLimits.retryAfterSeconds) });
}
