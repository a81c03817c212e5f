// All connections of `WS /agents/:name`: lets them in, knows which sessions each may see, and
// brings them together with the runs that are offered there, whether anybody is in those
// sessions or not.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import { closeReasons } from '../../src/protocol/close.ts';
import { limits } from '../../src/protocol/limits.ts';
import { chooseSubprotocol, type Credential } from '../access/credential.ts';
import { readRole } from '../access/role.ts';
import { Audience } from '../library/audience.ts';
import type { Offered } from '../room/books.ts';
import { AgentConnection, type AgentKeeper } from './agent-connection.ts';
import type { AgentParts } from './agent-parts.ts';
import { agentLimits } from './limits.ts';
import { OfferBoard } from './offer-board.ts';

const options = {
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: limits.agentMessageBytesMax,
  handleProtocols: chooseSubprotocol,
} as const;

/** What was found out before the upgrade. */
export interface AgentAdmission {
  readonly name: string;
  readonly credential: Credential;
  readonly release: () => void;
}

/** How long peers have to answer a farewell. */
const CLOSE_MS = 2_000;

export class AgentServer {
  #parts: AgentParts;
  #wss = new WebSocketServer(options);
  #board: OfferBoard;
  #connections = new Set<AgentConnection>();
  #audience = new Audience<AgentConnection>();
  #changes = createEmitter<undefined>();
  #emptied = createEmitter<undefined>();
  #stopBeat: (() => void) | undefined;
  #stopListening: Unsubscribe;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#board = new OfferBoard(parts.clock);
    this.#stopListening = parts.guard.onChange((session, principal) => {
      if (this.#audience.of(principal).length === 0) return;
      this.#audience.setMember(principal, session, false);
      this.#judge(session, principal).catch((error: unknown) => parts.report.broken(error));
    });
    this.#beatLater();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** How many agents wait for the runs of a session, by name. */
  serving(session: string): ReturnType<OfferBoard['serving']> {
    return this.#board.serving(session);
  }

  /** Somebody came or went, or sees something else. */
  onChange(listener: () => void): Unsubscribe {
    return this.#changes.subscribe(listener);
  }

  /** What may be claimed in a session now. */
  setOffers(session: string, offers: readonly Offered[]): void {
    this.#board.setOffers(session, offers);
  }

  /** An upgrade that may come through. `release` is called when its connection has ended. */
  take(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { name, credential, release }: AgentAdmission,
  ): void {
    // Of the socket, and not of what `ws` makes of it: an upgrade that is none is refused by `ws`.
    socket.on('close', release);
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new AgentConnection(this.#parts, this.#keeper(), ws, name);
      this.#connections.add(connection);
      this.#parts.report.opened();
      const isName = name !== '' && name.length <= limits.nameCharsMax && name.isWellFormed();
      if (!isName) return connection.close(closeReasons.refused);
      if (!credential.ok) return connection.close(closeReasons.token);
      connection.start(credential.token);
    });
  }

  /** Resolves when every connection is closed. */
  async close(): Promise<void> {
    this.#stopBeat?.();
    this.#stopListening();
    this.#board.close();
    for (const connection of this.#connections) connection.close(closeReasons.unavailable);
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopWaiting = this.#parts.clock.after(CLOSE_MS, resolve);
    this.#emptied.subscribe(() => resolve());
    await promise;
    stopWaiting();
    for (const connection of this.#connections) connection.terminate();
  }

  #keeper(): AgentKeeper {
    return {
      join: (connection) => this.#join(connection),
      changed: (connection) => {
        this.#audience.renewed(connection);
        this.#board.assign(connection.name);
        this.#changes.emit(undefined);
      },
      asked: (connection, { type, session, run }) => this.#board[type](connection, session, run),
      sees: (connection, session) => this.#audience.sees(connection, session),
      closed: (connection) => this.#onClosed(connection),
    };
  }

  async #join(connection: AgentConnection): Promise<boolean> {
    const { sub } = connection.claims;
    this.#audience.add(connection);
    if (!this.#audience.isRead(sub) && !(await this.#readMemberships(sub))) return false;
    // It may be gone by now.
    if (!this.#connections.has(connection)) return false;
    this.#board.join(connection);
    return true;
  }

  async #readMemberships(principal: string): Promise<boolean> {
    let after = '';
    for (let count = 0; count < agentLimits.membershipsMax;) {
      const { members } = this.#parts.log;
      const found = await members.sessions(principal, after, agentLimits.membershipsPage);
      if (!found.ok) return false;
      for (const session of found.sessions) this.#audience.setMember(principal, session, true);
      count += found.sessions.length;
      const last = found.sessions.at(-1);
      if (found.sessions.length < agentLimits.membershipsPage || last === undefined) break;
      after = last;
    }
    this.#audience.setRead(principal);
    return true;
  }

  async #judge(session: string, principal: string): Promise<void> {
    const found = await this.#parts.log.members.role(session, principal);
    // While nobody can say, it sees nothing there.
    if (!found.ok) return;
    this.#audience.setMember(principal, session, readRole(found.role) !== undefined);
    for (const { name } of this.#audience.of(principal)) this.#board.assign(name);
    this.#changes.emit(undefined);
  }

  #onClosed(connection: AgentConnection): void {
    if (!this.#connections.delete(connection)) return;
    if (connection.isKnown) this.#audience.remove(connection);
    this.#board.leave(connection);
    this.#parts.report.closed();
    this.#changes.emit(undefined);
    if (this.#connections.size === 0) this.#emptied.emit(undefined);
  }

  #beatLater(): void {
    this.#stopBeat = this.#parts.clock.after(limits.heartbeatMs, () => {
      for (const connection of this.#connections) connection.beat();
      this.#beatLater();
    });
  }
}
