// Prompts that were taken back before anybody began to answer them. They stay where
// they stand, for all to see, but they are not part of what was said: neither a model
// nor a fork gets them.

import { neverStarted, type Run } from './run.ts';
import type { View } from './view.ts';

/** Prompts of which no run was begun and every one is over, by being withdrawn. */
export function withdrawnPrompts(view: View): ReadonlySet<string> {
  const withdrawn = new Set<string>();
  const kept = new Set<string>();
  for (const run of view.runs) {
    if (isWithdrawn(run)) withdrawn.add(run.message);
    else kept.add(run.message);
  }
  for (const message of kept) withdrawn.delete(message);
  return withdrawn;
}

function isWithdrawn(run: Run): boolean {
  return neverStarted(run) && run.status.state === 'cancelled' && run.status.why === 'withdrawn';
}
