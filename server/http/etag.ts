// Whether a client has already what it asks for (RFC 9110, 13.1.2).

import type { IncomingMessage } from 'node:http';

/** Compared weakly: our tags name what is meant, not its bytes. */
export function hasAlready({ headers }: IncomingMessage, tag: string): boolean {
  const known = headers['if-none-match'];
  if (known === undefined) return false;
  const wanted = opaque(tag);
  return known.trim() === '*' || known.split(',').some((one) => opaque(one.trim()) === wanted);
}

const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);
