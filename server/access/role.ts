// What a member of a session may do there, by its role. A role is given by an owner and
// kept with the session; a token says what its bearer may do at most. Neither gives what
// the other withholds. To claim runs (`agent`) and to make sessions (`create`) is in no
// role: only who signs tokens can give that.

import type { Claims, Right } from '../../src/protocol/token.ts';

/** From the one that may most to the one that may least. */
export const roles = ['owner', 'editor', 'commenter', 'viewer'] as const;

export type Role = (typeof roles)[number];

/** A link may be forwarded by whoever has it, so it makes nobody an owner. */
export type LinkRole = Exclude<Role, 'owner'>;

export const roleRights: Readonly<Record<Role, readonly Right[]>> = {
  owner: ['read', 'write', 'control', 'annotate', 'admin'],
  editor: ['read', 'write', 'control', 'annotate'],
  commenter: ['read', 'annotate'],
  viewer: ['read'],
};

/** The role in a foreign value. Of one that a newer version wrote nothing is known: it gives nothing. */
export function readRole(value: unknown): Role | undefined {
  return roles.find((role) => role === value);
}

export function readLinkRole(value: unknown): LinkRole | undefined {
  const role = readRole(value);
  return role === 'owner' ? undefined : role;
}

/** Whether the one may less than the other. */
export function isLower(role: Role, than: Role): boolean {
  return roles.indexOf(role) > roles.indexOf(than);
}

/** What a token gives to a member of this role. An agent that may write may also reply. */
export function memberRights(claims: Claims, role: Role): readonly Right[] {
  const ofRole = roleRights[role];
  const replies = claims.kind === 'agent' && ofRole.includes('write');
  return claims.rights.filter((right) => ofRole.includes(right) || (right === 'agent' && replies));
}
