// How long to wait before the next attempt: full jitter, any time between none and a bound
// that doubles. A server that comes back after a restart is then not met by everybody at once
// (Exponential Backoff And Jitter, AWS Architecture Blog).

import type { Chance } from '../../base/chance.ts';
import type { Term } from './connection-state.ts';
import { connectionLimits } from './limits.ts';

/** The longest wait before that attempt; the first retry is 1. */
export function retryBoundMs(attempt: number): number {
  const doubled = connectionLimits.retryMs * 2 ** Math.max(0, attempt - 1);
  return Math.min(connectionLimits.retryMsMax, doubled);
}

/** Milliseconds, from 0 to below the bound. */
export function retryMs(attempt: number, chance: Chance): number {
  return Math.floor((chance.uint32() / 0x100000000) * retryBoundMs(attempt));
}

/** How long a state of a connection may take; a retry is a matter of chance. */
export function termMs(term: Term, attempt: number, chance: Chance): number {
  return terms[term] ?? retryMs(attempt, chance);
}

const terms: Readonly<Record<Term, number | undefined>> = {
  retry: undefined,
  'slow-retry': connectionLimits.retryMsMax,
  token: connectionLimits.tokenMsMax,
  opening: connectionLimits.openMsMax,
  syncing: connectionLimits.syncMsMax,
  steady: connectionLimits.steadyMs,
};
