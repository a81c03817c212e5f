// What a session looks like from outside: what a list shows of it, so that nobody has to
// read sessions to list them. It is made from the session and can be made again, so it is
// written when there is time, the newest one counts, and one that was lost harms nobody.
// What it says is opaque here, but for the time by which lists are ordered.

import type { Unavailable } from './refusal.ts';

export interface Summary {
  readonly session: string;
  /** When something last happened in it, in milliseconds since 1970. */
  readonly activity: number;
  /** JSON text. */
  readonly json: string;
}

export interface ListedSummary {
  readonly session: string;
  /** Milliseconds since 1970, by the log's clock. */
  readonly createdAt: number;
  /** When it was created, where it has no summary yet. */
  readonly activity: number;
  readonly json: string | undefined;
}

/** Which sessions a list is about: the union of these. Nobody's rights are looked at here. */
export interface SummaryScope {
  /** Those that it belongs to. */
  readonly principal: string | undefined;
  /** Those whose id begins so; an empty one is all. */
  readonly beginnings: readonly string[];
  readonly sessions: readonly string[];
}

/** Where a page ended: what comes after it has less activity, or as much and a later id. */
export interface SummaryPlace {
  readonly activity: number;
  readonly session: string;
}

type Listed = { readonly ok: true; readonly summaries: readonly ListedSummary[] } | Unavailable;

export interface Summaries {
  /** All of them in one step; those of sessions that are not there are passed over. */
  put(summaries: readonly Summary[]): Promise<{ readonly ok: true } | Unavailable>;
  /** Those of living sessions, by activity, the latest first, then by id. */
  latest(scope: SummaryScope, after: SummaryPlace | undefined, limit: number): Promise<Listed>;
  /** Of living sessions among these, in any order. */
  of(sessions: readonly string[]): Promise<Listed>;
}

/** Whether a list of this order has the one before the other. */
export function compareSummaries(a: SummaryPlace, b: SummaryPlace): number {
  if (a.activity !== b.activity) return b.activity - a.activity;
  return a.session < b.session ? -1 : Number(a.session > b.session);
}

/** Whether it comes after the place where a page ended. */
export function isAfter(summary: SummaryPlace, place: SummaryPlace | undefined): boolean {
  return place === undefined || compareSummaries(place, summary) < 0;
}
