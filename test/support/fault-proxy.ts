// A TCP proxy on 127.0.0.1 that behaves as networks do: it cuts, goes silent without a word,
// delays and throttles. It never changes a byte, never reorders and never leaves one out of
// the middle: TCP does not either. Faults begin where a test says, at once or after so many
// bytes, so that a world of one seed is the same each time; time passes only where time is
// the fault itself, on the clock that is given.

import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { below, type Chance } from '../../src/base/chance.ts';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Pipe, type Pace } from './fault-pipe.ts';

export interface ProxyOptions {
  /** Where the server listens, on 127.0.0.1. */
  readonly port: number;
  readonly clock?: Clock;
}

/** `up` is from client to server. */
export type Direction = 'up' | 'down';

/** What happens to a connection, all of it at once and for good. */
export type Fault = 'cut' | 'swallow';

/** After so many more bytes in a direction, over all connections. */
interface Trigger {
  readonly fault: Fault;
  readonly direction: Direction;
  left: number;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: Pipe;
  readonly down: Pipe;
}

export class FaultProxy {
  /** What happened so far; bytes are those that were passed on. */
  readonly counts = { connections: 0, refused: 0, cut: 0, swallowed: 0, up: 0, down: 0 };
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #links = new Set<Link>();
  #port: number;
  #pace: Pace = { delayMs: 0, bytesPerSecond: Infinity };
  #trigger: Trigger | undefined;
  #isRefusing = false;
  #isSilent = false;

  constructor(server: Server, { port, clock = systemClock }: ProxyOptions) {
    this.#server = server;
    this.#port = port;
    this.#clock = clock;
    server.on('connection', (client) => this.#accept(client));
  }

  /** Where clients connect instead of to the server. */
  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  get open(): number {
    return this.#links.size;
  }

  /** New connections go there: the server came back on another port. */
  retarget(port: number): void {
    this.#port = port;
  }

  /** Resets every connection (RST) on both sides. */
  cut(): void {
    for (const link of this.#links) this.#fail(link, 'cut');
  }

  /**
   * Goes silent on every connection: both sides stay open and whatever is sent is taken and
   * forgotten, as behind a router that lost its table. They stay so until they are cut. With
   * `new`, connections that come later are silent too, until `heal`.
   */
  swallow(options: { readonly new?: boolean } = {}): void {
    this.#isSilent = options.new === true;
    for (const link of this.#links) this.#fail(link, 'swallow');
  }

  /** Does it in the middle of what is sent: after so many more bytes that way. */
  after(bytes: number, direction: Direction, fault: Fault): void {
    this.#trigger = { fault, direction, left: bytes };
  }

  /** A fault at a place that chance chooses, within the next `bytesMax` bytes of one direction. */
  misbehave(chance: Chance, bytesMax: number): void {
    const fault = below(chance, 3) === 0 ? 'swallow' : 'cut';
    this.after(below(chance, bytesMax), below(chance, 2) === 0 ? 'up' : 'down', fault);
  }

  /** Slows everything down from now on, what is under way included. */
  pace(pace: Partial<Pace>): void {
    this.#pace = { ...this.#pace, ...pace };
    for (const { up, down } of this.#links) {
      up.pace = this.#pace;
      down.pace = this.#pace;
    }
  }

  /** Resets new connections as they come, until `heal`. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Is a good network again for connections that come from now on. */
  heal(): void {
    this.#isRefusing = false;
    this.#isSilent = false;
    this.#trigger = undefined;
    this.pace({ delayMs: 0, bytesPerSecond: Infinity });
  }

  async close(): Promise<void> {
    this.cut();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#isRefusing) {
      this.counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    this.counts.connections += 1;
    const server = dial({ port: this.#port, host: '127.0.0.1', allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    const link: Link = {
      client,
      server,
      up: this.#pipe(client, server, 'up', () => link),
      down: this.#pipe(server, client, 'down', () => link),
    };
    this.#links.add(link);
    server.on('error', () => {
      if (!link.up.isSilent) client.resetAndDestroy();
    });
    for (const socket of [client, server]) {
      socket.once('close', () => {
        if (client.destroyed && server.destroyed) this.#links.delete(link);
      });
    }
    client.once('close', () => {
      if (!link.up.isSilent) server.destroySoon();
    });
    if (this.#isSilent) this.#fail(link, 'swallow');
  }

  #pipe(from: Socket, to: Socket, direction: Direction, linkOf: () => Link): Pipe {
    const admit = (bytes: number): number => this.#admit(bytes, direction, linkOf());
    return new Pipe(from, to, { clock: this.#clock, pace: this.#pace, admit });
  }

  /** How many of these bytes still pass, before a fault that was set for later. */
  #admit(bytes: number, direction: Direction, link: Link): number {
    const trigger = this.#trigger;
    if (trigger === undefined || trigger.direction !== direction || trigger.left >= bytes) {
      if (trigger?.direction === direction) trigger.left -= bytes;
      this.counts[direction] += bytes;
      return bytes;
    }
    this.#trigger = undefined;
    this.counts[direction] += trigger.left;
    const pipe = direction === 'up' ? link.up : link.down;
    pipe.finish(() => this.#fail(link, trigger.fault));
    return trigger.left;
  }

  #fail(link: Link, fault: Fault): void {
    if (fault === 'swallow') {
      this.counts.swallowed += 1;
      link.up.silence();
      link.down.silence();
      return;
    }
    this.counts.cut += 1;
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
  }
}

export async function openFaultProxy(options: ProxyOptions): Promise<FaultProxy> {
  const server = createServer({ allowHalfOpen: true });
  const proxy = new FaultProxy(server, options);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return proxy;
}

/** Runs with a proxy that is closed afterwards. */
export async function withFaultProxy<T>(
  options: ProxyOptions,
  act: (proxy: FaultProxy) => Promise<T>,
): Promise<T> {
  const proxy = await openFaultProxy(options);
  try {
    return await act(proxy);
  } finally {
    await proxy.close();
  }
}
