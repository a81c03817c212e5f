// What a token says, once its signature was checked: who somebody is, what they may
// do and in which sessions. Pure reading of claims; signing and checking keys are
// the server's. Nothing about rights is ever read from a document.

import * as v from 'valibot';
import { limits } from './limits.ts';
import { isSessionId } from './session-id.ts';

/**
 * - `read` receives the session, `write` adds prompts and words of one's own
 * - `control` cancels, steers, approves and orders runs of others
 * - `annotate` scores and comments
 * - `agent` claims runs and writes replies
 * - `create` makes sessions, `admin` deletes them and manages who may what
 */
export const rights = ['read', 'write', 'control', 'annotate', 'agent', 'create', 'admin'] as const;

export type Right = (typeof rights)[number];

export const rightSchema: v.GenericSchema<unknown, Right> = v.picklist(rights);

/** The claims of a JWT. Names of three letters are those of RFC 7519. */
export interface Claims {
  /** The principal: one person or one agent, for ever. */
  readonly sub: string;
  /** How others see them. */
  readonly name: string;
  readonly kind: 'person' | 'agent';
  readonly rights: readonly Right[];
  /** Session ids, beginnings of ids that end in `*` (`*` alone is all), or `member`. */
  readonly sessions: readonly string[];
  /** Seconds since 1970, as in every JWT. */
  readonly exp: number;
  readonly iat?: number | undefined;
  readonly iss?: string | undefined;
  readonly aud?: string | readonly string[] | undefined;
  readonly jti?: string | undefined;
}

/** In the list of sessions: those that the principal belongs to, which the server knows. */
const MEMBER = 'member';

const PREFIX = /^[A-Za-z0-9_-]{0,64}\*$/;

/** Half a surrogate pair is another character once it is stored: two principals would be one. */
const text = (charsMax: number): v.GenericSchema<unknown, string> =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(charsMax),
    v.check((value) => value.isWellFormed()),
  );

const isPattern = (value: unknown): boolean =>
  value === MEMBER || isSessionId(value) || (typeof value === 'string' && PREFIX.test(value));

const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));
const name = text(limits.principalCharsMax);

export const claimsSchema: v.GenericSchema<unknown, Claims> = v.object({
  sub: name,
  name: text(limits.nameCharsMax),
  kind: v.picklist(['person', 'agent']),
  rights: v.pipe(v.array(rightSchema), v.maxLength(rights.length)),
  sessions: v.pipe(v.array(v.custom<string>(isPattern)), v.maxLength(limits.tokenSessionsMax)),
  exp: seconds,
  iat: v.optional(seconds),
  iss: v.optional(name),
  aud: v.optional(v.union([name, v.pipe(v.array(name), v.maxLength(16))])),
  jti: v.optional(name),
});

/** The claims in a foreign value, or undefined. Claims that are not ours are left out. */
export function readClaims(value: unknown): Claims | undefined {
  const result = v.safeParse(claimsSchema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

/** Whether the token is for this session. `isMember`: whether the principal belongs to it. */
export function covers(claims: Claims, session: string, isMember: boolean): boolean {
  return claims.sessions.some((pattern) => {
    if (pattern === MEMBER) return isMember;
    return pattern.endsWith('*') ? session.startsWith(pattern.slice(0, -1)) : session === pattern;
  });
}

export function hasRight(claims: Claims, right: Right): boolean {
  return claims.rights.includes(right);
}

export type TokenFault =
  /** Renew it. */
  | 'expired'
  /** A person's token may not be valid for so long. */
  | 'lasts-too-long';

/** What is wrong with the time of a token, if anything. `nowMs` is the reader's wall clock. */
export function tokenFault(claims: Claims, nowMs: number): TokenFault | undefined {
  const leftMs = claims.exp * 1_000 - nowMs;
  if (leftMs <= -limits.clockSkewMsMax) return 'expired';
  const isTooLong = leftMs > limits.tokenMsMax + limits.clockSkewMsMax;
  return claims.kind === 'person' && isTooLong ? 'lasts-too-long' : undefined;
}
