// The small facts of a session beside its words, as they are named on disk. Whatever is read is
// checked; what is not understood is as if it was not there.

import type { Json } from '../../base/json.ts';
import { storeLimits } from './limits.ts';
import type { KeptRecord } from './offline.ts';

const KEPT = 'kept/';

export class SessionFacts {
  readonly values: Map<string, Json>;

  constructor(values: ReadonlyMap<string, Json> = new Map()) {
    this.values = new Map(values);
  }

  set(name: string, value: Json | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
  }

  get generation(): string | null {
    const value = this.values.get('generation');
    return typeof value === 'string' ? value : null;
  }

  get resets(): number {
    const value = this.values.get('resets');
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0;
  }

  get mixed(): boolean {
    return this.values.get('mixed') === true;
  }

  /** Ids that replacements dealt with, the latest last. */
  get handled(): readonly string[] {
    const value = this.values.get('handled');
    if (!Array.isArray(value)) return [];
    return value.filter((id) => typeof id === 'string');
  }

  get kept(): readonly KeptRecord[] {
    const kept: KeptRecord[] = [];
    for (const [name, draft] of this.values) {
      if (name.startsWith(KEPT)) kept.push({ id: name.slice(KEPT.length), draft });
    }
    return kept.slice(-storeLimits.keptMax);
  }
}

/** The fact under which a draft is kept. */
export function keptName(id: string): string {
  return KEPT + id;
}

/** Facts that say that this was written by this store, at all: what another program wrote has none. */
export const FORMAT_FACT = ['format', 1] as const;
