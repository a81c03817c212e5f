// Everything that the server answers over HTTP, put together: who asks is found out by the
// doorman, what a session holds is asked of the rooms.

import type { Registry } from 'prom-client';
import type { Chance } from '../src/base/chance.ts';
import type { Clock } from '../src/base/clock.ts';
import { readCredential } from './access/credential.ts';
import type { Guard } from './access/guard.ts';
import type { OriginRules } from './access/origin.ts';
import type { TokenVerifier } from './access/tokens.ts';
import { fileRoutes } from './files/file-routes.ts';
import type { FileStore } from './files/file-store.ts';
import type { Doorman } from './http/doorman.ts';
import { healthRoutes, metricRoutes } from './http/health.ts';
import { httpListener, type Listener } from './http/listener.ts';
import { localTokenRoutes } from './http/local-token-route.ts';
import { linkRoutes, memberRoutes } from './http/member-routes.ts';
import type { Metrics } from './http/metrics.ts';
import type { Renderer } from './http/renderer.ts';
import { Router } from './http/router.ts';
import { sessionRoutes } from './http/session-routes.ts';
import { webApp } from './http/web-app.ts';
import type { WebFiles } from './http/web-folder.ts';
import type { Desk } from './library/desk.ts';
import { deskRoutes } from './library/desk-routes.ts';
import { listRoutes } from './library/list-routes.ts';
import type { SummaryKeeper } from './library/summary-keeper.ts';
import type { Log } from './log/log.ts';
import type { ServerLogger } from './options.ts';
import type { Rooms } from './room/rooms.ts';

export interface HttpParts {
  readonly log: Log;
  readonly rooms: Rooms;
  readonly guard: Guard;
  readonly verifier: TokenVerifier;
  readonly files: FileStore;
  readonly keeper: SummaryKeeper;
  readonly desk: Desk;
  readonly renderer: Renderer;
  readonly metrics: Metrics;
  readonly registry: Registry;
  readonly logger: ServerLogger;
  readonly web: WebFiles;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly isDraining: () => boolean;
  readonly origins: () => OriginRules;
  /** With which a local server signs tokens for its own machine; undefined where it is for others. */
  readonly localSecret: string | undefined;
}

export function httpSide(parts: HttpParts): Listener {
  const { log, rooms, files, keeper, renderer, registry, web, clock, chance, metrics } = parts;
  const { guard, desk, origins, localSecret: secret } = parts;
  const doorman = doormanOf(parts);
  const router = new Router([
    ...healthRoutes({ log, clock, isDraining: parts.isDraining }),
    ...metricRoutes(registry),
    ...listRoutes({ doorman, summaries: log.summaries }),
    ...sessionRoutes({
      doorman,
      states: {
        state: (session) => rooms.state(session),
        async delete(session) {
          const erased = await rooms.delete(session);
          if (erased.ok) keeper.gone(session);
          return erased;
        },
      },
      log,
      renderer,
      erase: (session) => files.eraseSession(session),
    }),
    ...fileRoutes({ doorman, files, clock }),
    ...memberRoutes({ doorman, guard, clock }),
    ...linkRoutes({ doorman, guard, clock }),
    ...deskRoutes({ doorman, desk, clock }),
    ...(secret === undefined ? [] : localTokenRoutes({ rules: origins, secret, clock })),
  ]);
  const pages = webApp(web);
  return httpListener({ router, pages, origins, log: parts.logger, clock, chance, metrics });
}

function doormanOf({ verifier, guard }: HttpParts): Doorman {
  return {
    claims: async (request) => {
      const credential = readCredential(request);
      if (!credential.ok) return { ok: false, fault: credential.code };
      if (credential.token === undefined) return { ok: false, fault: 'missing' };
      return verifier.verify(credential.token);
    },
    enter: (claims, session) => guard.enter(claims, session),
  };
}
