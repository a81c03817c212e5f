// A replacement as one transaction: nothing of it is seen before all of it is.

import type { Json } from '../../base/json.ts';
import type { DiskBatch, StoredEntry } from './disk.ts';
import { storeLimits } from './limits.ts';
import type { Replacement } from './offline.ts';
import { FORMAT_FACT, keptName, type SessionFacts } from './session-facts.ts';

export interface ReplacementBatch extends DiskBatch {
  readonly outbox: readonly StoredEntry[];
  readonly base: readonly Uint8Array[];
  readonly facts: ReadonlyMap<string, Json | undefined>;
}

/** `gone` are the entries that it deals with; `before` is how often the session was replaced. */
export function replacementBatch(
  next: Replacement,
  before: number,
  gone: readonly string[],
  known: SessionFacts,
): ReplacementBatch {
  const resets = before + 1;
  const facts = new Map<string, Json | undefined>([FORMAT_FACT, ['resets', resets]]);
  facts.set('handled', [...known.handled, ...gone].slice(-storeLimits.handledMax));
  if (next.base !== undefined) facts.set('mixed', undefined);
  if (next.generation !== undefined) facts.set('generation', next.generation ?? undefined);
  for (const { id, draft } of next.kept) facts.set(keptName(id), draft);
  return {
    ifResets: before,
    clearBase: next.base !== undefined,
    // Also what stays: it is put there anew, as of what is there now.
    drop: [...gone, ...next.outbox.map(({ id }) => id)],
    outbox: next.outbox.map((entry) => ({ ...entry, resets })),
    base: next.base ?? [],
    facts,
  };
}

/** Brings a disk that missed a replacement to where everybody else is. */
export function followingBatch(
  resets: number,
  missedAt: number,
  handled: readonly string[],
): DiskBatch {
  return {
    ifResets: missedAt,
    clearBase: true,
    drop: handled,
    facts: new Map<string, Json | undefined>([
      FORMAT_FACT,
      ['resets', resets],
      ['handled', handled],
    ]),
  };
}
