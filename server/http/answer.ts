// What a handler gives back: a value, so that a test can read it, and so that one place
// (send.ts) does what every response needs.

import type { Readable } from 'node:stream';

/** Bytes that are read while they are sent, and not at all for a HEAD. */
export interface StreamBody {
  readonly bytes: number;
  readonly open: () => Readable;
}

/** Names in lower case, so that one can be put in another's place. */
export type AnswerHeaders = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers?: AnswerHeaders;
  readonly body?: string | Uint8Array | StreamBody;
}

export function jsonAnswer(value: unknown, status = 200, headers: AnswerHeaders = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}

export const nothing: Answer = { status: 204 };
