// Members, links and rows of the embedded log: all of them live in the store alone.

import type { Alone } from './embedded-claims.ts';
import type { Deleted, Missing, Unavailable } from './refusal.ts';
import type { Members } from './members.ts';
import type { Rows } from './rows.ts';
import type { Store } from './store.ts';

/** Makes an answer of a fault of the store. */
export type Answer = <T>(act: () => Promise<T>) => Promise<T | Unavailable>;

/** Why a session has no members, or undefined where it is living. */
export type Refusal = (session: string) => Promise<Missing | Deleted | undefined>;

export function embeddedMembers(
  store: Store,
  alone: Alone,
  answer: Answer,
  refusal: Refusal,
): Members {
  const change = (session: string, act: () => Promise<void>): ReturnType<Members['set']> =>
    alone(session, async () => {
      await act();
      return { ok: true } as const;
    });
  return {
    set: (session, principal, role) =>
      change(session, () => store.changeMembership({ session, principal, role })),
    role: (session, principal) =>
      answer(async () => ({ ok: true, role: await store.role(session, principal) }) as const),
    of: (session) =>
      answer(async () => {
        const refused = await refusal(session);
        return refused ?? ({ ok: true, members: await store.members(session) } as const);
      }),
    sessions: (principal, after, limit) =>
      answer(async () => {
        const sessions = await store.sessionsOf(principal, after, limit);
        return { ok: true, sessions } as const;
      }),
    addLink: (link) => change(link.session, () => store.changeMembership({ link })),
    removeLink: (session, digest) =>
      change(session, () => store.changeMembership({ session, removedLink: digest })),
    links: (session) =>
      answer(async () => {
        const refused = await refusal(session);
        return refused ?? ({ ok: true, links: await store.links(session) } as const);
      }),
    link: (digest) => answer(async () => ({ ok: true, link: await store.link(digest) }) as const),
  };
}

export function embeddedRows(
  store: Store,
  answer: Answer,
  closed: () => Unavailable | undefined,
): Rows {
  return {
    write: (principal, key, json, knownSeq) =>
      answer(async () => {
        const refusal = closed();
        if (refusal !== undefined) return refusal;
        return { ok: true, row: await store.writeRow(principal, key, json, knownSeq) } as const;
      }),
    since: (principal, afterSeq, limit) =>
      answer(async () => {
        const rows = await store.rowsSince(principal, afterSeq, limit);
        return { ok: true, rows } as const;
      }),
  };
}
