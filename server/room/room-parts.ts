// What a room is given: where its session is stored, its bounds, time, and whom it tells
// of what happens.

import type { Chance } from '../../src/base/chance.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../log/log.ts';
import type { Offered } from './books.ts';
import type { Refused } from './verdict.ts';
import type { RoomLimits } from './limits.ts';
import type { Credit } from './credit.ts';
import type { Merge } from './merge.ts';
import type { Picture } from './picture.ts';

/** What an operator may want to count or read. Must not throw. */
export interface RoomReport {
  taken(updates: number): void;
  leftOut(count: number): void;
  /** Somebody was sent away because of this limit, by its name. */
  limitHit(limit: keyof RoomLimits): void;
  gap(): void;
  refused(session: string, principal: string, refused: Refused, update: Uint8Array): void;
  committed(updates: number, bytes: number): void;
  notCommitted(session: string, code: string): void;
  loadFailed(session: string, code: string): void;
  compacted(session: string, before: number, after: number): void;
  /** A compaction that was not put in place, and why. */
  notCompacted(session: string, why: string): void;
  /** Something threw that never may. */
  broken(session: string, error: unknown): void;
}

export type RoomState = 'loading' | 'live' | 'draining' | 'closed';

export interface RoomParts {
  readonly log: Log;
  readonly limits: RoomLimits;
  readonly clock: Clock;
  /** Ids of requests that a policy makes, and clients, come from it. */
  readonly chance: Chance;
  readonly merge: Merge;
  readonly credit: Credit;
  readonly report: RoomReport;
  /** Calls back when all that arrived in this turn was taken. */
  readonly atTurnEnd: (task: () => void) => void;
  /** Resolves in another turn, after others had theirs. */
  readonly yieldTurn: () => Promise<void>;
  readonly onClosed: (session: string) => void;
  /** The runs that may be claimed are others now, and that is durable. */
  readonly onOffers?: (session: string, offers: readonly Offered[]) => void;
  /** Something was committed and may be looked at: the picture, not more. */
  readonly onCommit?: (session: string, picture: Picture) => void;
}
