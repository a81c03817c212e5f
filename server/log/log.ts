// The durable log: what a session is, in the order in which it became so. A room is a
// cache of it. Every session has records 1, 2, 3, ... (its seq), of which the first
// may have been merged into one snapshot:
//
//     [ snapshot of 1..base ][ base+1 ][ base+2 ] ... [ seq ]
//
// Bytes are opaque here. An answer that is not a refusal is durable: it survives the
// death of every process at any instruction. What is expected is answered with a tagged
// result; only a broken promise of our own is thrown.

import type { Claims } from './claims.ts';
import type { Member, Members } from './members.ts';
import type { Conflict, Deleted, Hold, Missing, StaleEpoch, Unavailable } from './refusal.ts';
import type { Rows } from './rows.ts';
import type { Summaries } from './summaries.ts';

/** One append. `bytes` belong to the log from then on: do not write to them. */
export interface LogRecord {
  readonly session: string;
  /** 1 for the first of its session, then without holes. */
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** Where a session stands. */
export interface Head {
  readonly session: string;
  /** Another one means: not the history that you know (made anew from a backup). Never reused. */
  readonly generation: string;
  readonly seq: number;
  /** The last seq inside the snapshot; 0 without one. */
  readonly base: number;
}

export interface Snapshot {
  /** It stands for records 1 to `through`. */
  readonly through: number;
  readonly bytes: Uint8Array;
  /** What the room wants to find beside it. */
  readonly index: Uint8Array;
}

export interface Page {
  readonly ok: true;
  /** Where what was asked for lies before the base: it replaces everything up to `through`. */
  readonly snapshot: Snapshot | undefined;
  /** In order and without holes, after the snapshot or after what was asked for. */
  readonly records: readonly LogRecord[];
  /** The seq of the session when the page was read; more is to be read while the last is below it. */
  readonly seq: number;
}

export interface Listing {
  readonly ok: true;
  readonly sessions: readonly ListedSession[];
}

export interface ListedSession extends Head {
  /** Of snapshot and records that have left the journal. */
  readonly bytes: number;
  /** Milliseconds since 1970, by the log's clock. */
  readonly createdAt: number;
  readonly changedAt: number;
}

type OfHead = { readonly ok: true; readonly head: Head };
export type Created =
  | OfHead
  | { readonly ok: false; readonly code: 'exists' }
  | Deleted
  | Unavailable;
export type Opened = OfHead | Missing | Deleted | Unavailable;
export type Appended =
  | { readonly ok: true; readonly seq: number }
  | Conflict
  | StaleEpoch
  | Missing
  | Deleted
  | Unavailable;
export type Read = Page | Missing | Deleted | Unavailable;
export type Compacted = OfHead | Conflict | Missing | Deleted | Unavailable;
export type Erased = { readonly ok: true } | Missing | Unavailable;

export interface Log {
  /** This opening of the log; another one after every restart. */
  readonly incarnation: string;
  readonly claims: Claims;
  readonly members: Members;
  readonly rows: Rows;
  readonly summaries: Summaries;

  /** `first` belongs to it from the same step on, so that no crash leaves it without anybody. */
  create(session: string, first?: Member): Promise<Created>;
  open(session: string): Promise<Opened>;

  /**
   * Makes `batch` record `expectedSeq + 1`, whole or not at all. Several may be under way
   * for one session; when one is refused, so are those that build on it.
   */
  append(
    session: string,
    expectedSeq: number,
    under: readonly Hold[],
    batch: Uint8Array,
  ): Promise<Appended>;

  /** What comes after `afterSeq`, at most about `bytesMax` and at least one record. */
  read(session: string, afterSeq: number, bytesMax?: number): Promise<Read>;

  /**
   * Puts a snapshot in the place of records 1 to `throughSeq`, in one step, and deletes
   * exactly these. A conflict when a later snapshot stands there, or they are not all written.
   */
  compact(
    session: string,
    throughSeq: number,
    snapshot: Uint8Array,
    index: Uint8Array,
  ): Promise<Compacted>;

  /** Answers once the words are in no file any more. Refused or broken off, it can be asked again. */
  delete(session: string): Promise<Erased>;

  /** Living sessions by id, those after `after` only. */
  list(after: string, limit: number): Promise<Listing | Unavailable>;

  /** Finishes what is under way. Nothing may be asked afterwards. */
  close(): Promise<void>;
}

/** At most this much of a session is read at once, unless one record is larger. */
export const pageBytesMax = 1024 * 1024;
