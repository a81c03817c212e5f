// Members, links, rows and summaries of the embedded log: all live in the store alone.

import type { Alone } from './embedded-claims.ts';
import type { Deleted, Missing, Unavailable } from './refusal.ts';
import type { Members } from './members.ts';
import { rowLimits, rowsFull, type Rows } from './rows.ts';
import type { Store } from './store.ts';
import type { Summaries } from './summaries.ts';

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
    write: (principal, key, json, knownSeq, limits = rowLimits) =>
      answer(async () => {
        const refusal = closed();
        if (refusal !== undefined) return refusal;
        const row = await store.writeRow(principal, key, json, knownSeq, limits);
        return row === undefined ? rowsFull : ({ ok: true, row } as const);
      }),
    since: (principal, afterSeq, limit) =>
      answer(async () => {
        const rows = await store.rowsSince(principal, afterSeq, limit);
        return { ok: true, rows } as const;
      }),
  };
}

export function embeddedSummaries(
  store: Store,
  answer: Answer,
  closed: () => Unavailable | undefined,
): Summaries {
  return {
    put: (summaries) =>
      answer(async () => {
        const refusal = closed();
        if (refusal !== undefined) return refusal;
        await store.putSummaries(summaries);
        return { ok: true } as const;
      }),
    latest: (scope, after, limit) =>
      answer(async () => {
        const summaries = await store.latestSummaries(scope, after, limit);
        return { ok: true, summaries } as const;
      }),
    of: (sessions) =>
      answer(async () => {
        return { ok: true, summaries: await store.summariesOf(sessions) } as const;
      }),
  };
}
