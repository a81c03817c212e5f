// Who may come into a session, and who decides that. Everything is judged by the log and
// by verified claims, never by a document. The answer to "there is none" and to "not for
// you" is the same, by the same way. Whoever owns a session says who else belongs to it;
// there is always an owner. Changes are told once they are durable, so that connections
// which are open are judged anew and a revocation ends them at once.
//
// Reading who is an owner and writing who is none must not meet: member changes of one
// session go one after another. That holds in one process, as the embedded log does.

import { systemChance, type Chance } from '../../src/base/chance.ts';
import { createEmitter, type Unsubscribe } from '../../src/base/emitter.ts';
import { limits } from '../../src/protocol/limits.ts';
import { isSessionId } from '../../src/protocol/session-id.ts';
import { covers, type Claims } from '../../src/protocol/token.ts';
import type { Log } from '../log/log.ts';
import type { Member, ShareLink } from '../log/members.ts';
import { missing, type Deleted, type Missing, type Unavailable } from '../log/refusal.ts';
import { accessOf, accessToCreate, mayCreate, type Access } from './access.ts';
import { accessLimits } from './limits.ts';
import { isLower, readRole, type LinkRole, type Role } from './role.ts';
import { createLinkSecret, isLinkSecret, linkDigest } from './secret.ts';
import { Turns } from './turns.ts';

export type Entered = { readonly ok: true; readonly access: Access } | Missing | Unavailable;

/** It may be here, but not do this. */
export interface Forbidden {
  readonly ok: false;
  readonly code: 'forbidden';
}

export interface MemberRefusal {
  readonly ok: false;
  /**
   * - `last-owner` who would leave the session without one
   * - `too-many` members or links
   * - `unfit` is the name of no principal
   */
  readonly code: 'last-owner' | 'too-many' | 'unfit';
}

type Refused = Missing | Forbidden | MemberRefusal | Unavailable;

export type Changed = { readonly ok: true } | Refused;

export interface GuardOptions {
  /** Secrets come from it: the system's, but in tests. */
  readonly chance?: Chance;
}

export class Guard {
  #log: Pick<Log, 'members' | 'open' | 'create'>;
  #chance: Chance;
  #turns = new Turns();
  #changes = createEmitter<{ readonly session: string; readonly principal: string }>();

  constructor(log: Pick<Log, 'members' | 'open' | 'create'>, options: GuardOptions = {}) {
    this.#log = log;
    this.#chance = options.chance ?? systemChance();
  }

  /**
   * The principal's place in a session changed, or may have: judge its open connections anew.
   * A connection that is not open yet must listen before it enters, or it misses a change
   * between the two.
   */
  onChange(listener: (session: string, principal: string) => void): Unsubscribe {
    return this.#changes.subscribe(({ session, principal }) => listener(session, principal));
  }

  async enter(claims: Claims, session: string): Promise<Entered> {
    if (!isSessionId(session)) return missing;
    const access = await this.#accessOf(claims, session);
    if ('code' in access) return access;
    const creates = mayCreate(claims, session);
    // Before anything is asked about the session, so that what is forbidden and what is
    // missing have cost the same.
    if (access.rights.size === 0 && !creates) return missing;
    const opened = await this.#log.open(session);
    if (!opened.ok && opened.code === 'unavailable') return opened;
    if (opened.ok) {
      // Made meanwhile, perhaps by another device of the same person.
      const again = access.rights.size === 0 ? await this.#accessOf(claims, session) : access;
      if ('code' in again) return again;
      return again.rights.size === 0 ? missing : { ok: true, access: again };
    }
    if (opened.code === 'deleted' || !creates) return missing;
    return { ok: true, access: accessToCreate(claims, session) };
  }

  /**
   * Makes a session of which `enter` said that it may be made, and its maker the owner, in
   * one step. Where it was made meanwhile, this is as entering it.
   */
  async create(access: Access, session: string): Promise<Entered> {
    const { claims, principal } = access;
    // Judged by the claims: what may be made here is not what may be made elsewhere.
    if (!mayCreate(claims, session)) return this.enter(claims, session);
    const created = await this.#log.create(session, { principal: principal.id, role: 'owner' });
    if (created.ok) {
      this.#changes.emit({ session, principal: principal.id });
      return { ok: true, access: accessOf(claims, session, 'owner') };
    }
    if (created.code === 'exists') return this.enter(claims, session);
    return created.code === 'deleted' ? missing : created;
  }

