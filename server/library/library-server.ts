// All connections of `WS /library`: lets them in, tells each of those sessions that it may
// see, and of its desk. Who may see a session is judged by what the log says now: when
// somebody's place in a session changes, it is not told of it until that was looked up.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import type { ListEntry } from '../../src/protocol/library.ts';
import { limits } from '../../src/protocol/limits.ts';
import { chooseSubprotocol, type Credential } from '../access/credential.ts';
import { readRole } from '../access/role.ts';
import { Turns } from '../access/turns.ts';
import { httpLimits } from '../http/limits.ts';
import { Audience } from './audience.ts';
import { toEntry } from './entry.ts';
import { LibraryConnection } from './library-connection.ts';
import type { LibraryParts } from './library-parts.ts';
import type { KeeperEvent } from './summary-keeper.ts';

const options = {
  noServer: true,
  perMessageDeflate: false,
  clientTracking: false,
  maxPayload: limits.libraryMessageBytesMax,
  handleProtocols: chooseSubprotocol,
} as const;

/** What was found out before the upgrade. */
export interface LibraryAdmission {
  readonly credential: Credential;
  readonly release: () => void;
}

export class LibraryServer {
  #parts: LibraryParts;
  #wss = new WebSocketServer(options);
  #connections = new Set<LibraryConnection>();
  #audience = new Audience<LibraryConnection>();
  /** What concerns one principal's memberships, in order. */
  #turns = new Turns();
  #emptied = createEmitter<undefined>();
  #stopBeat: (() => void) | undefined;
  #stops: readonly Unsubscribe[];

  constructor(parts: LibraryParts) {
    this.#parts = parts;
    this.#stops = [
      parts.guard.onChange((session, principal) => this.#onMembership(session, principal)),
      parts.keeper.onEvent((event) => this.#onEvent(event)),
      parts.desk.onWrite((principal) => this.#onWrite(principal)),
    ];
    this.#beatLater();
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** How much is remembered of who sees what: nothing when nobody looks. */
  get remembered(): number {
    return this.#audience.size;
  }

  /** An upgrade that may come through. `release` is called when its connection has ended. */
  take(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { credential, release }: LibraryAdmission,
  ): void {
    // Of the socket, and not of what `ws` makes of it: an upgrade that is none is refused by `ws`.
    socket.on('close', release);
    this.#wss.handleUpgrade(request, socket, head, (ws) => {
      const connection = new LibraryConnection(this.#parts, this.#keeper(), ws);
      this.#connections.add(connection);
      this.#parts.report.opened();
      if (!credential.ok) return connection.close(closeReasons.token);
      connection.start(credential.token);
    });
  }

  /** Resolves when every connection is closed. */
  async close(): Promise<void> {
    this.#stopBeat?.();
    for (const stop of this.#stops) stop();
    for (const connection of this.#connections) connection.close(closeReasons.unavailable);
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stopWaiting = this.#parts.clock.after(CLOSE_MS, resolve);
    this.#emptied.subscribe(() => resolve());
    await promise;
    stopWaiting();
    for (const connection of this.#connections) connection.terminate();
  }

  #keeper(): ConstructorParameters<typeof LibraryConnection>[1] {
    return {
      join: (connection) => this.#join(connection),
      renewed: (connection) => this.#audience.renewed(connection),
      closed: (connection) => this.#onClosed(connection),
    };
  }

  /** The first of a principal has its memberships read; the others wait for that. */
  #join(connection: LibraryConnection): Promise<boolean> {
    const { sub } = connection.claims;
    this.#audience.add(connection);
    return this.#turns.take(
      sub,
      async () => this.#audience.isRead(sub) || this.#readMemberships(sub),
    );
  }

  async #readMemberships(principal: string): Promise<boolean> {
    let after = '';
    for (let count = 0; count < httpLimits.membershipsMax;) {
      const { members } = this.#parts.log;
      const found = await members.sessions(principal, after, httpLimits.membershipsPage);
      if (!found.ok) return false;
      for (const session of found.sessions) this.#audience.setMember(principal, session, true);
      count += found.sessions.length;
      const last = found.sessions.at(-1);
      if (found.sessions.length < httpLimits.membershipsPage || last === undefined) break;
      after = last;
    }
    this.#audience.setRead(principal);
    return true;
  }

  #onMembership(session: string, principal: string): void {
    if (this.#audience.of(principal).length === 0) return;
    this.#audience.setMember(principal, session, false);
    this.#run(this.#turns.take(principal, () => this.#judge(session, principal)));
  }

  async #judge(session: string, principal: string): Promise<void> {
    const { members, summaries } = this.#parts.log;
    const found = await members.role(session, principal);
    const listed = found.ok ? await summaries.of([session]) : found;
    const viewers = this.#audience.of(principal);
    if (!found.ok || !listed.ok) return closeAll(viewers, closeReasons.unavailable);
    this.#audience.setMember(principal, session, readRole(found.role) !== undefined);
    const entries = listed.summaries.map(toEntry);
    for (const viewer of viewers) {
      if (entries.length > 0 && this.#audience.sees(viewer, session)) viewer.changed(entries);
      else viewer.gone(session);
    }
  }

  #onEvent(event: KeeperEvent): void {
    if (event.kind === 'changed') {
      const sessions = event.summaries.map(({ session }) => session);
      return this.#run(this.#tellChanged(sessions));
    }
    for (const viewer of this.#audience.seeing(event.session)) viewer.gone(event.session);
    this.#audience.forget(event.session);
  }

  async #tellChanged(sessions: readonly string[]): Promise<void> {
    const heard = sessions.filter((session) => this.#audience.seeing(session).length > 0);
    if (heard.length === 0) return;
    const listed = await this.#parts.log.summaries.of(heard);
    // Without the store nobody can be told; what changes next, or a new page, tells it.
    if (!listed.ok) return;
    const news = new Map<LibraryConnection, ListEntry[]>();
    for (const summary of listed.summaries) {
      const entry = toEntry(summary);
      for (const viewer of this.#audience.seeing(entry.session)) {
        const entries = news.get(viewer) ?? [];
        entries.push(entry);
        news.set(viewer, entries);
      }
    }
    for (const [viewer, entries] of news) viewer.changed(entries);
  }

  #onWrite(principal: string): void {
    for (const viewer of this.#audience.of(principal)) viewer.rowsChanged();
  }

  #onClosed(connection: LibraryConnection): void {
    if (!this.#connections.delete(connection)) return;
    if (connection.isKnown) this.#audience.remove(connection);
    this.#parts.report.closed();
    if (this.#connections.size === 0) this.#emptied.emit(undefined);
  }

  #run(work: Promise<void>): void {
    work.catch((error: unknown) => this.#parts.report.broken(error));
  }

  #beatLater(): void {
    this.#stopBeat = this.#parts.clock.after(limits.heartbeatMs, () => {
      for (const connection of this.#connections) connection.beat();
      this.#beatLater();
    });
  }
}

function closeAll(viewers: readonly LibraryConnection[], reason: CloseReason): void {
  for (const viewer of viewers) viewer.close(reason);
}

/** How long peers have to answer a farewell. */
const CLOSE_MS = 2_000;
