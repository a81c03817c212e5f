// A doorman whose tokens are the claims themselves, unsigned, and who knows roles as the
// rights that they name. What it decides is what the guard decides.

import type { IncomingMessage } from 'node:http';
import type { Access, Doorman } from '../../server/http/doorman.ts';
import type { Log } from '../../server/log/log.ts';
import { covers, readClaims, rights, type Claims, type Right } from '../../src/protocol/token.ts';

export const claimsOf = (sub: string, more: Partial<Claims> = {}): Claims => ({
  sub,
  name: sub,
  kind: 'person',
  rights: ['read', 'write', 'control', 'annotate', 'create', 'admin'],
  sessions: ['member'],
  exp: 3_600,
  ...more,
});

export const bearer = (claims: Claims): { authorization: string } => ({
  authorization: `Bearer ${Buffer.from(JSON.stringify(claims)).toString('base64url')}`,
});

/** `viewer` and `owner`, and any list of rights joined by `+`. */
function rightsOf(role: string): ReadonlySet<Right> {
  if (role === 'owner') return new Set(rights);
  return new Set(rights.filter((right) => (role === 'viewer' ? 'read' : role).includes(right)));
}

export function testDoorman(log: Log): Doorman {
  return {
    async claims({ headers }: IncomingMessage) {
      const token = headers.authorization?.replace('Bearer ', '');
      if (token === undefined) return { ok: false, fault: 'none' };
      const claims = readClaims(parsed(Buffer.from(token, 'base64url').toString()));
      return claims === undefined ? { ok: false, fault: 'invalid' } : { ok: true, claims };
    },
    async enter(claims, session) {
      const opened = await log.open(session);
      if (!opened.ok && opened.code === 'unavailable') return opened;
      if (!opened.ok && opened.code === 'deleted') return { ok: false, code: 'missing' };
      const members = await log.members.of(session);
      const role = members.ok
        ? members.members.find(({ principal }) => principal === claims.sub)?.role
        : undefined;
      const byToken = covers(claims, session, false);
      const mayCreate = !opened.ok && claims.rights.includes('create');
      if (!byToken && role === undefined && !mayCreate) return { ok: false, code: 'missing' };
      const own = rightsOf(mayCreate ? 'owner' : (role ?? ''));
      const granted = claims.rights.filter((right) => byToken || own.has(right));
      return { ok: true, access: accessOf(claims, granted, role, mayCreate) };
    },
  };
}

function accessOf(
  claims: Claims,
  granted: readonly Right[],
  role: string | undefined,
  mayCreate: boolean,
): Access {
  const { sub: id, name, kind, exp } = claims;
  const principal = { id, name, kind };
  return { principal, rights: new Set(granted), role, expiresAt: exp * 1_000, mayCreate };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
