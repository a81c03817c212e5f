// Upkeep of the embedded log. The copy is one of the store, so the journal is emptied into
// it first: what could not be moved would be missing.

import type { Answer } from './embedded-members.ts';
import type { Unavailable } from './refusal.ts';
import type { Store } from './store.ts';
import { checkRowsMax, type Upkeep } from './upkeep.ts';

export interface UpkeepParts {
  readonly store: Store;
  readonly answer: Answer;
  /** Why nothing can be written now. */
  readonly closed: () => Unavailable | undefined;
  /** Moves all that is durable into the store. Rejects with a StoreFault. */
  readonly flush: () => Promise<void>;
  readonly createId: () => string;
}

export function embeddedUpkeep(parts: UpkeepParts): Upkeep {
  const { store, answer, closed, flush, createId } = parts;
  return {
    copy: () =>
      answer(async () => {
        const refusal = closed();
        if (refusal !== undefined) return refusal;
        await flush();
        return { ok: true, path: await store.copy(createId()) } as const;
      }),
    check: (place) =>
      answer(async () => ({ ok: true, ...(await store.check(place, checkRowsMax)) }) as const),
  };
}
