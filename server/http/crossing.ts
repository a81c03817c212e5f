// Pages of other origins. A browser sends their requests here, so they are judged before
// anything is done: one that is not allowed is refused, whatever it asks. One that is may
// read the answers too (CORS). No cookie is ever looked at, so none has to be allowed.

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { judgeOrigin, type OriginRules } from '../access/origin.ts';
import type { Answer, AnswerHeaders } from './answer.ts';
import { failure } from './failure.ts';
import { httpLimits } from './limits.ts';

export type Crossing =
  | { readonly ok: true; readonly headers: AnswerHeaders }
  | { readonly ok: false; readonly answer: Answer };

const none: Crossing = { ok: true, headers: {} };

const READABLE = 'content-range, etag, holdfast-generation, retry-after, www-authenticate';
const SENDABLE = 'authorization, content-type, if-none-match, if-range, range';

export function judgeCrossing(headers: IncomingHttpHeaders, rules: OriginRules): Crossing {
  const verdict = judgeOrigin(headers, rules);
  if (!verdict.ok) return { ok: false, answer: failure(verdict.code) };
  const { origin } = headers;
  if (origin === undefined || !rules.allowed.includes(origin)) return none;
  const shared = {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': READABLE,
  };
  return { ok: true, headers: shared };
}

/** What a browser asks before it lets such a page ask. Only of what may cross. */
export function preflight(
  { method, headers }: IncomingMessage,
  shared: AnswerHeaders,
): Answer | undefined {
  const isAsked = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  if (!isAsked || shared['access-control-allow-origin'] === undefined) return undefined;
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
      'access-control-allow-headers': SENDABLE,
      'access-control-max-age': String(httpLimits.preflightSeconds),
    },
  };
}

/** The answer, readable to whom it may be, and kept apart from what others were answered. */
export function crossed(answer: Answer, shared: AnswerHeaders): Answer {
  const { headers = {} } = answer;
  const vary = headers['vary'] === undefined ? 'origin' : `${headers['vary']}, origin`;
  return { ...answer, headers: { ...headers, ...shared, vary } };
}
