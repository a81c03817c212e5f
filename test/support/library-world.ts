// A library behind a real server, with a real guard, a log and tokens, and devices that look
// at it. A device does nothing by itself but keep what it was told until a test takes it.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import WebSocket, { type RawData } from 'ws';
import { createCaps } from '../../server/access/caps.ts';
import { readCredential } from '../../server/access/credential.ts';
import { Guard } from '../../server/access/guard.ts';
import { createTokenVerifier, signToken } from '../../server/access/tokens.ts';
import { Desk } from '../../server/library/desk.ts';
import { LibraryServer } from '../../server/library/library-server.ts';
import { SummaryKeeper } from '../../server/library/summary-keeper.ts';
import type { Log } from '../../server/log/log.ts';
import { MemoryLog } from '../../server/log/memory.ts';
import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import {
  decodeLibraryNews,
  encodeLibrary,
  type LibraryNews,
  type LibraryRequest,
} from '../../src/protocol/library.ts';
import type { Claims } from '../../src/protocol/token.ts';
import { claimsOf } from './doorman.ts';
import { within } from './hang.ts';

const SECRET = 'a secret of tests that is long enough';

type NewsOf<T extends LibraryNews['type']> = Extract<LibraryNews, { type: T }>;
type Unsent = LibraryRequest extends infer One
  ? One extends LibraryRequest
    ? Omit<One, 'id'>
    : never
  : never;

export class Device {
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Everything that came, in order. */
  readonly received: LibraryNews[] = [];
  #ws: WebSocket;
  #inbox: LibraryNews[] = [];
  #waiters: (() => void)[] = [];
  #ids = 0;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    ws.on('error', () => undefined);
    ws.on('message', (data: RawData) => this.#take(Buffer.isBuffer(data) ? data.toString() : ''));
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  }

  get socket(): WebSocket {
    return this.#ws;
  }

  send(request: Unsent): number {
    const id = ++this.#ids;
    this.#ws.send(encodeLibrary({ ...request, id }));
    return id;
  }

  /** The earliest news of this type that nobody has taken. */
  async next<T extends LibraryNews['type']>(type: T): Promise<NewsOf<T>> {
    const isMeant = (news: LibraryNews): news is NewsOf<T> => news.type === type;
    return within(this.#next(isMeant), `news of type ${type}`);
  }

  /** What is answered to a request. */
  async ask(request: Unsent): Promise<LibraryNews> {
    const id = this.send(request);
    const isMeant = (news: LibraryNews): news is LibraryNews => news.re === id;
    return within(this.#next(isMeant), `the answer to ${request.type}`);
  }

  /** What came and was not taken. */
  async rest(): Promise<readonly LibraryNews[]> {
    // What was sent before an answer has come before it.
    await this.ask({ type: 'list', cursor: 'none' });
    return this.#inbox.splice(0);
  }

  async leave(): Promise<void> {
    this.#ws.terminate();
    await this.closed;
  }

  async #next<T extends LibraryNews>(isMeant: (news: LibraryNews) => news is T): Promise<T> {
    for (;;) {
      const at = this.#inbox.findIndex(isMeant);
      const [found] = at < 0 ? [] : this.#inbox.splice(at, 1);
      if (found !== undefined && isMeant(found)) return found;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #take(text: string): void {
    const decoded = decodeLibraryNews(text);
    if (!decoded.ok || 'ignored' in decoded) throw new Error(`no news: ${text.slice(0, 200)}`);
    this.received.push(decoded.message);
    this.#inbox.push(decoded.message);
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

export interface LibraryWorld {
  readonly clock: ManualClock;
  readonly log: Log;
  readonly guard: Guard;
  readonly keeper: SummaryKeeper;
  readonly desk: Desk;
  readonly library: LibraryServer;
  readonly url: string;
  /** What was told to the operator. */
  readonly reported: string[];
  token(claims: Claims): Promise<string>;
  /** A device that has said nothing yet. */
  connect(options?: ConnectOptions): Promise<Device>;
  /** A device of somebody that has its first page, and was told of all before it. */
  open(sub: string, more?: Partial<Claims>, rowsAfter?: number): Promise<Device>;
}

export async function withLibrary(
  act: (world: LibraryWorld) => Promise<void>,
  over?: (log: Log) => Log,
): Promise<void> {
  const clock = manualClock(1_000);
  const memory = new MemoryLog({ clock });
  const log = over?.(memory) ?? memory;
  const guard = new Guard(log);
  const keeper = new SummaryKeeper({ summaries: log.summaries, clock });
  const desk = new Desk(log.rows);
  const reported: string[] = [];
  const library = new LibraryServer({
    verifier: createTokenVerifier({ secret: SECRET }, { clock }),
    guard,
    principals: createCaps({ clock, principal: { openMax: 50 } }).principal,
    log,
    keeper,
    desk,
    clock,
    report: {
      opened: () => reported.push('opened'),
      closed: () => reported.push('closed'),
      received: () => undefined,
      sent: () => undefined,
      tokenRefused: (fault) => reported.push(fault),
      limitHit: (limit) => reported.push(limit),
      slow: () => reported.push('slow'),
      broken: (error) => reported.push(String(error)),
    },
  });
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const credential = readCredential(request);
    library.take(request, socket, head, { credential, release: () => reported.push('released') });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `ws://127.0.0.1:${port}/library`;
  const devices: Device[] = [];
  const world = createWorld({ clock, log, guard, keeper, desk, library, url, reported }, devices);
  try {
    await act(world);
  } finally {
    for (const device of devices) device.socket.terminate();
    await library.close();
    server.close();
  }
}

function createWorld(
  parts: Omit<LibraryWorld, 'token' | 'connect' | 'open'>,
  devices: Device[],
): LibraryWorld {
  const token: LibraryWorld['token'] = (claims) => signToken(SECRET, claims);
  const connect: LibraryWorld['connect'] = async ({ headers = {}, protocols = [] } = {}) => {
    const ws = new WebSocket(parts.url, [...protocols], { headers });
    const device = new Device(ws);
    devices.push(device);
    await once(ws, 'open');
    return device;
  };
  return {
    ...parts,
    token,
    connect,
    async open(sub, more = {}, rowsAfter) {
      const device = await connect();
      device.send({ type: 'hello', token: await token(claimsOf(sub, more)), rowsAfter });
      await device.next('page');
      return device;
    },
  };
}
