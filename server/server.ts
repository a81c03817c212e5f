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
import { AgentServer } from './agents/agent-server.ts';
import { type Caps, createCaps, type CapsOptions } from './access/caps.ts';
import { Guard } from './access/guard.ts';
import { createTokenVerifier, type TokenVerifier } from './access/tokens.ts';
import type { OriginRules } from './access/origin.ts';
import { type FileStore, openFileStore } from './files/file-store.ts';
import type { Listener } from './http/listener.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { Renderer } from './http/renderer.ts';
import { createHttpServer } from './http/server.ts';
import { readWebFolder, type WebFiles } from './http/web-folder.ts';
import { httpSide } from './http-side.ts';
import { listenError } from './listen-error.ts';
import { Desk } from './library/desk.ts';
import { LibraryServer } from './library/library-server.ts';
import { SummaryKeeper } from './library/summary-keeper.ts';
import { openEmbeddedLog } from './log/embedded.ts';
import type { EmbeddedLog } from './log/embedded-log.ts';
import type { EmbeddedOptions } from './log/embedded-options.ts';
import { meteredLog } from './metered-log.ts';
import { agentsReport, libraryReport, roomReport, silentLogger, socketReport } from './report.ts';
import type { HoldfastServer, ServerLogger, ServerOptions } from './options.ts';
import { type RoomLimits, roomLimits } from './room/limits.ts';
import { createMergeThread, type MergeThread } from './room/merge-thread.ts';
import { Rooms } from './room/rooms.ts';
import { summaryOf } from './room/summary.ts';
import { SyncServer } from './socket/sync-server.ts';
import { type Control, openControl } from './upkeep/control-server.ts';
import type { Holder } from './upkeep/reader.ts';
import { admit, refuseAddress } from './upgrade.ts';

/** What a server is made of. Only the options are for other programs. */
export interface ServerParts extends ServerOptions {
  readonly limits?: Partial<RoomLimits>;
  readonly caps?: Pick<CapsOptions, 'address' | 'principal'>;
  readonly clock?: Clock;
  /** For tests: how the log is opened. */
  readonly log?: Partial<Omit<EmbeddedOptions, 'folder'>>;
}

export async function createServer(options: ServerParts): Promise<RunningServer> {
  const folder = join(options.data, 'log');
  // Only its owner may read it: the words of all sessions are in it.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const web: WebFiles = options.web === undefined ? new Map() : await readWebFolder(options.web);
  const verifier = createTokenVerifier(options.keys, { clock: options.clock ?? systemClock });
  const logLimits = { restMs: COMMIT_REST_MS, ...options.log?.limits };
  const log = await openEmbeddedLog({ ...options.log, limits: logLimits, folder });
  const files = await openFileStore({
    folder: join(options.data, 'files'),
    clock: options.clock ?? systemClock,
    chance: systemChance(),
    isDeleted: async (session) => {
      const opened = await log.open(session);
      return !opened.ok && opened.code === 'deleted';
    },
  });
  const holder = { pid: process.pid, url: undefined };
  const control = await openControl(options.data, log, () => holder).catch((error: unknown) => {
    const { logger = silentLogger } = options;
    logger.warn({ err: error }, 'commands cannot ask this server: it has no control socket');
    return undefined;
  });
  return new RunningServer(options, { log, verifier, web, files, control, holder });
}

/** Under load, commits come no closer than this: fewer and larger ones, for a moment's wait. */
const COMMIT_REST_MS = 1;

interface Opened {
  readonly log: EmbeddedLog;
  readonly verifier: TokenVerifier;
  readonly web: WebFiles;
  readonly files: FileStore;
  /** By which the commands of an operator read the log while it is open here. */
  readonly control: Control | undefined;
  readonly holder: { -readonly [Key in keyof Holder]: Holder[Key] };
}

export class RunningServer implements HoldfastServer {
  readonly log: EmbeddedLog;
  readonly guard: Guard;
  readonly rooms: Rooms;
  #options: ServerParts;
  #clock: Clock;
  #logger: ServerLogger;
  #metrics: Metrics;
  #caps: Caps;
  #sync: SyncServer;
  #library: LibraryServer;
  #agents: AgentServer;
  #keeper: SummaryKeeper;
  #merging: MergeThread;
  #renderer: Renderer;
  #listener: Listener;
  #control: Control | undefined;
  #holder: Opened['holder'];
  #own: Server | undefined;
  #localPort: number | undefined;
  #isDraining = false;
  #closed: Promise<void> | undefined;

