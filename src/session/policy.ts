// What happens to a new prompt while a run is active. The policy is one field of
// the session, so all devices agree, and this one function decides; the server is
// the one place that applies it. Sub-runs are outside it: their parent asked.
//
//   policy       idle     busy
//   enqueue      start    wait until what is ahead has ended
//   concurrent   start    start beside it
//   reject       start    fail the new run (`rejected`)
//   interrupt    start    cancel what runs and what waits, then start
//   steer        start    hand the words to the newest running one; wait if it ends unread

import { unreachable } from '../base/assert.ts';

export const policies = ['enqueue', 'interrupt', 'concurrent', 'reject', 'steer'] as const;

export type Policy = (typeof policies)[number];

export const DEFAULT_POLICY: Policy = 'enqueue';

export const isPolicy = (value: unknown): value is Policy =>
  policies.some((policy) => policy === value);

export type Verdict =
  | { readonly do: 'start' }
  | { readonly do: 'wait' }
  | { readonly do: 'reject' }
  | { readonly do: 'interrupt'; readonly runs: readonly string[] }
  | { readonly do: 'steer'; readonly run: string };

/** What a new top-level run meets on arrival. Ids of top-level runs, oldest first. */
export interface Ahead {
  /** Begun and not ended. */
  readonly active: readonly string[];
  /** Queued before it. */
  readonly queued: readonly string[];
  /** Whether the asker may interrupt all that is ahead, or steer the newest active run; otherwise the prompt waits. */
  readonly mayControl: boolean;
}

/** Decides once, when the server first sees the run. Busy is: anything active, or queued before it. */
export function decidePolicy(policy: Policy, ahead: Ahead): Verdict {
  const newest = ahead.active.at(-1);
  const busy = ahead.active.length > 0 || ahead.queued.length > 0;
  if (!busy || policy === 'concurrent') return { do: 'start' };
  switch (policy) {
    case 'enqueue':
      return { do: 'wait' };
    case 'reject':
      return { do: 'reject' };
    case 'interrupt':
      return ahead.mayControl
        ? { do: 'interrupt', runs: [...ahead.active, ...ahead.queued] }
        : { do: 'wait' };
    case 'steer':
      return ahead.mayControl && newest !== undefined
        ? { do: 'steer', run: newest }
        : { do: 'wait' };
    default:
      return unreachable(policy);
  }
}
