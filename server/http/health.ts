// What operators ask: is the process alive, can it serve, what does it count. No token is
// asked for; nothing here names a session or a person.

import type { Registry } from 'prom-client';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../log/log.ts';
import { jsonAnswer, type Answer } from './answer.ts';
import { passing } from './failure.ts';
import { httpLimits } from './limits.ts';
import { route, type Route } from './router.ts';

export interface HealthOptions {
  readonly log: Pick<Log, 'list'>;
  readonly clock: Clock;
  /** The server is about to stop and takes nothing new. */
  readonly isDraining: () => boolean;
}

export function healthRoutes(options: HealthOptions): readonly Route[] {
  return [
    route('GET', '/healthz', () => jsonAnswer({ ok: true })),
    route('GET', '/readyz', () => readiness(options)),
  ];
}

export function metricRoutes(registry: Registry): readonly Route[] {
  return [
    route('GET', '/metrics', async () => ({
      status: 200,
      headers: { 'content-type': registry.contentType },
      body: await registry.metrics(),
    })),
  ];
}

async function readiness({ log, clock, isDraining }: HealthOptions): Promise<Answer> {
  if (isDraining()) return passing('unavailable', { reason: 'draining' });
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stop = clock.after(httpLimits.readyMsMax, () =>
    resolve(passing('unavailable', { reason: 'store-slow' })),
  );
  // One read that goes to the store itself.
  void log.list('', 1).then(
    (answer) =>
      resolve(
        answer.ok ? jsonAnswer({ ok: true }) : passing('unavailable', { reason: answer.reason }),
      ),
    () => resolve(passing('unavailable', { reason: 'store-gone' })),
  );
  return promise.finally(stop);
}
