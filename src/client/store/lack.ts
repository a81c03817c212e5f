// What a tab that comes later lacks. It has read the disk, so where there is one it lacks only what is
// not stored yet; where there is none, all that its state vector does not cover.

import * as Y from 'yjs';
import type { StoredEntry } from './disk.ts';
import type { Holding } from './holding.ts';
import type { OpenOptions } from './offline.ts';

export interface Lack {
  readonly updates: readonly Uint8Array[];
  readonly entries: readonly StoredEntry[];
  /** The updates hold words that no server may have, too. */
  readonly isMixed: boolean;
}

function whatIsNotStored(holding: Holding): Lack {
  return { updates: holding.words(), entries: holding.unstored(), isMixed: false };
}

/** `state` is all that a document holds, where there is one; `clocks` a state vector. */
function whatOneLacks(holding: Holding, state: Uint8Array | undefined, clocks: Uint8Array): Lack {
  const entries = holding.entries();
  if (state === undefined) return { updates: holding.words(), entries, isMixed: false };
  const isMixed = entries.length > 0;
  try {
    return { updates: [Y.diffUpdate(state, clocks)], entries, isMixed };
  } catch {
    // What another tab says it has makes no sense.
    return { updates: [state], entries, isMixed };
  }
}

/** Undefined where it is nothing. `options`: of who answers, where there is no disk to be read. */
export function lackOf(
  holding: Holding,
  options: OpenOptions | undefined,
  clocks: Uint8Array,
): Lack | undefined {
  const lack =
    options === undefined
      ? whatIsNotStored(holding)
      : whatOneLacks(holding, wholeState(options), clocks);
  return lack.updates.length + lack.entries.length === 0 ? undefined : lack;
}

/** All that a document holds, where somebody has one and can say. */
export function wholeState({ state }: OpenOptions): Uint8Array | undefined {
  try {
    return state?.();
  } catch {
    return undefined;
  }
}
