// What a sign-in link holds, and what the token in it says of itself. It is only read, to show
// who somebody is: whether it is good is the server's to say.

export interface TokenFacts {
  readonly principal: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

const TOKEN = /[\w-]+\.[\w-]+\.[\w-]+/;

/** The token in a link, a hash, or by itself; undefined where there is none. */
export function tokenIn(text: string): string | undefined {
  const trimmed = text.trim();
  const named = /#(?:.*&)?token=([^&\s]+)/.exec(trimmed)?.[1];
  const token = named ?? trimmed;
  return TOKEN.exec(token)?.[0] === token ? token : undefined;
}

/** The secret of an invitation to one session, of `#join=`. */
export function invitationIn(hash: string): string | undefined {
  return /^#(?:.*&)?join=([\w-]{8,200})(?:&|$)/.exec(hash)?.[1];
}

/** Undefined where it is no token of a person or an agent. Never throws. */
export function readToken(token: string): TokenFacts | undefined {
  const [, payload = ''] = token.split('.');
  try {
    const base64 = payload.replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(base64), (char) => char.codePointAt(0) ?? 0);
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { sub, name, exp } = claims as { sub?: unknown; name?: unknown; exp?: unknown };
    if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number') return undefined;
    return { principal: sub, name: typeof name === 'string' ? name : sub, endsAt: exp * 1_000 };
  } catch {
    return undefined;
  }
}