  constructor(options: ServerParts, opened: Opened) {
    const { log, verifier } = opened;
    this.#options = options;
    this.log = log;
    this.#control = opened.control;
    this.#holder = opened.holder;
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
    this.#keeper = new SummaryKeeper({ summaries: log.summaries, clock });
    this.#agents = this.#createAgents(verifier);
    this.rooms = this.#createRooms(limits);
    this.#metrics.watchRooms(() => this.rooms.size);
    this.#sync = new SyncServer({
      verifier,
      guard: this.guard,
      caps: this.#caps,
      log,
      rooms: this.rooms,
      agents: this.#agents,
      limits,
      clock,
      report: socketReport(this.#metrics, this.#logger),
    });
    const desk = new Desk(log.rows);
    this.#library = this.#createLibrary(verifier, desk);
    this.#listener = this.#createListener(opened, desk, registry);
    // Where runs were under way when the server stopped, they are offered again.
    this.rooms.look(log.claims.marked()).catch((error: unknown) => {
      this.#logger.error({ err: error }, 'unfinished runs could not be looked up');
    });
    for (const fault of log.faults) this.#logger.error({ fault }, 'the data folder is damaged');
  }

  /** How many sockets are open. */
  get connections(): number {
    return this.#sync.connections + this.#library.connections + this.#agents.connections;
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
    const { segments, credential, release } = admission;
    const [place, name] = segments;
    if (place === 'sync' && name !== undefined && segments.length === 2) {
      this.#sync.take(request, socket, head, { session: name, credential, release });
    } else if (place === 'library' && segments.length === 1) {
      this.#library.take(request, socket, head, { credential, release });
    } else if (place === 'agents' && name !== undefined && segments.length === 2) {
      this.#agents.take(request, socket, head, { name, credential, release });
    } else {
      refuseAddress(socket, release);
    }
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
    await Promise.all([this.#sync.close(), this.#library.close(), this.#agents.close()]);
    this.#own?.closeAllConnections();
    await Promise.all([this.#merging.close(), this.#renderer.close(), this.#keeper.close()]);
    this.#caps.address.stop();
    this.#caps.principal.stop();
    this.#metrics.close();
    await this.#control?.close();
    await this.log.close();
  }

  #createAgents(verifier: TokenVerifier): AgentServer {
    return new AgentServer({
      verifier,
      guard: this.guard,
      principals: this.#caps.principal,
      log: this.log,
      clock: this.#clock,
      report: agentsReport(this.#metrics, this.#logger),
    });
  }

  #createLibrary(verifier: TokenVerifier, desk: Desk): LibraryServer {
    return new LibraryServer({
      verifier,
      guard: this.guard,
      principals: this.#caps.principal,
      log: this.log,
      keeper: this.#keeper,
      desk,
      clock: this.#clock,
      report: libraryReport(this.#metrics, this.#logger),
    });
  }

  #createListener({ verifier, web, files }: Opened, desk: Desk, registry: Registry): Listener {
    return httpSide({
      desk,
      log: this.log,
      verifier,
      web,
      files,
      clock: this.#clock,
      registry,
      rooms: this.rooms,
      guard: this.guard,
      keeper: this.#keeper,
      renderer: this.#renderer,
      metrics: this.#metrics,
      logger: this.#logger,
      chance: systemChance(),
      isDraining: () => this.#isDraining,
      origins: () => this.#origins(),
      localSecret: localSecretOf(this.#options),
    });
  }

  #createRooms(limits: RoomLimits): Rooms {
    const keeper = this.#keeper;
    return new Rooms({
      log: meteredLog(this.log, this.#metrics),
      limits,
      clock: this.#clock,
      merge: this.#merging.merge,
      report: roomReport(this.#metrics, this.#logger),
      onOffers: (session, offers) => this.#agents.setOffers(session, offers),
      onCommit: (session, picture) => keeper.changed(session, () => summaryOf(picture)),
    });
  }

  #origins(): OriginRules {
    return { allowed: this.#options.allowedOrigins ?? [], localPort: this.#localPort };
  }
}

/** Only a server for its own machine gives tokens away, and only one that signs them itself. */
function localSecretOf({ isLocal, keys }: ServerParts): string | undefined {
  const signs = isLocal === true && 'secret' in keys && typeof keys.secret === 'string';
  return signs ? keys.secret : undefined;
}
