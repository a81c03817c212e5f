// A doorman with a real guard, whose tokens are the claims themselves, unsigned.

import type { IncomingMessage } from 'node:http';
import { Guard } from '../../server/access/guard.ts';
import type { Doorman } from '../../server/http/doorman.ts';
import type { Log } from '../../server/log/log.ts';
import { readClaims, type Claims } from '../../src/protocol/token.ts';

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

export function testDoorman(log: Log, guard = new Guard(log)): Doorman {
  return {
    async claims({ headers }: IncomingMessage) {
      const token = headers.authorization?.replace('Bearer ', '');
      if (token === undefined) return { ok: false, fault: 'missing' };
      const claims = readClaims(parsed(Buffer.from(token, 'base64url').toString()));
      return claims === undefined ? { ok: false, fault: 'invalid' } : { ok: true, claims };
    },
    enter: (claims, session) => guard.enter(claims, session),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
