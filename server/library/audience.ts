// Who looks at the list, and so has to hear of which session. Most look because they belong
// to it; so memberships are known here, once for each principal who looks, and a change of a
// session is brought to those alone whom it concerns. Nobody's right is remembered longer
// than it holds: a change of membership is looked up in the log before anything else is told.

import type { Claims } from '../../src/protocol/token.ts';
import { namesSessions, sees } from './scope.ts';

export interface Viewer {
  readonly claims: Claims;
}

/** All who look in one principal's name. */
interface Household<V> {
  readonly viewers: Set<V>;
  readonly sessions: Set<string>;
  /** Whether `sessions` are those that the log has. */
  isRead: boolean;
}

export class Audience<V extends Viewer> {
  #households = new Map<string, Household<V>>();
  /** Principals who look and belong to it. */
  #members = new Map<string, Set<string>>();
  /** Whose tokens name sessions. They are few, and asked one by one. */
  #naming = new Set<V>();

  /** How much is remembered: nothing when nobody looks. */
  get size(): number {
    return this.#households.size + this.#members.size + this.#naming.size;
  }

  of(principal: string): readonly V[] {
    return [...(this.#households.get(principal)?.viewers ?? [])];
  }

  add(viewer: V): void {
    const { sub } = viewer.claims;
    const known = this.#households.get(sub);
    const household = known ?? {
      viewers: new Set<V>(),
      sessions: new Set<string>(),
      isRead: false,
    };
    household.viewers.add(viewer);
    this.#households.set(sub, household);
    this.renewed(viewer);
  }

  /** Whether the memberships of this principal are known. */
  isRead(principal: string): boolean {
    return this.#households.get(principal)?.isRead === true;
  }

  setRead(principal: string): void {
    const household = this.#households.get(principal);
    if (household !== undefined) household.isRead = true;
  }

  /** Its token is another one now, of the same principal. */
  renewed(viewer: V): void {
    if (namesSessions(viewer.claims)) this.#naming.add(viewer);
    else this.#naming.delete(viewer);
  }

  remove(viewer: V): void {
    this.#naming.delete(viewer);
    const { sub } = viewer.claims;
    const household = this.#households.get(sub);
    if (household?.viewers.delete(viewer) !== true || household.viewers.size > 0) return;
    for (const session of household.sessions) this.#leave(session, sub);
    this.#households.delete(sub);
  }

  belongs(principal: string, session: string): boolean {
    return this.#members.get(session)?.has(principal) === true;
  }

  setMember(principal: string, session: string, isMember: boolean): void {
    const household = this.#households.get(principal);
    if (household === undefined) return;
    if (!isMember) {
      household.sessions.delete(session);
      this.#leave(session, principal);
      return;
    }
    household.sessions.add(session);
    const members = this.#members.get(session) ?? new Set<string>();
    this.#members.set(session, members.add(principal));
  }

  sees(viewer: V, session: string): boolean {
    return sees(viewer.claims, session, this.belongs(viewer.claims.sub, session));
  }

  /** Everybody who may see the session now. */
  seeing(session: string): readonly V[] {
    const members = [...(this.#members.get(session) ?? [])].flatMap((one) => this.of(one));
    const concerned = new Set([...members, ...this.#naming]);
    return [...concerned].filter((viewer) => this.sees(viewer, session));
  }

  /** Nobody belongs to it any more. */
  forget(session: string): void {
    for (const principal of this.#members.get(session) ?? []) {
      this.#households.get(principal)?.sessions.delete(session);
    }
    this.#members.delete(session);
  }

  #leave(session: string, principal: string): void {
    const members = this.#members.get(session);
    members?.delete(principal);
    if (members?.size === 0) this.#members.delete(session);
  }
}
