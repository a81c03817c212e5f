// Which sessions a token lets its bearer see: in a list, all of them; for a change that
// happens now, whether this one is among them. It is what the guard decides when somebody
// enters, told for many sessions at once.

import { covers, hasRight, type Claims } from '../../src/protocol/token.ts';
import type { SummaryScope } from '../log/summaries.ts';

const MEMBER = 'member';

export function scopeOf(claims: Claims): SummaryScope {
  if (!hasRight(claims, 'read')) return { principal: undefined, beginnings: [], sessions: [] };
  const { sub, sessions } = claims;
  const patterns = sessions.filter((pattern) => pattern !== MEMBER);
  return {
    principal: sessions.includes(MEMBER) ? sub : undefined,
    beginnings: patterns
      .filter((pattern) => pattern.endsWith('*'))
      .map((pattern) => pattern.slice(0, -1)),
    sessions: patterns.filter((pattern) => !pattern.endsWith('*')),
  };
}

export function sees(claims: Claims, session: string, isMember: boolean): boolean {
  return hasRight(claims, 'read') && covers(claims, session, isMember);
}

/** Whether it lets its bearer see more than what that belongs to. */
export function namesSessions({ sessions }: Claims): boolean {
  return sessions.some((pattern) => pattern !== MEMBER);
}
