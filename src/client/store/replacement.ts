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
  /** Entries that are no more. Others only go over to what is there now. */
  readonly handled: readonly string[];
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
  const stays = new Set(next.outbox.map(({ id }) => id));
  const handled = gone.filter((id) => !stays.has(id));
  facts.set('handled', [...known.handled, ...handled].slice(-storeLimits.handledMax));
  if (next.base !== undefined) facts.set('mixed', undefined);
  if (next.generation !== undefined) facts.set('generation', next.generation ?? undefined);
  for (const { id, draft } of next.kept) facts.set(keptName(id), draft);
  return {
    ifResets: before,
    clearBase: next.base !== undefined,
    drop: gone,
    outbox: next.outbox.map((entry) => ({ ...entry, resets })),
    base: next.base ?? [],
    facts,
    handled,
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
