// A token for the browser of this very machine, where the server is for that alone.

import * as v from 'valibot';
import { issueLocalToken, type LocalTokenOptions } from '../access/local-token.ts';
import { jsonAnswer } from './answer.ts';
import { readJson } from './body.ts';
import { failure } from './failure.ts';
import { route, type Route } from './router.ts';

export interface LocalTokenRouteOptions extends Omit<LocalTokenOptions, 'rules'> {
  /** The port is known once the server listens. */
  readonly rules: () => LocalTokenOptions['rules'];
}

/** A server for others has no such address. */
export function localTokenRoutes(options: LocalTokenRouteOptions): readonly Route[] {
  const { secret, clock } = options;
  return [
    route('POST', '/api/local-token', async (asked) => {
      const body = await readJson(asked, v.unknown(), clock);
      if (!body.ok) return body.answer;
      const { headers } = asked.request;
      const as = asked.query.get('as') ?? undefined;
      const rules = options.rules();
      const issued = await issueLocalToken(
        { headers, as, body: body.value },
        { rules, secret, clock },
      );
      if (issued.ok) {
        const { token, principal, expiresAt } = issued;
        return jsonAnswer({ token, principal, expiresAt });
      }
      return issued.code === 'not-local'
        ? failure('not-local')
        : failure('bad-request', { where: 'as or name' });
    }),
  ];
}
