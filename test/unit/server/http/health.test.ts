import { expect, test } from 'vitest';
import { healthRoutes, metricRoutes } from '../../../../server/http/health.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import { createMetrics } from '../../../../server/http/metrics.ts';
import { jsonAnswer } from '../../../../server/http/answer.ts';
import { route } from '../../../../server/http/router.ts';
import { meteredLog } from '../../../../server/metered-log.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import type { Log } from '../../../../server/log/log.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import { Registry } from 'prom-client';
import { advancing, failed, withServer } from '../../../support/http.ts';

const clock = manualClock();
const log = new MemoryLog({ clock });

const served = (
  store: Pick<Log, 'list'>,
  isDraining: boolean,
  act: (url: string) => Promise<void>,
): Promise<void> =>
  withServer(healthRoutes({ log: store, clock, isDraining: () => isDraining }), ({ url }) =>
    act(url),
  );

test('[W136] a server whose store answers is ready', () =>
  served(log, false, async (url) => {
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }));

test.each([
  ['refuses', { list: async () => unavailable('full') }, false],
  ['has died', { list: () => Promise.reject(new Error('gone')) }, false],
  ['is about to stop', log, true],
])('[W136] one whose store %s is alive, but not ready', (_, store, isDraining) =>
  served(store, isDraining, async (url) => {
    expect(await failed(await fetch(`${url}/readyz`))).toEqual([503, 'unavailable']);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }),
);

test('[W136] one whose store does not answer is not ready after a while', () =>
  served({ list: () => new Promise(() => undefined) }, false, async (url) => {
    const answer = advancing(clock, httpLimits.readyMsMax, fetch(`${url}/readyz`));
    expect(await failed(await answer)).toEqual([503, 'unavailable']);
  }));

test('[W136] the metrics count what happened', async () => {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  metrics.received.frames += 3;
  metrics.received.bytes += 42;
  metrics.sent.frames += 1;
  metrics.connectionOpened('sync');
  metrics.connectionOpened('sync');
  metrics.connectionClosed('sync');
  metrics.refused('clock');
  metrics.limitHit('frameBytesMax');
  metrics.commitStarted()('ok');
  metrics.watchRooms(() => 7);
  for (const _ of [1, 2]) {
    const text = await registry.metrics();
    expect(text).toContain('holdfast_frames_total{direction="in"} 3');
    expect(text).toContain('holdfast_frame_bytes_total{direction="in"} 42');
    expect(text).toContain('holdfast_frames_total{direction="out"} 1');
    expect(text).toContain('holdfast_connections{kind="sync"} 1');
    expect(text).toContain('holdfast_refusals_total{rule="clock"} 1');
    expect(text).toContain('holdfast_limits_hit_total{limit="frameBytesMax"} 1');
    expect(text).toContain('holdfast_commit_seconds_count{outcome="ok"} 1');
    expect(text).toContain('holdfast_rooms 7');
    expect(text).toContain('holdfast_event_loop_delay_seconds{quantile="0.99"}');
  }
  metrics.close();
});

test('[W136] the metrics time what is committed, and what is refused', async () => {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const metered = meteredLog(new MemoryLog({ clock }), metrics);
  const session = 'session-0123456789abcd';
  await metered.create(session);
  await metered.append(session, 0, [], new Uint8Array(1));
  await metered.append(session, 0, [], new Uint8Array(1));
  const text = await registry.metrics();
  expect(text).toContain('holdfast_commit_seconds_count{outcome="ok"} 1');
  expect(text).toContain('holdfast_commit_seconds_count{outcome="refused"} 1');
  metrics.close();
});

test('[W136] the metrics have a bounded number of rows, whatever is counted', async () => {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  for (let at = 0; at < 2 * httpLimits.labelValuesMax; at++) metrics.refused(`rule-${at}`);
  const text = await registry.metrics();
  expect(text.match(/^holdfast_refusals_total\{/gm)).toHaveLength(httpLimits.labelValuesMax + 1);
  expect(text).toContain(`{rule="other"} ${httpLimits.labelValuesMax}`);
  metrics.close();
});

test('[W136] requests are counted by the pattern that answered, never by their address', () => {
  const routes = [route('GET', '/api/things/:thing', () => jsonAnswer({}))];
  return withServer(routes, async ({ url, registry }) => {
    await fetch(`${url}/api/things/the-secret-name`);
    await fetch(`${url}/api/elsewhere`);
    const text = await registry.metrics();
    expect(text).toContain('{place="GET /api/things/:thing",status="200"} 1');
    expect(text).toContain('{place="none",status="404"} 1');
    expect(text).not.toContain('the-secret-name');
  });
});

test('[W136] the metrics are served', async () => {
  const registry = new Registry();
  createMetrics(registry).close();
  await withServer(metricRoutes(registry), async ({ url }) => {
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe(registry.contentType);
    expect(await response.text()).toContain('holdfast_rooms 0');
  });
});
