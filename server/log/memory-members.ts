// Members and links in memory.

import type { Deleted, Missing } from './refusal.ts';
import type { MemberChange, Members, ShareLink } from './members.ts';

type Answer<Method extends keyof Members> = Awaited<ReturnType<Members[Method]>>;

export class MemoryMembers implements Members {
  #refuse: (session: string) => Missing | Deleted | undefined;
  #roles = new Map<string, Map<string, string>>();
  #links = new Map<string, ShareLink>();

  constructor(refuse: (session: string) => Missing | Deleted | undefined) {
    this.#refuse = refuse;
  }

  async set(session: string, principal: string, role: string | undefined): Promise<MemberChange> {
    const refused = this.#refuse(session);
    if (refused !== undefined) return refused;
    const roles = this.#roles.get(session) ?? new Map<string, string>();
    if (role === undefined) roles.delete(principal);
    else roles.set(principal, role);
    this.#roles.set(session, roles);
    return { ok: true };
  }

  async role(session: string, principal: string): Promise<Answer<'role'>> {
    return { ok: true, role: this.#roles.get(session)?.get(principal) };
  }

  async of(session: string): Promise<Answer<'of'>> {
    const refused = this.#refuse(session);
    if (refused !== undefined) return refused;
    const roles = [...(this.#roles.get(session) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { ok: true, members: roles.map(([principal, role]) => ({ principal, role })) };
  }

  async sessions(principal: string, after: string, limit: number): Promise<Answer<'sessions'>> {
    const own = [...this.#roles].filter(([id, roles]) => id > after && roles.has(principal));
    const sessions = own.map(([id]) => id).toSorted();
    return { ok: true, sessions: sessions.slice(0, limit) };
  }

  async addLink(link: ShareLink): Promise<MemberChange> {
    const refused = this.#refuse(link.session);
    if (refused !== undefined) return refused;
    this.#links.set(link.digest, link);
    return { ok: true };
  }

  async links(session: string): Promise<Answer<'links'>> {
    const refused = this.#refuse(session);
    if (refused !== undefined) return refused;
    const own = [...this.#links.values()].filter((link) => link.session === session);
    return { ok: true, links: own.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)) };
  }

  async removeLink(session: string, digest: string): Promise<MemberChange> {
    const refused = this.#refuse(session);
    if (refused !== undefined) return refused;
    if (this.#links.get(digest)?.session === session) this.#links.delete(digest);
    return { ok: true };
  }

  async link(digest: string): Promise<Answer<'link'>> {
    return { ok: true, link: this.#links.get(digest) };
  }

  has(principal: string, session: string): boolean {
    return this.#roles.get(session)?.has(principal) === true;
  }

  forget(session: string): void {
    this.#roles.delete(session);
    for (const link of this.#links.values()) {
      if (link.session === session) this.#links.delete(link.digest);
    }
  }
}
