// All connections of `WS /sync/:session`: lets upgrades through or not, keeps those that are
// open alive, and judges them anew when somebody's place in a session changes. When very many
// come at once they are let through a few in each turn of the loop, so that those who are
// here already wait for none of them.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import { closeReasons } from '../../src/protocol/close.ts';
import { limits } from '../../src/protocol/limits.ts';
import { isSessionId } from '../../src/protocol/session-id.ts';
import { chooseSubprotocol, type Credential } from '../access/credential.ts';
import { FarewellSocket } from './farewell-socket.ts';
import { SyncConnection } from './sync-connection.ts';
import type { OpenConnection, SyncParts } from './sync-parts.ts';

/** How many fragments and how much of them a message may come in is bounded by `ws` with its size. */
const options = {
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: limits.frameBytesMax,
  handleProtocols: chooseSubprotocol,
  WebSocket: FarewellSocket,
} as const;

export class SyncServer {
  #parts: SyncParts;
  #wss = new WebSocketServer(options);
  /** Each with the part of a beat in which it has its turn. */
  #connections = new Map<OpenConnection, number>();
  #ofSession = new Map<string, Set<OpenConnection>>();
  #taken = 0;
  #waiting: Upgrade[] = [];
  #emptied = createEmitter<undefined>();
  #stopBeat: (() => void) | undefined;
  #stops: readonly (Unsubscribe | undefined)[];

  constructor(parts: Omit<SyncParts, 'onClosed'>) {
    this.#parts = { ...parts, onClosed: (connection) => this.#onClosed(connection) };
    this.#stops = [
      parts.guard.onChange((session, principal) => this.#rejudge(session, principal)),
      parts.agents?.onChange(() => {
        for (const connection of this.#connections.keys()) connection.tellAgents();
      }),
    ];
    this.#beatLater();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** An upgrade that may come through. `release` is called when its connection has ended. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission): void {
    socket.on('close', admission.release);
    this.#waiting.push({ request, socket, head, admission });
    if (this.#waiting.length === 1) setImmediate(this.#openSome);
  }

  #openSome = (): void => {
    const some = this.#waiting.splice(0, OPENED_IN_A_TURN_MAX);
    if (this.#waiting.length > 0) setImmediate(this.#openSome);
    for (const upgrade of some) this.#open(upgrade);
  };

  /** Whoever has gone meanwhile, or asks for no WebSocket, is answered by `ws`. */
  #open({ request, socket, head, admission: { session, credential } }: Upgrade): void {
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new SyncConnection(this.#parts, ws, socket, session);
      this.#add(connection);
      if (!isSessionId(session)) return connection.close(closeReasons.missing);
      if (!credential.ok) return connection.close(closeReasons.token);
      connection.start(credential.token);
    });
  }

  /** Resolves when every connection is closed; rooms close them. */
  async close(): Promise<void> {
    this.#stopBeat?.();
    for (const stop of this.#stops) stop?.();
    for (const { socket } of this.#waiting.splice(0)) socket.destroy();
    for (const connection of this.#connections.keys()) connection.close(closeReasons.unavailable);
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopWaiting = this.#parts.clock.after(CLOSE_MS, resolve);
    this.#emptied.subscribe(() => resolve());
    await promise;
    stopWaiting();
    for (const connection of this.#connections.keys()) connection.terminate();
  }

  #add(connection: OpenConnection): void {
    const { session } = connection;
    this.#connections.set(connection, this.#taken++ % BEAT_PARTS);
    const others = this.#ofSession.get(session) ?? new Set();
    this.#ofSession.set(session, others.add(connection));
    this.#parts.report.opened();
  }

  #onClosed(connection: OpenConnection): void {
    const { session } = connection;
    this.#connections.delete(connection);
    const others = this.#ofSession.get(session);
    others?.delete(connection);
    if (others?.size === 0) this.#ofSession.delete(session);
    this.#parts.report.closed();
    if (this.#connections.size === 0) this.#emptied.emit(undefined);
  }

  #rejudge(session: string, principal: string): void {
    for (const connection of this.#ofSession.get(session) ?? []) {
      if (connection.principal === principal) connection.rejudge();
    }
  }

  /** A part of them at a time, so that a beat of thousands holds up nobody. */
  #beatLater(part = 0): void {
    this.#stopBeat = this.#parts.clock.after(limits.heartbeatMs / BEAT_PARTS, () => {
      for (const [connection, turn] of this.#connections) if (turn === part) connection.beat();
      this.#beatLater((part + 1) % BEAT_PARTS);
    });
  }
}

/** What was found out before the upgrade. */
export interface Admission {
  readonly session: string;
  readonly credential: Credential;
  readonly release: () => void;
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly admission: Admission;
}

/** Some milliseconds of work. */
const OPENED_IN_A_TURN_MAX = 16;

const BEAT_PARTS = 15;

/** How long peers have to answer a farewell. */
const CLOSE_MS = 2_000;
