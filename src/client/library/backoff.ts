// How long to wait before trying again: at random between nothing and a bound that doubles
// with every failure, so that a thousand devices that lost one server do not come back at
// one moment (full jitter: Brooker, "Exponential Backoff And Jitter", 2015).

import { below, type Chance } from '../../base/chance.ts';
import { libraryLimits } from './limits.ts';

/** Milliseconds. `attempt` counts the failures before, from 0. */
export function retryDelayMs(chance: Chance, attempt: number, atLeastMs = 0): number {
  const { retryBaseMs, retryMsMax } = libraryLimits;
  const bound = Math.min(retryMsMax, retryBaseMs * 2 ** Math.min(attempt, 16));
  return atLeastMs + below(chance, bound + 1);
}
