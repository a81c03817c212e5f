// Remembers the roles that were asked of a store, so that those who come back all at once do
// not each wait for its thread. It leans on the order of the store: what is asked behind a
// change is answered after it, so a change is forgotten the moment it is asked for, and an
// answer that was under way meanwhile is not kept.

import type { Store } from './store.ts';

/** A bound on memory: the session that was remembered first is forgotten first. */
export const knownRolesMax = 50_000;

/** The same store. Whoever shares it must change memberships through this one. */
export function withKnownRoles(store: Store): Store {
  const known = new Map<string, Map<string, string | undefined>>();
  let size = 0;
  let changes = 0;
  const drop = (session: string): void => {
    size -= known.get(session)?.size ?? 0;
    known.delete(session);
  };
  const keep = (session: string, principal: string, role: string | undefined): void => {
    const roles = known.get(session) ?? new Map<string, string | undefined>();
    if (!roles.has(principal)) size += 1;
    known.set(session, roles.set(principal, role));
    const [oldest] = known.keys();
    if (size > knownRolesMax && oldest !== undefined) drop(oldest);
  };
  const forget = (session: string): void => {
    changes += 1;
    drop(session);
  };
  return {
    ...store,
    async role(session, principal) {
      const roles = known.get(session);
      if (roles?.has(principal) === true) return roles.get(principal);
      const before = changes;
      const role = await store.role(session, principal);
      if (before === changes) keep(session, principal, role);
      return role;
    },
    create(session, ...rest) {
      forget(session);
      return store.create(session, ...rest);
    },
    bury(session) {
      forget(session);
      return store.bury(session);
    },
    changeMembership(change) {
      forget('session' in change ? change.session : change.link.session);
      return store.changeMembership(change);
    },
  };
}
