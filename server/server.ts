// The server, put together: a data folder, its log, the rooms, the sockets and the HTTP
// side, behind one Node HTTP server of its own or of an app that has one.
//
//     upgrade --> admit --> /sync/:session --> connection --> room --> log
//     request --> router --> handlers ----------------------> rooms (what is committed)

import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { Registry } from 'prom-client';
import { systemChance } from '../src/base/chance.ts';
import { type Clock, systemClock } from '../src/base/clock.ts';
import { HoldfastError } from '../src/base/error.ts';
import { type Caps, createCaps, type CapsOptions } from './access/caps.ts';
import { readCredential } from './access/credential.ts';
import { Guard } from './access/guard.ts';
import { createTokenVerifier, type TokenKeys, type TokenVerifier } from './access/tokens.ts';
import type { OriginRules } from './access/origin.ts';
import type { Doorman } from './http/doorman.ts';
import { healthRoutes, metricRoutes } from './http/health.ts';
import { httpListener, type Listener } from './http/listener.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { Renderer } from './http/renderer.ts';
import { Router } from './http/router.ts';
import { createHttpServer } from './http/server.ts';
import { sessionRoutes } from './http/session-routes.ts';
import { webApp } from './http/web-app.ts';
import { readWebFolder, type WebFiles } from './http/web-folder.ts';
import { openEmbeddedLog } from './log/embedded.ts';
import type { EmbeddedLog } from './log/embedded-log.ts';
import type { EmbeddedOptions } from './log/embedded-options.ts';
import { roomReport, type ServerLogger, silentLogger, socketReport } from './report.ts';
import { type RoomLimits, roomLimits } from './room/limits.ts';
import { createMergeThread, type MergeThread } from './room/merge-thread.ts';
import { Rooms } from './room/rooms.ts';
import { SyncServer } from './socket/sync-server.ts';
import { type Control, openControl } from './upkeep/control-server.ts';
import type { Holder } from './upkeep/reader.ts';
import { admit, refuseAddress } from './upgrade.ts';

export interface ServerOptions {
  /** The data folder, made where it is missing. One server at a time may use it. */
  readonly data: string;
  /** What tokens are signed with. */
  readonly keys: TokenKeys;
  /** For this machine alone: it answers to its own names only. */
  readonly isLocal?: boolean;
  /** Pages that may speak to it beside its own, as exact origins. */
  readonly allowedOrigins?: readonly string[];
  /** How many proxies of one's own stand before it; their word about addresses counts. */
  readonly trustProxy?: number;
  /** A folder with the built web app. */
  readonly web?: string;
  readonly logger?: ServerLogger;
  readonly limits?: Partial<RoomLimits>;
  readonly caps?: Pick<CapsOptions, 'address' | 'principal'>;
  readonly clock?: Clock;
  /** For tests: how the log is opened. */
  readonly log?: Partial<Omit<EmbeddedOptions, 'folder'>>;
}

/** The server cannot listen where it was told to. */
export class ListenError extends HoldfastError<'port-taken' | 'cannot-listen'> {
  override readonly name = 'ListenError';
}

export async function createServer(options: ServerOptions): Promise<HoldfastServer> {
  const folder = join(options.data, 'log');
  // Only its owner may read it: the words of all sessions are in it.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const web: WebFiles = options.web === undefined ? new Map() : await readWebFolder(options.web);
  const verifier = createTokenVerifier(
    options.keys,
    options.clock === undefined ? {} : { clock: options.clock },
  );
  const log = await openEmbeddedLog({ ...options.log, folder });
  const holder = { pid: process.pid, url: undefined };
  const control = await openControl(options.data, log, () => holder).catch((error: unknown) => {
    const { logger = silentLogger } = options;
    logger.warn({ err: error }, 'commands cannot ask this server: it has no control socket');
    return undefined;
  });
  return new HoldfastServer(options, { log, verifier, web, control, holder });
}

interface Opened {
  readonly log: EmbeddedLog;
  readonly verifier: TokenVerifier;
  readonly web: WebFiles;
  /** By which the commands of an operator read the log while it is open here. */
  readonly control: Control | undefined;
  readonly holder: { -readonly [Key in keyof Holder]: Holder[Key] };
}

export class HoldfastServer {
  readonly log: EmbeddedLog;
  readonly guard: Guard;
  readonly rooms: Rooms;
  #options: ServerOptions;
  #clock: Clock;
  #logger: ServerLogger;
  #metrics: Metrics;
  #verifier: TokenVerifier;
  #caps: Caps;
  #sync: SyncServer;
  #merging: MergeThread;
  #renderer: Renderer;
  #listener: Listener;
  #control: Control | undefined;
  #holder: Opened['holder'];
  #own: Server | undefined;
  #localPort: number | undefined;
  #isDraining = false;
  #closed: Promise<void> | undefined;