  /** Gives a principal its role, whatever it was. */
  async invite(by: Claims, session: string, principal: string, role: Role): Promise<Changed> {
    if (!isPrincipal(principal)) return { ok: false, code: 'unfit' };
    return this.#asAdmin(by, session, async () => {
      const members = await this.#membersOf(session);
      if ('code' in members) return members;
      if (role !== 'owner' && isLastOwner(members, principal)) return lastOwner;
      const isNew = !members.some((member) => member.principal === principal);
      if (isNew && members.length >= accessLimits.membersMax) return tooMany;
      return this.#set(session, principal, role);
    });
  }

  /** Nobody needs leave to go. Removing who is not a member is done at once. */
  async remove(by: Claims, session: string, principal: string): Promise<Changed> {
    const act = async (): Promise<Changed> => {
      const members = await this.#membersOf(session);
      if ('code' in members) return members;
      if (isLastOwner(members, principal)) return lastOwner;
      return this.#set(session, principal, undefined);
    };
    if (by.sub !== principal) return this.#asAdmin(by, session, act);
    return this.#turns.take(session, async () => {
      const entered = await this.enter(by, session);
      return entered.ok ? act() : entered;
    });
  }

  async members(
    by: Claims,
    session: string,
  ): Promise<{ readonly ok: true; readonly members: readonly Member[] } | Refused> {
    return this.#asAdmin(by, session, async () => {
      const members = await this.#membersOf(session);
      return 'code' in members ? members : { ok: true, members };
    });
  }

  /** Whoever has the secret may join in this role. It is told this once and kept nowhere. */
  async makeLink(
    by: Claims,
    session: string,
    role: LinkRole,
  ): Promise<{ readonly ok: true; readonly secret: string; readonly digest: string } | Refused> {
    return this.#asAdmin(by, session, async () => {
      const links = living(await this.#log.members.links(session));
      if (!links.ok) return links;
      if (links.links.length >= accessLimits.linksMax) return tooMany;
      const secret = createLinkSecret(this.#chance);
      const digest = linkDigest(secret);
      const added = living(await this.#log.members.addLink({ digest, session, role }));
      return added.ok ? { ok: true, secret, digest } : added;
    });
  }

  async links(
    by: Claims,
    session: string,
  ): Promise<{ readonly ok: true; readonly links: readonly ShareLink[] } | Refused> {
    return this.#asAdmin(by, session, async () => living(await this.#log.members.links(session)));
  }

  /** It leads nowhere any more. Who came by it stays, until removed. */
  async revokeLink(by: Claims, session: string, digest: string): Promise<Changed> {
    return this.#asAdmin(by, session, async () =>
      living(await this.#log.members.removeLink(session, digest)),
    );
  }

  /**
   * Joins by a link; who may more already keeps that. A token that is for named sessions only
   * is for no other, so it joins none.
   */
  async redeem(
    claims: Claims,
    secret: string,
  ): Promise<{ readonly ok: true; readonly session: string; readonly role: Role } | Refused> {
    if (!claims.sessions.includes('member')) return forbidden;
    if (!isLinkSecret(secret)) return missing;
    const digest = linkDigest(secret);
    const found = await this.#log.members.link(digest);
    if (!found.ok) return found;
    if (found.link === undefined) return missing;
    const { session } = found.link;
    return this.#turns.take(session, async () => {
      // Revoked while it waited for its turn?
      const still = await this.#log.members.link(digest);
      if (!still.ok) return still;
      const role = readRole(still.link?.role);
      return role === undefined ? missing : this.#join(session, claims.sub, role);
    });
  }

  async #join(
    session: string,
    principal: string,
    role: Role,
  ): Promise<{ readonly ok: true; readonly session: string; readonly role: Role } | Refused> {
    const members = await this.#membersOf(session);
    if ('code' in members) return members;
    const present = readRole(members.find((member) => member.principal === principal)?.role);
    if (present !== undefined && !isLower(present, role)) {
      return { ok: true, session, role: present };
    }
    if (present === undefined && members.length >= accessLimits.membersMax) return tooMany;
    const set = await this.#set(session, principal, role);
    return set.ok ? { ok: true, session, role } : set;
  }

  /**
   * Judged when its turn comes: who was removed while waiting decides nothing any more. Of a
   * session that may be made, the log then says that it is missing.
   */
  #asAdmin<T>(by: Claims, session: string, act: () => Promise<T>): Promise<T | Refused> {
    return this.#turns.take(session, async () => {
      const entered = await this.enter(by, session);
      if (!entered.ok) return entered;
      return entered.access.rights.has('admin') ? act() : forbidden;
    });
  }

  async #accessOf(claims: Claims, session: string): Promise<Access | Unavailable> {
    // A token that names the session gives all its rights, whoever belongs to it.
    if (covers(claims, session, false)) return accessOf(claims, session, undefined);
    const found = await this.#log.members.role(session, claims.sub);
    return found.ok ? accessOf(claims, session, readRole(found.role)) : found;
  }

  async #membersOf(session: string): Promise<readonly Member[] | Missing | Unavailable> {
    const found = living(await this.#log.members.of(session));
    return found.ok ? found.members : found;
  }

  /** A log that could not say whether it is written may have written it, so that is told too. */
  async #set(session: string, principal: string, role: Role | undefined): Promise<Changed> {
    const changed = await this.#log.members.set(session, principal, role);
    this.#changes.emit({ session, principal });
    return living(changed);
  }
}

const forbidden: Forbidden = { ok: false, code: 'forbidden' };
const lastOwner: MemberRefusal = { ok: false, code: 'last-owner' };
const tooMany: MemberRefusal = { ok: false, code: 'too-many' };

/** To whom it is not shared, a session that was deleted is one that never was. */
function living<T extends { readonly ok: true }>(
  answer: T | Missing | Deleted | Unavailable,
): T | Missing | Unavailable {
  return !answer.ok && answer.code === 'deleted' ? missing : answer;
}

function isPrincipal(value: string): boolean {
  return value !== '' && value.length <= limits.principalCharsMax && value.isWellFormed();
}

function isLastOwner(members: readonly Member[], principal: string): boolean {
  const owners = members.filter(({ role }) => role === 'owner');
  return owners.length === 1 && owners[0]?.principal === principal;
}
