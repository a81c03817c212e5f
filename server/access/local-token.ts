// A token for nothing, on one's own machine: whoever sits at it may do everything there, so
// its browser is given a token where a server for others would ask who it is. The page has
// to be this server's own. All browsers of the machine are one principal, `local`; another
// name in `?as=` is another person, with whom sharing can be tried.

import * as v from 'valibot';
import type { Clock } from '../../src/base/clock.ts';
import { limits } from '../../src/protocol/limits.ts';
import type { Claims, Right } from '../../src/protocol/token.ts';
import type { Principal } from './access.ts';
import { isOwnLocalPage, type OriginHeaders, type OriginRules } from './origin.ts';
import { signToken } from './tokens.ts';

export interface LocalTokenRequest {
  readonly headers: OriginHeaders & Readonly<Record<string, string | string[] | undefined>>;
  /** The value of `?as=`. */
  readonly as: string | undefined;
  /** Parsed JSON, `{name?: string}`; undefined where there was none. */
  readonly body: unknown;
}

export type LocalToken =
  | {
      readonly ok: true;
      readonly token: string;
      readonly principal: Principal;
      /** Milliseconds since 1970. */
      readonly expiresAt: number;
    }
  | { readonly ok: false; readonly code: 'not-local' | 'malformed' };

export interface LocalTokenOptions {
  readonly rules: OriginRules;
  /** That of the data folder. */
  readonly secret: string;
  readonly clock: Clock;
}

export const localPrincipal = 'local';

/** What a person may do in general: all but to write replies, which is an agent's. */
export const personRights: readonly Right[] = [
  'read',
  'write',
  'control',
  'annotate',
  'create',
  'admin',
];

/** Letters and digits of any script: it is shown to others, and written in a URL. */
const AS = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._@-]{0,63}$/u;

const bodySchema = v.optional(
  v.object({
    name: v.optional(
      v.pipe(
        v.string(),
        v.trim(),
        v.minLength(1),
        v.maxLength(limits.nameCharsMax),
        v.check((name) => name.isWellFormed() && !/\p{Cc}/u.test(name)),
      ),
    ),
  }),
);

export async function issueLocalToken(
  request: LocalTokenRequest,
  { rules, secret, clock }: LocalTokenOptions,
): Promise<LocalToken> {
  const { headers } = request;
  if (!isOwnLocalPage(headers, rules) || wasForwarded(headers)) {
    return { ok: false, code: 'not-local' };
  }
  const who = readWho(request);
  if (who === undefined) return { ok: false, code: 'malformed' };
  const expS = Math.floor((clock.now() + limits.tokenMsMax) / 1_000);
  const claims: Claims = {
    sub: who.id,
    name: who.name,
    kind: who.kind,
    rights: personRights,
    sessions: ['member'],
    exp: expS,
  };
  const token = await signToken(secret, claims);
  return { ok: true, token, principal: who, expiresAt: expS * 1_000 };
}

/** A proxy stands between us: its clients are not at this machine, whatever else they say. */
function wasForwarded(headers: LocalTokenRequest['headers']): boolean {
  const marks = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];
  return marks.some((name) => headers[name] !== undefined);
}

function readWho({ as, body }: LocalTokenRequest): Principal | undefined {
  const id = as?.normalize('NFC') ?? localPrincipal;
  const read = v.safeParse(bodySchema, body);
  if (!AS.test(id) || !read.success) return undefined;
  const name = read.output?.name ?? (as === undefined ? 'You' : id);
  return { id, name, kind: 'person' };
}
