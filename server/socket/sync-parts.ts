// What a connection is given: who checks tokens and rights, the rooms, time, and whom it
// tells of what happens.

import type { Clock } from '../../src/base/clock.ts';
import type { Unsubscribe } from '../../src/base/emitter.ts';
import type { CloseReason } from '../../src/protocol/close.ts';
import type { WireRule } from '../../src/protocol/refusal.ts';
import type { Caps } from '../access/caps.ts';
import type { Guard } from '../access/guard.ts';
import type { TokenRefusal, TokenVerifier } from '../access/tokens.ts';
import type { Log } from '../log/log.ts';
import type { RoomLimits } from '../room/limits.ts';
import type { Rooms } from '../room/rooms.ts';

/** What an operator may want to count. Must not throw. */
export interface SocketReport {
  opened(): void;
  closed(): void;
  received(bytes: number): void;
  sent(frames: number, bytes: number): void;
  frameRefused(rule: WireRule): void;
  tokenRefused(fault: TokenRefusal['fault']): void;
  /** A connection was not let in because of this limit, by its name. */
  limitHit(limit: string): void;
  slow(session: string): void;
  /** Something threw that never may. */
  broken(session: string, error: unknown): void;
}

/** Which agents wait for the runs of which session. */
export interface AgentDirectory {
  serving(session: string): readonly { readonly name: string; readonly connected: number }[];
  onChange(listener: () => void): Unsubscribe;
}

/** A connection, as the server that keeps it sees it. */
export interface OpenConnection {
  readonly session: string;
  readonly principal: string | undefined;
  beat(): void;
  rejudge(): void;
  /** Agents of the session came or went, or may have. */
  tellAgents(): void;
  close(reason: CloseReason): void;
  terminate(): void;
}

export interface SyncParts {
  readonly verifier: TokenVerifier;
  readonly guard: Guard;
  readonly caps: Caps;
  readonly log: Log;
  readonly rooms: Rooms;
  /** Who waits for runs; nobody where it is absent. */
  readonly agents?: AgentDirectory;
  readonly limits: RoomLimits;
  readonly clock: Clock;
  readonly report: SocketReport;
  readonly onClosed: (connection: OpenConnection) => void;
}
