// What the server counts about itself, by name. What happens often (frames) is counted in
// plain numbers and read when somebody asks; the rest costs a call. Labels have few values
// that we chose: one that comes from outside could make as many rows as it likes.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { httpLimits } from './limits.ts';

/** Counted where frames pass. Only ever raise them. */
export interface Traffic {
  frames: number;
  bytes: number;
}

export type ConnectionKind = 'sync' | 'library' | 'agents';

export interface Metrics {
  readonly received: Traffic;
  readonly sent: Traffic;
  connectionOpened(kind: ConnectionKind): void;
  connectionClosed(kind: ConnectionKind): void;
  /** A frame was refused by this rule of the wire or of the gate. */
  refused(rule: string): void;
  /** One of the server's limits was reached, by its name in its table. */
  limitHit(limit: string): void;
  /** Call what it returns when the commit has been answered. */
  commitStarted(): (outcome: 'ok' | 'refused') => void;
  /** Asked when the metrics are. */
  watchRooms(count: () => number): void;
  /** Call what it returns with the place that answered, as its pattern. */
  requestStarted(): (place: string, status: number) => void;
  /** Stops measuring the event loop. */
  close(): void;
}

/** Answers to a commit and to a request, in seconds. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const connections = new Gauge({
    name: 'holdfast_connections',
    help: 'Open connections.',
    labelNames: ['kind'],
    registers,
  });
  let countRooms = (): number => 0;
  const rooms: Gauge = new Gauge({
    name: 'holdfast_rooms',
    help: 'Rooms in memory.',
    registers,
    collect: () => rooms.set(countRooms()),
  });
  const refusals = labelled(registry, 'holdfast_refusals_total', 'Refused frames.', 'rule');
  const limitHits = labelled(registry, 'holdfast_limits_hit_total', 'Limits reached.', 'limit');
  const closeLoop = measureLoop(registry);
  return {
    ...trafficOf(registry),
    connectionOpened: (kind) => connections.inc({ kind }),
    connectionClosed: (kind) => connections.dec({ kind }),
    refused: refusals,
    limitHit: limitHits,
    commitStarted: commits(registry),
    watchRooms: (count) => {
      countRooms = count;
    },
    requestStarted: requests(registry),
    close: closeLoop,
  };
}

function trafficOf(registry: Registry): Pick<Metrics, 'received' | 'sent'> {
  const received = { frames: 0, bytes: 0 };
  const sent = { frames: 0, bytes: 0 };
  const count = (unit: 'frames' | 'bytes'): void => {
    const counter = new Counter({
      name: `holdfast_${unit === 'frames' ? 'frames' : 'frame_bytes'}_total`,
      help: `Of all connections, in ${unit}.`,
      labelNames: ['direction'],
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc({ direction: 'in' }, received[unit]);
        counter.inc({ direction: 'out' }, sent[unit]);
      },
    });
  };
  count('frames');
  count('bytes');
  return { received, sent };
}

/** Counts by one label. Beyond a number of values, the rest is one. */
function labelled(
  registry: Registry,
  name: string,
  help: string,
  label: string,
): (value: string) => void {
  const counter = new Counter({ name, help, labelNames: [label], registers: [registry] });
  const bound = boundedLabel();
  return (value) => counter.inc({ [label]: bound(value) });
}

function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.size < httpLimits.labelValuesMax) known.add(value);
    return known.has(value) ? value : 'other';
  };
}

function commits(registry: Registry): Metrics['commitStarted'] {
  const seconds = new Histogram({
    name: 'holdfast_commit_seconds',
    help: 'From the hand-over to the log until its answer.',
    labelNames: ['outcome'],
    buckets: BUCKETS,
    registers: [registry],
  });
  // Each commit of each session passes here, so no label is put together on the way.
  const observers = {
    ok: seconds.labels({ outcome: 'ok' }),
    refused: seconds.labels({ outcome: 'refused' }),
  };
  return () => {
    const begun = performance.now();
    return (outcome) => observers[outcome].observe((performance.now() - begun) / 1_000);
  };
}

function requests(registry: Registry): Metrics['requestStarted'] {
  const seconds = new Histogram({
    name: 'holdfast_request_seconds',
    help: 'From the headers of a request until its answer is ready.',
    labelNames: ['place', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  const bound = boundedLabel();
  return () => {
    const stop = seconds.startTimer();
    return (place, status) => void stop({ place: bound(place), status: String(status) });
  };
}

function measureLoop(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const gauge = new Gauge({
    name: 'holdfast_event_loop_delay_seconds',
    help: 'How late the event loop was since it was last asked.',
    labelNames: ['quantile'],
    registers: [registry],
    collect() {
      const at = (quantile: string, nanoseconds: number): void =>
        gauge.set({ quantile }, Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0);
      at('0.5', delay.percentile(50));
      at('0.99', delay.percentile(99));
      at('1', delay.max);
      delay.reset();
    },
  });
  return () => void delay.disable();
}
