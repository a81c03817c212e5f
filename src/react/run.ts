// Runs, and what people asked of them.

import { useCallback } from 'react';
import type { SessionHandle } from './handle.ts';
import { useSessionFeeds } from './provider.ts';
import { sameList } from './messages.ts';
import { useSelection } from './selection.ts';
import type { Request } from '../session/record-list.ts';
import { queueOf } from '../session/queue.ts';
import { isActive, type Run } from '../session/run.ts';
import type { Table } from '../session/table.ts';
import type { View } from '../session/view.ts';

/** Undefined while no such run is there, and for no id at all: not every message has one. */
export function useRun(id: string | undefined, session?: SessionHandle): Run | undefined {
  const select = useCallback(
    (view: View) => (id === undefined ? undefined : view.runs.get(id)),
    [id],
  );
  return useSelection(useSessionFeeds(session).feeds.view, select);
}

/** What was asked of a run (cancel, steer, approve and so on), and what became of it. */
export function useRequests(run: string, session?: SessionHandle): readonly Request[] {
  const select = useCallback((view: View) => requestsOf(view.requests).get(run) ?? none, [run]);
  return useSelection(useSessionFeeds(session).feeds.view, select, sameList);
}

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

export function useRuns(session?: SessionHandle): Runs {
  return useSelection(useSessionFeeds(session).feeds.view, runsOf, sameRuns);
}

const known = new WeakMap<Table<Run>, Runs>();

function runsOf({ runs }: View): Runs {
  const before = known.get(runs);
  if (before !== undefined) return before;
  const active = [...runs].filter((run) => isActive(run.status.state));
  const now = Object.freeze({ active: Object.freeze(active), queued: queueOf(runs) });
  known.set(runs, now);
  return now;
}

const sameRuns = (a: Runs, b: Runs): boolean =>
  sameList(a.active, b.active) && sameList(a.queued, b.queued);
