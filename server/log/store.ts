// What the log asks of its store: everything that is indexed, compacted, leased and
// listed. Actions run one after another, each whole or not at all, in the order in which
// they were asked for; the log leans on that order. What an action answers is durable,
// and what came by `move` may be in the store's own log only until `checkpoint`, so a
// journal file goes only after one.

import type { Claim } from './claims.ts';
import type { Head, ListedSession, LogRecord, Snapshot } from './log.ts';
import type { Member, ShareLink } from './members.ts';
import type { Row, RowLimits } from './rows.ts';
import type { ListedSummary, Summary, SummaryPlace, SummaryScope } from './summaries.ts';
import type { CheckPlace, CheckStep } from './upkeep.ts';

/** A session as the store has it: its newest records may still be in the journal. */
export interface StoredHead extends Head {
  readonly deleted: boolean;
}

export interface StoredPage {
  readonly snapshot: Snapshot | undefined;
  readonly records: readonly LogRecord[];
  /** The last record in the store, whatever was read. */
  readonly seq: number;
}

/** What a log needs to know when it opens a store. */
export interface StoreStart {
  /** Journal files below it are no longer needed. */
  readonly floor: number;
  readonly claims: readonly Claim[];
  /** What the check of the store found wrong; empty where it is sound. */
  readonly faults: readonly string[];
  /** A session was deleted, and its words may still be in a file. */
  readonly erasing: boolean;
}

/** A change of one principal's place in one session. */
export type MembershipChange =
  | { readonly session: string; readonly principal: string; readonly role: string | undefined }
  | { readonly link: ShareLink }
  | { readonly session: string; readonly removedLink: string };

export interface StoreActions {
  start(): StoreStart;
  head(session: string): StoredHead | undefined;
  /** `first` joins it in the same step. */
  create(session: string, generation: string, now: number, first?: Member): void;
  /** All sessions are of this generation from now on. */
  renewGenerations(generation: string): void;
  /** Takes what is new, in order; what is there already, or of a deleted session, is passed over. */
  move(records: readonly LogRecord[], floor: number, now: number): void;
  checkpoint(): void;
  read(session: string, afterSeq: number, bytesMax: number): StoredPage | 'deleted';
  /** A conflict where a later snapshot stands already, or where not all of it is in the store. */
  compact(session: string, snapshot: Snapshot, now: number): 'done' | 'conflict';
  /** A tombstone in the place of all that the session has. Its words are gone after `erase`. */
  bury(session: string): void;
  /** Makes every file of the store anew without what was deleted. Costs as much as the store is large. */
  erase(): void;
  list(after: string, limit: number): readonly ListedSession[];
  putClaim(claim: Claim): void;
  changeMembership(change: MembershipChange): void;
  role(session: string, principal: string): string | undefined;
  members(session: string): readonly Member[];
  sessionsOf(principal: string, after: string, limit: number): readonly string[];
  link(digest: string): ShareLink | undefined;
  links(session: string): readonly ShareLink[];
  /** Undefined where there is no room. */
  writeRow(
    principal: string,
    key: string,
    json: string | undefined,
    knownSeq: number,
    limits: RowLimits,
  ): Row | undefined;
  rowsSince(principal: string, afterSeq: number, limit: number): readonly Row[];
  putSummaries(summaries: readonly Summary[]): void;
  latestSummaries(
    scope: SummaryScope,
    after: SummaryPlace | undefined,
    limit: number,
  ): readonly ListedSummary[];
  summariesOf(sessions: readonly string[]): readonly ListedSummary[];
  /** A consistent copy, as a file of its own beside the store: its path. */
  copy(id: string): string;
  check(place: CheckPlace | undefined, rowsMax: number): CheckStep;
  close(): void;
}

/** The same, asked from another thread. Rejects with a StoreFault. */
export type Store = {
  readonly [Name in keyof StoreActions]: StoreActions[Name] extends (
    ...args: infer Args
  ) => infer Answer
    ? (...args: Args) => Promise<Answer>
    : never;
};

export const storeActionNames = [
  'start',
  'head',
  'create',
  'renewGenerations',
  'move',
  'checkpoint',
  'read',
  'compact',
  'bury',
  'erase',
  'list',
  'putClaim',
  'changeMembership',
  'role',
  'members',
  'sessionsOf',
  'link',
  'links',
  'writeRow',
  'rowsSince',
  'putSummaries',
  'latestSummaries',
  'summariesOf',
  'copy',
  'check',
  'close',
] as const satisfies readonly (keyof StoreActions)[];
