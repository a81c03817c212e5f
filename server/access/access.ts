// What one principal may do in one session: the outcome of its token and its role, as a
// value. It is true for the moment in which it was made. Pure; the guard knows the roles.

import { limits } from '../../src/protocol/limits.ts';
import { covers, hasRight, type Claims, type Right } from '../../src/protocol/token.ts';
import { memberRights, type Role } from './role.ts';

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly kind: Claims['kind'];
}

export interface Access {
  readonly principal: Principal;
  /** Never empty, unless `mayCreate`. */
  readonly rights: ReadonlySet<Right>;
  /** Milliseconds since 1970, from which the token has expired, the skew of clocks included. */
  readonly expiresAt: number;
  /** There is no such session yet and it may make it: `rights` are those it then has. */
  readonly mayCreate: boolean;
  /** What it was judged by, to judge anew. No secret is in it. */
  readonly claims: Claims;
}

/** Of a session that exists. */
export function accessOf(claims: Claims, session: string, role: Role | undefined): Access {
  const { sub, name, kind, exp } = claims;
  return {
    principal: { id: sub, name, kind },
    rights: new Set(rightsIn(claims, session, role)),
    expiresAt: exp * 1_000 + limits.clockSkewMsMax,
    mayCreate: false,
    claims,
  };
}

/** Of a session that does not exist: its maker would be its owner. */
export function accessToCreate(claims: Claims, session: string): Access {
  return { ...accessOf(claims, session, 'owner'), mayCreate: true };
}

/** Whether this token may make a session of this name, if there is none. */
export function mayCreate(claims: Claims, session: string): boolean {
  return hasRight(claims, 'create') && covers(claims, session, true);
}

/** A session that the token names gives all its rights, and so includes those of a member. */
function rightsIn(claims: Claims, session: string, role: Role | undefined): readonly Right[] {
  if (covers(claims, session, false)) return claims.rights;
  const isMember = role !== undefined && covers(claims, session, true);
  return isMember ? memberRights(claims, role) : [];
}
