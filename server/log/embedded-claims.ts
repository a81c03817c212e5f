// Claims of the embedded log: judged in memory, durable in the store before they count. No
// append is under way in the session meanwhile, so none of an old epoch comes behind the
// answer of a grant.

import { workMark, type Claims, type ClaimTable } from './claims.ts';
import type { Deleted, Missing, Unavailable } from './refusal.ts';
import type { Store } from './store.ts';

/** Acts on a living session while nothing else does. */
export type Alone = <T>(
  session: string,
  act: () => Promise<T>,
) => Promise<T | Missing | Deleted | Unavailable>;

export function embeddedClaims(
  table: ClaimTable,
  store: Pick<Store, 'putClaim'>,
  alone: Alone,
): Claims {
  return {
    leaseMs: table.leaseMs,
    grant: (session, run, holder) =>
      alone(session, async () => {
        const claim = table.grantable(session, run, holder);
        if ('code' in claim) return claim;
        await store.putClaim(claim);
        table.put(claim);
        return { ok: true, claim } as const;
      }),
    renew: (session, run, epoch) => table.renew(session, run, epoch),
    release: (session, run, epoch) =>
      alone(session, async () => {
        const claim = table.living(session, run, epoch);
        if ('code' in claim) return claim;
        const over = { ...claim, living: false };
        await store.putClaim(over);
        table.put(over);
        return { ok: true } as const;
      }),
    mark: async (session, hasWork) => {
      if (table.marked.has(session) === hasWork) return { ok: true };
      const mark = workMark(session, hasWork);
      // Before anybody can think that it still stands.
      if (!hasWork) table.put(mark);
      return alone(session, async () => {
        await store.putClaim(mark);
        table.put(mark);
        return { ok: true } as const;
      });
    },
    isMarked: (session) => table.marked.has(session),
    marked: () => [...table.marked],
    of: (session) => table.of(session),
    onLapse: (listener) => table.onLapse(listener),
  };
}
