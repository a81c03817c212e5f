// The queue: the top-level runs that wait, by a number each, lower first. A place is
// found by halving the gap between two neighbours; where doubles have no number left
// between them, the whole queue is spread anew.

import { compareQueued, type Run } from './run.ts';

/** A number to write. */
export interface Place {
  readonly run: string;
  readonly order: number;
}

/** The runs that wait, in their order. Sub-runs wait for nobody. */
export function queueOf(runs: Iterable<Run>): readonly Run[] {
  return [...runs]
    .filter((run) => run.status.state === 'queued' && run.parentRun === undefined)
    .toSorted(compareQueued);
}

/**
 * What to write so that `run` stands at `at` among the others, which are in order. `now`
 * is the time, behind which a queue that is spread anew ends: new prompts come after it.
 */
export function placeAt(
  others: readonly Run[],
  run: Run,
  at: number,
  now: number,
): readonly Place[] {
  const order = between(others[at - 1]?.order, others[at]?.order);
  if (order !== undefined) return [{ run: run.id, order }];
  const queue = others.toSpliced(at, 0, run);
  const last = now - queue.length;
  const first = others[0]?.order ?? last;
  const start = Math.abs(first) < EXACT ? Math.min(first, last) : last;
  return queue.map((other, index) => ({ run: other.id, order: start + index }));
}

/** What to write so that `run` stands where `former` stands, which leaves the queue. */
export function placeOf(runs: Iterable<Run>, former: Run, run: Run, now: number): readonly Place[] {
  const queue = queueOf(runs).filter((other) => other.id !== run.id);
  const at = queue.findIndex((other) => other.id === former.id);
  const others = queue.toSpliced(at, 1);
  const [left, right] = [others[at - 1], others[at]];
  const there = { ...run, order: former.order };
  const fits =
    (left === undefined || compareQueued(left, there) < 0) &&
    (right === undefined || compareQueued(there, right) < 0);
  return fits ? [{ run: run.id, order: former.order }] : placeAt(others, run, at, now);
}

/** Below this, adding one gives another number. */
const EXACT = 2 ** 52;

/** A number strictly between, or undefined where doubles have none. */
function between(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined && right === undefined) return undefined;
  const low = left ?? (right ?? 0) - 1;
  const high = right ?? (left ?? 0) + 1;
  if (left === undefined) return low < high ? low : undefined;
  if (right === undefined) return low < high ? high : undefined;
  const middle = low + (high - low) / 2;
  return low < middle && middle < high ? middle : undefined;
}
