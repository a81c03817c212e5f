// Runs, and what people asked of them.

import { useCallback } from 'react';
import type { SessionLike } from './client-like.ts';
import { useSessionFeeds } from './provider.ts';
import { sameList } from './messages.ts';
import { useDerived, usePicked } from './selection.ts';
import type { Request } from '../session/record-list.ts';
import { queueOf } from '../session/queue.ts';
import { isActive, type Run } from '../session/run.ts';
import type { Table } from '../session/table.ts';
import type { View } from '../session/view.ts';

/** Undefined while no such run is there, and for no id at all: not every message has one. */
export function useRun(id: string | undefined, session?: SessionLike): Run | undefined {
  const pick = useCallback(
    (view: View) => (id === undefined ? undefined : view.runs.get(id)),
    [id],
  );
  return usePicked(useSessionFeeds(session).feeds.view, pick);
}

/** What was asked of a run (cancel, steer, approve and so on), and what became of it. */
export function useRequests(run: string, session?: SessionLike): readonly Request[] {
  const derive = useCallback(
    (requests: Table<Request>) => requestsOf(requests).get(run) ?? none,
    [run],
  );
  return useDerived(useSessionFeeds(session).feeds.view, requestTable, derive, sameList);
}

const requestTable = (view: View): Table<Request> => view.requests;

const none: readonly Request[] = Object.freeze([]);
const byRun = new WeakMap<Table<Request>, ReadonlyMap<string, readonly Request[]>>();

/** Sorted once for all who ask, and again only when a request changed. */
function requestsOf(requests: Table<Request>): ReadonlyMap<string, readonly Request[]> {
  const before = byRun.get(requests);
  if (before !== undefined) return before;
  const now = Map.groupBy(requests, (request) => request.run);
  byRun.set(requests, now);
  return now;
}

/** The runs that have begun and not ended, and those that wait for their turn. */
export interface Runs {
  readonly active: readonly Run[];
  readonly queued: readonly Run[];
}

export function useRuns(session?: SessionLike): Runs {
  return useDerived(useSessionFeeds(session).feeds.view, runTable, runsOf, sameRuns);
}

const runTable = (view: View): Table<Run> => view.runs;

function runsOf(runs: Table<Run>): Runs {
  const active = [...runs].filter((run) => isActive(run.status.state));
  return Object.freeze({ active: Object.freeze(active), queued: queueOf(runs) });
}

const sameRuns = (a: Runs, b: Runs): boolean =>
  sameList(a.active, b.active) && sameList(a.queued, b.queued);
