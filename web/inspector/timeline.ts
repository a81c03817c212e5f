// Runs as lanes over time: when each was asked, claimed and ended, and what was asked of it
// meanwhile. A run that another one asked stands below it. Pure: a view in, lanes out.

import type { Run, RunState, View } from 'holdfast';

export interface Lane {
  readonly run: string;
  readonly agent: string;
  readonly state: RunState;
  /** How many runs are above it. */
  readonly depth: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Null until somebody claimed it. */
  readonly started: number | null;
  /** The end, or now. */
  readonly to: number;
  readonly epoch: number;
  readonly marks: readonly Mark[];
}

export interface Mark {
  readonly at: number;
  readonly kind: string;
  readonly state: string;
}

export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly Lane[];
}

/** A line that was drawn for this many runs is read by nobody: the newest ones are shown. */
const lanesMax = 200;

export function timelineOf(view: Pick<View, 'runs' | 'requests'>, now: number): Timeline {
  const runs = [...view.runs].toSorted((a, b) => a.createdAt - b.createdAt);
  const marks = Map.groupBy(view.requests, ({ run }) => run);
  const below = Map.groupBy(runs, ({ parentRun }) => parentRun);
  const lanes: Lane[] = [];
  const seen = new Set<string>();
  const add = (run: Run, depth: number): void => {
    if (seen.has(run.id)) return;
    seen.add(run.id);
    lanes.push(laneOf(run, depth, now, marks.get(run.id) ?? []));
    for (const child of below.get(run.id) ?? []) add(child, depth + 1);
  };
  for (const run of runs)
    if (run.parentRun === undefined || view.runs.get(run.parentRun) === undefined) add(run, 0);
  // Those that circle have nobody above them and are shown all the same.
  for (const run of runs) add(run, 0);
  const shown = lanes.slice(-lanesMax);
  const from = Math.min(...shown.map((lane) => lane.from));
  const to = Math.max(...shown.map((lane) => lane.to));
  return shown.length === 0 ? { from: now, to: now, lanes: [] } : { from, to, lanes: shown };
}

function laneOf(
  run: Run,
  depth: number,
  now: number,
  requests: readonly { readonly at: number; readonly kind: string; readonly state: string }[],
): Lane {
  const { id, agent, status, createdAt, startedAt, claim } = run;
  const isOver =
    status.state === 'complete' || status.state === 'cancelled' || status.state === 'failed';
  const claims =
    claim !== null && claim.epoch > 1
      ? [{ at: claim.since, kind: 'takeover', state: 'settled' }]
      : [];
  const stalls =
    status.state === 'stalled' ? [{ at: status.at, kind: 'stall', state: 'open' }] : [];
  return {
    run: id,
    agent,
    state: status.state,
    depth,
    from: createdAt,
    started: startedAt,
    to: Math.max(createdAt, isOver ? status.at : now),
    epoch: claim?.epoch ?? 0,
    marks: [...requests.map(({ at, kind, state }) => ({ at, kind, state })), ...claims, ...stalls],
  };
}

/** Where a moment stands, from 0 to 1. */
export function shareOf(at: number, { from, to }: Pick<Timeline, 'from' | 'to'>): number {
  return to <= from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}
