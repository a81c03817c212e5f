// The one function that node:http calls: it finds the handler, sends what that answers,
// and answers for a handler that throws: 500 with an id under which the log says more, and
// no detail, since an error's words may hold a session's. No URL is ever logged, because a
// query may hold a token; the pattern says which handler it was.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import { createId } from '../../src/base/id.ts';
import type { OriginRules } from '../access/origin.ts';
import type { Answer, AnswerHeaders } from './answer.ts';
import { crossed, judgeCrossing, preflight } from './crossing.ts';
import { failure } from './failure.ts';
import { httpLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { readTarget, type Target } from './path.ts';
import type { Router } from './router.ts';
import { send } from './send.ts';

/** What of pino is used here. */
export interface ErrorLog {
  error(facts: Readonly<Record<string, unknown>>, message: string): void;
}

/** The web app: the page and its assets. */
export type PageHandle = (target: Target, request: IncomingMessage) => Answer;

export interface ListenerOptions {
  readonly router: Router;
  readonly pages: PageHandle;
  /** Under which names it answers, and to which pages. */
  readonly origins: () => OriginRules;
  readonly log: ErrorLog;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly metrics: Pick<Metrics, 'requestStarted'>;
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** For `request`, and for `checkContinue`, so that who asks before sending is answered before. */
export function httpListener(options: ListenerOptions): Listener {
  return (request, response) => {
    void serve(options, request, response);
  };
}

async function serve(
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { log, clock, chance, metrics } = options;
  // Whoever reads a body hears of its end; nobody else may be hurt by it.
  request.on('error', () => undefined);
  const stop = metrics.requestStarted();
  const { place, run, shared = {} } = choose(options, request, response);
  let answer: Answer;
  try {
    answer = await run();
  } catch (error) {
    const id = createId(chance);
    log.error({ id, method: request.method, place, err: error }, 'a request failed');
    answer = failure('internal', { id });
  }
  stop(place, answer.status);
  try {
    await send(request, response, crossed(answer, shared), clock);
  } catch (error) {
    // Too late for another answer. Most often its reader went away.
    response.destroy();
    if (!isGone(error)) log.error({ place, err: error }, 'an answer broke off');
  }
}

/** What will answer, and by which name it is counted. */
interface Chosen {
  readonly place: string;
  readonly run: () => Answer | Promise<Answer>;
  /** What lets a page of another origin read the answer. */
  readonly shared?: AnswerHeaders;
}

/** Pages of other origins first; what they may not ask is not even looked for. */
function choose(
  options: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Chosen {
  const crossing = judgeCrossing(request.headers, options.origins());
  if (!crossing.ok) return { place: 'none', run: () => crossing.answer };
  const shared = crossing.headers;
  const asks = preflight(request, shared);
  return { ...(asks === undefined ? find(options, request, response) : answered(asks)), shared };
}

const answered = (answer: Answer): Chosen => ({ place: 'none', run: () => answer });

function find(
  { router, pages }: ListenerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Chosen {
  const { url = '/', method = 'GET' } = request;
  if (url.length > httpLimits.targetCharsMax) return answered(failure('target-too-long'));
  const target = readTarget(url);
  if (target === undefined) return answered(failure('bad-request'));
  const found = router.find(method, target);
  if (found === undefined) {
    return method === 'GET' || method === 'HEAD'
      ? { place: 'page', run: () => pages(target, request) }
      : answered(failure('method', {}, { allow: 'GET, HEAD' }));
  }
  if ('answer' in found) return answered(found.answer);
  const { route, params } = found;
  const receive = (): IncomingMessage => {
    if (request.headers.expect !== undefined) response.writeContinue();
    return request;
  };
  const asked = { params, query: target.query, request, receive };
  return { place: `${route.method} ${route.pattern}`, run: () => route.handle(asked) };
}

const GONE = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'EPIPE']);

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && GONE.has(String(error.code));
}
