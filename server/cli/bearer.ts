// Whose token a command makes, and what it says: read flag by flag, so that what is refused
// is named, and signed with the secret that the server on that folder verifies by.

import { clip } from '../../src/base/text.ts';
import { limits } from '../../src/protocol/limits.ts';
import { readClaims, rights, type Claims, type Right } from '../../src/protocol/token.ts';
import { localPrincipal, personRights } from '../access/local-token.ts';
import { signToken } from '../access/tokens.ts';
import { localSecret } from './local-secret.ts';
import { readDataFolder, readKeys } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';

/** As they were given. */
export interface BearerFlags {
  readonly sub?: string | undefined;
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  /** With commas between them, as are sessions. */
  readonly rights?: string | undefined;
  readonly sessions?: string | undefined;
  /** A number and `s`, `m`, `h` or `d`. */
  readonly ttl?: string | undefined;
  readonly data?: string | undefined;
}

const HOUR_S = 3_600;

/** What is said of a token where no flag says otherwise. Help tells it too. */
export const bearerDefaults: Readonly<
  Record<Claims['kind'], { readonly rights: readonly Right[]; sessions: string; ttl: string }>
> = {
  person: { rights: personRights, sessions: 'member', ttl: '1h' },
  agent: { rights: ['read', 'write', 'annotate', 'agent'], sessions: '*', ttl: '24h' },
};

/** The longest of an agent: after a year nobody knows any more where it is. */
const agentTtlSMax = 365 * 24 * HOUR_S;

/** Throws a UsageError. */
function readBearer(flags: BearerFlags, nowMs: number): Claims {
  const kind = oneOf('--kind', flags.kind ?? 'person', ['person', 'agent'] as const);
  const usual = bearerDefaults[kind];
  const sub = fitting('--sub', 'sub', flags.sub ?? localPrincipal, 'has 1 to 256 characters');
  const named = flags.rights === undefined ? usual.rights : listed(flags.rights);
  const sessions = listed(flags.sessions ?? usual.sessions);
  const iat = Math.floor(nowMs / 1_000);
  for (const pattern of sessions) {
    const fits = 'are ids of 16 to 64 characters, beginnings of ids that end in *, or member';
    fitting('--sessions', 'sessions', [pattern], fits);
  }
  return {
    sub,
    name: fitting(
      '--name',
      'name',
      flags.name ?? clip(sub, limits.nameCharsMax),
      'has 1 to 200 characters',
    ),
    kind,
    rights: [...new Set(named.map((right) => oneOf('--rights', right, rights)))],
    sessions: fitting('--sessions', 'sessions', sessions, 'are at most 1000'),
    iat,
    exp: iat + readTtl(flags.ttl ?? usual.ttl, kind),
  };
}

/** Signs with AUTH_SECRET or with the secret of the data folder, which is made if there is none. */
export async function signBearer(
  flags: BearerFlags,
  surroundings: Surroundings,
): Promise<{ readonly token: string; readonly claims: Claims }> {
  const { chance, env } = surroundings;
  const keys = readKeys(env);
  if (keys !== undefined && !('secret' in keys)) {
    throw new UsageError(
      'AUTH_JWKS_URL is set, so tokens of this server are signed elsewhere: ask who publishes these keys.',
    );
  }
  // Judged before a secret is made for it.
  readBearer(flags, surroundings.clock.now());
  const secret = keys?.secret ?? (await localSecret(readDataFolder(flags, surroundings), chance));
  return signBearerBy(secret, flags, surroundings);
}

/** Signs with a secret that is known. */
export async function signBearerBy(
  secret: string | Uint8Array,
  flags: BearerFlags,
  { clock }: Surroundings,
): Promise<{ readonly token: string; readonly claims: Claims }> {
  const claims = readBearer(flags, clock.now());
  const token = await signToken(secret, claims);
  if (token.length <= limits.tokenBytesMax) return { token, claims };
  throw new UsageError(
    `This token would be ${token.length} bytes long, and a server takes ${limits.tokenBytesMax}: name fewer sessions, or their common beginning and a *.`,
  );
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: HOUR_S, d: 24 * HOUR_S };

function readTtl(text: string, kind: Claims['kind']): number {
  const { count, unit } = /^(?<count>\d{1,9})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const seconds = Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN);
  if (!(seconds > 0)) {
    throw new UsageError(
      `--ttl is a number and one of s, m, h or d, such as 30m, and "${text}" is none.`,
    );
  }
  if (kind === 'person' && seconds * 1_000 > limits.tokenMsMax) {
    throw new UsageError(`--ttl of a person is at most 1h, and "${text}" is more.`);
  }
  if (seconds <= agentTtlSMax) return seconds;
  throw new UsageError(`--ttl of an agent is at most 365d, and "${text}" is more.`);
}

function listed(text: string): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

function oneOf<Name extends string>(flag: string, text: string, names: readonly Name[]): Name {
  const name = names.find((known) => known === text);
  if (name !== undefined) return name;
  throw new UsageError(`${flag} is of ${names.join(', ')}, and "${text}" is none of them.`);
}

const PLAIN: Claims = { sub: 's', name: 'n', kind: 'person', rights: [], sessions: [], exp: 1 };

/** Asks the one reader of claims whether a server would take the value. */
function fitting<Field extends 'sub' | 'name' | 'sessions'>(
  flag: string,
  field: Field,
  value: Claims[Field],
  what: string,
): Claims[Field] {
  if (readClaims({ ...PLAIN, [field]: value }) !== undefined) return value;
  throw new UsageError(`${flag} ${what}, and "${String(value).slice(0, 100)}" does not fit.`);
}