  constructor(options: ServerOptions, { log, verifier, web, control, holder }: Opened) {
    this.#options = options;
    this.log = log;
    this.#control = control;
    this.#holder = holder;
    this.#verifier = verifier;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    const registry = new Registry();
    this.#metrics = createMetrics(registry);
    const limits = { ...roomLimits, ...options.limits };
    this.guard = new Guard(log);
    this.#caps = createCaps({ ...options.caps, clock: this.#clock });
    this.#merging = createMergeThread();
    this.#renderer = new Renderer(this.#clock);
    const clock = this.#clock;
    const report = roomReport(this.#metrics, this.#logger);
    const { merge } = this.#merging;
    this.rooms = new Rooms({ log, limits, clock, merge, report });
    this.#sync = new SyncServer({
      verifier,
      guard: this.guard,
      caps: this.#caps,
      log,
      rooms: this.rooms,
      limits,
      clock,
      report: socketReport(this.#metrics, this.#logger),
    });
    this.#listener = this.#createListener(registry, web);
    for (const fault of log.faults) this.#logger.error({ fault }, 'the data folder is damaged');
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.#sync.connections;
  }

  /** Listens by itself. Rejects with a ListenError. */
  async listen({ host, port }: { host: string; port: number }): Promise<{ url: string }> {
    const server = createHttpServer(this.#listener);
    this.#own = server;
    this.attach(server);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen(port, host, resolve);
    await promise;
    const address = server.address() as AddressInfo;
    if (this.#options.isLocal === true) this.#localPort = address.port;
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    const url = `http://${name}:${address.port}`;
    this.#holder.url = url;
    return { url };
  }

  /** Takes the upgrades of another server's sockets. Its requests are handed to `request`. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(request, socket, head),
    );
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.#listener(request, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const keeper = {
      origins: () => this.#origins(),
      addresses: this.#caps.address,
      trustProxy: this.#options.trustProxy ?? 0,
      isDraining: () => this.#isDraining,
      refused: (code: string) => this.#metrics.limitHit(code),
    };
    const admission = admit(keeper, request, socket);
    if (admission === undefined) return;
    const [place, name, ...rest] = admission.segments;
    if (place !== 'sync' || name === undefined || rest.length > 0) {
      return refuseAddress(socket, admission.release);
    }
    const { credential, release } = admission;
    this.#sync.take(request, socket, head, { session: name, credential, release });
  }

  /** Takes nothing new, makes durable what came, sends everybody away and lets go of the folder. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#isDraining = true;
    this.#own?.close();
    await this.rooms.close();
    await this.#sync.close();
    this.#own?.closeAllConnections();
    await Promise.all([this.#merging.close(), this.#renderer.close()]);
    this.#caps.address.stop();
    this.#caps.principal.stop();
    this.#metrics.close();
    await this.#control?.close();
    await this.log.close();
  }

  #origins(): OriginRules {
    return { allowed: this.#options.allowedOrigins ?? [], localPort: this.#localPort };
  }

  #createListener(registry: Registry, web: WebFiles): Listener {
    const { log, rooms } = this;
    const clock = this.#clock;
    const router = new Router([
      ...healthRoutes({ log, clock, isDraining: () => this.#isDraining }),
      ...metricRoutes(registry),
      ...sessionRoutes({
        doorman: this.#doorman(),
        states: rooms,
        log,
        renderer: this.#renderer,
        erase: () => Promise.resolve(),
      }),
    ]);
    return httpListener({
      router,
      pages: webApp(web),
      log: this.#logger,
      clock,
      chance: systemChance(),
      metrics: this.#metrics,
    });
  }

  #doorman(): Doorman {
    return {
      claims: async (request) => {
        const credential = readCredential(request);
        if (!credential.ok) return { ok: false, fault: credential.code };
        if (credential.token === undefined) return { ok: false, fault: 'missing' };
        return this.#verifier.verify(credential.token);
      },
      enter: (claims, session) => this.guard.enter(claims, session),
    };
  }
}

function listenError(error: Error, host: string, port: number): ListenError {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const message = `Port ${port} is taken by another program: stop that one, or choose another port with --port.`;
    return new ListenError('port-taken', message, { facts: { port }, cause: error });
  }
  const message = `The server cannot listen on ${host}:${port} (${error.message}).`;
  return new ListenError('cannot-listen', message, { facts: { host, port }, cause: error });
}
