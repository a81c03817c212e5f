// Real HTTP servers on a port of their own, and what tests ask them.

import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import type { OriginRules } from '../../server/access/origin.ts';
import { httpListener, type PageHandle } from '../../server/http/listener.ts';
import { createMetrics, type Metrics } from '../../server/http/metrics.ts';
import { Router, type Route } from '../../server/http/router.ts';
import { createHttpServer } from '../../server/http/server.ts';
import { failure } from '../../server/http/failure.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';

export interface Logged {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly clock: ManualClock;
  readonly registry: Registry;
  readonly metrics: Metrics;
  /** What was logged. */
  readonly logged: readonly Logged[];
}

export interface ServerParts {
  readonly clock?: ManualClock;
  readonly pages?: PageHandle;
  readonly origins?: Partial<OriginRules>;
}

/** Serves while `act` runs. */
export async function withServer<T>(
  routes: readonly Route[],
  act: (server: TestServer) => Promise<T>,
  {
    clock = manualClock(1_000),
    pages = () => failure('no-such-address'),
    origins,
  }: ServerParts = {},
): Promise<T> {
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const logged: Logged[] = [];
  const log = {
    error: (facts: Logged['facts'], message: string) => logged.push({ facts, message }),
  };
  const chance = seededChance(1);
  const router = new Router(routes);
  const rules = { allowed: [], localPort: undefined, ...origins };
  const server = createHttpServer(
    httpListener({ router, pages, log, clock, chance, metrics, origins: () => rules }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await act({ url: `http://127.0.0.1:${port}`, port, clock, registry, metrics, logged });
  } finally {
    metrics.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Sends bytes as they are, and gives all that comes back until the other side ends. */
export async function raw(port: number, ...pieces: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  for (const piece of pieces) socket.write(piece);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** The lines of a request that asks for the connection to end with its answer. */
export const requestOf = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'host: test', 'connection: close', ...headers, '', ''].join('\r\n');

export interface Failed {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly [fact: string]: unknown;
  };
}

/** Status and code of a failure. */
export async function failed(response: Response): Promise<readonly [number, string]> {
  const { error } = (await response.json()) as Failed;
  return [response.status, error.code];
}

/** Moves time on, turn by turn, until what waits for it is there. */
export async function advancing<T>(clock: ManualClock, ms: number, answer: Promise<T>): Promise<T> {
  const waiting = new Set([answer]);
  const end = (): boolean => waiting.delete(answer);
  answer.then(end, end);
  while (waiting.size > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(ms);
  }
  return answer;
}
