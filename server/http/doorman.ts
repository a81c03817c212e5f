// Who asks, and whether they may: the two questions before every handler that concerns a
// session. Tokens and rights are judged elsewhere; what is decided here is how a "no"
// sounds. What is not there and what is not yours are answered alike, so that nobody can
// find out which sessions there are.

import type { IncomingMessage } from 'node:http';
import type { Claims, Right } from '../../src/protocol/token.ts';
import { isSessionId } from '../../src/protocol/session-id.ts';
import type { Unavailable } from '../log/refusal.ts';
import type { Answer } from './answer.ts';
import { failure, passing } from './failure.ts';
import type { Asked, Handle } from './router.ts';

/** A principal in one session. */
export interface Access {
  readonly principal: {
    readonly id: string;
    readonly name: string;
    readonly kind: 'person' | 'agent';
  };
  readonly rights: ReadonlySet<Right>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** There is no such session yet, and the principal may make it. */
  readonly mayCreate: boolean;
}

export interface Doorman {
  claims(
    request: IncomingMessage,
  ): Promise<
    { readonly ok: true; readonly claims: Claims } | { readonly ok: false; readonly fault: string }
  >;
  enter(
    claims: Claims,
    session: string,
  ): Promise<
    | { readonly ok: true; readonly access: Access }
    | { readonly ok: false; readonly code: 'missing' }
    | Unavailable
  >;
}

/** Answers 401 to whoever does not say who they are. */
export function signedIn<Name extends string>(
  doorman: Doorman,
  handle: (asked: Asked<Name>, claims: Claims) => Answer | Promise<Answer>,
): Handle<Name> {
  return async (asked) => {
    const who = await doorman.claims(asked.request);
    if (who.ok) return handle(asked, who.claims);
    // Nobody can say just now: the token may be as good as any.
    if (who.fault === 'keys-unavailable') return passing('unavailable', { reason: who.fault });
    // RFC 6750, 3: no error is named where no token was shown.
    const challenge = who.fault === 'missing' ? '' : ' error="invalid_token"';
    return failure('token', { fault: who.fault }, { 'www-authenticate': `Bearer${challenge}` });
  };
}

/** Answers for whoever may not even read the session, or not do this there. */
export function inSession<Name extends string>(
  doorman: Doorman,
  needed: readonly [Right, ...Right[]],
  handle: (asked: Asked<Name | 'session'>, access: Access) => Answer | Promise<Answer>,
): Handle<Name | 'session'> {
  return signedIn<Name | 'session'>(doorman, async (asked, claims) => {
    const { session } = asked.params as Readonly<Record<'session', string>>;
    if (!isSessionId(session)) return failure('missing');
    const entered = await doorman.enter(claims, session);
    if (!entered.ok) return refusalAnswer(entered);
    const { rights, mayCreate } = entered.access;
    if (mayCreate || !rights.has('read')) return failure('missing');
    return needed.some((right) => rights.has(right))
      ? handle(asked, entered.access)
      : failure('forbidden', { needed: needed.join(' or ') });
  });
}

/** A refusal of the log or of a room. */
export function refusalAnswer(
  refusal: { readonly ok: false; readonly code: 'missing' | 'deleted' } | Unavailable,
): Answer {
  return refusal.code === 'unavailable'
    ? passing('unavailable', { reason: refusal.reason })
    : failure('missing');
}
