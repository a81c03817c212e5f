// The sessions that somebody may see, over HTTP: the latest first, page by page. A session
// in which something happens while pages are read moves to the front, so it may stand on a
// page that was read before or on none; it is never on two. Who wants to see that asks
// again from the beginning, or looks at the live list (`WS /library`).

import { limits } from '../../src/protocol/limits.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { jsonAnswer, type Answer } from '../http/answer.ts';
import { refusalAnswer, signedIn, type Doorman } from '../http/doorman.ts';
import { failure } from '../http/failure.ts';
import { httpLimits } from '../http/limits.ts';
import { route, type Route } from '../http/router.ts';
import type { Summaries } from '../log/summaries.ts';
import { readCursor } from './cursor.ts';
import { readPage } from './page.ts';

export interface ListRouteOptions {
  readonly doorman: Doorman;
  readonly summaries: Pick<Summaries, 'latest'>;
}

export function listRoutes({ doorman, summaries }: ListRouteOptions): readonly Route[] {
  return [
    route(
      'GET',
      '/api/sessions',
      signedIn(doorman, ({ query }, claims) => list(summaries, query, claims)),
    ),
  ];
}

async function list(
  summaries: Pick<Summaries, 'latest'>,
  query: URLSearchParams,
  claims: Claims,
): Promise<Answer> {
  const asked = query.get('cursor');
  const after = asked === null ? undefined : readCursor(asked);
  if (asked !== null && after === undefined) return failure('bad-request', { where: 'cursor' });
  const limit = Number(query.get('limit') ?? httpLimits.listPageSessions);
  const limitMax = limits.listPageSessionsMax;
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) {
    return failure('bad-request', { where: 'limit', limitMax });
  }
  const page = await readPage(summaries, claims, after, limit);
  if (!page.ok) return refusalAnswer(page);
  return jsonAnswer({ sessions: page.sessions, cursor: page.cursor });
}
