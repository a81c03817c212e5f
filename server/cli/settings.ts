// What a server is told by flags and by its environment; flags win. What is not said has a
// default that works on one's own machine, and what is said wrongly is refused with one
// sentence that names it: a server that starts otherwise than it was told is worse than
// one that does not start. Secrets come by the environment only, because flags can be
// seen by everybody on the machine.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute, join, resolve } from 'node:path';
import { readOrigin } from '../access/origin.ts';
import { isSafeKeysUrl, isSafeSecret } from '../access/tokens.ts';
import type { TokenKeys } from '../options.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export type LogLevel = (typeof logLevels)[number];

/** As they were given. */
export interface SettingFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly trustProxy?: string | undefined;
  readonly logLevel?: string | undefined;
}

export interface Settings {
  readonly host: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** The data folder, absolute. It need not exist. */
  readonly data: string;
  /** What tokens are signed with. Undefined: the secret of the data folder. */
  readonly keys: TokenKeys | undefined;
  /** For this machine alone, which `host` is. */
  readonly isLocal: boolean;
  readonly allowedOrigins: readonly string[];
  /** How many proxies of one's own stand before it. */
  readonly trustProxy: number;
  readonly logLevel: LogLevel;
}

type Known = Pick<Surroundings, 'env' | 'folder' | 'home' | 'platform'>;

const defaults = { host: '127.0.0.1', port: 1234, trustProxy: 0 } as const;

/** What differs from one command that runs a server to another. */
export interface Usual {
  readonly logLevel: LogLevel;
  /** For the machines of the network, with the secret of the data folder. */
  readonly isLan: boolean;
}

/** Throws a UsageError. */
export function readSettings(
  flags: SettingFlags,
  known: Known,
  usual: Usual = { logLevel: 'info', isLan: false },
): Settings {
  const { env } = known;
  const { isLan } = usual;
  const host = readHostName(
    said(flags.host, '--host', env, 'HOST'),
    isLan ? '0.0.0.0' : defaults.host,
  );
  const keys = readKeys(env);
  if (isLan) assertLan(host, keys);
  else if (keys === undefined && !isThisMachine(host.value)) {
    throw new UsageError(
      `Without a secret this server is for this machine alone, and ${host.from} ${host.value} is not: set AUTH_SECRET to at least 32 random bytes (openssl rand -base64 32) or AUTH_JWKS_URL to where your keys are published, or leave ${host.from} out.`,
    );
  }
  return {
    host: host.value,
    port: readPort(flags, env),
    data: readDataFolder(flags, known),
    keys,
    isLocal: keys === undefined && !isLan,
    allowedOrigins: readOrigins(env['ALLOWED_ORIGINS']),
    trustProxy: readTrustProxy(said(flags.trustProxy, '--trust-proxy', env, 'TRUST_PROXY')),
    logLevel: readLogLevel(said(flags.logLevel, '--log-level', env, 'LOG_LEVEL')) ?? usual.logLevel,
  };
}

/** Its sign-in link has to lead somewhere and be signed with what the server verifies by. */
function assertLan(host: Said, keys: TokenKeys | undefined): void {
  if (isThisMachine(host.value)) {
    throw new UsageError(
      `--lan is for other machines, and ${host.from} ${host.value} is this one alone: leave one of them out.`,
    );
  }
  if (keys !== undefined && 'jwksUrl' in keys) {
    throw new UsageError(
      '--lan signs people in with a secret of its own, and AUTH_JWKS_URL says that tokens are signed elsewhere: leave one of them out.',
    );
  }
}

/** Where the data is: `.holdfast` in a checkout of this project, else where the user's data is. */
export function readDataFolder(
  flags: Pick<SettingFlags, 'data'>,
  { env, folder, home, platform }: Known,
): string {
  const given = said(flags.data, '--data', env, 'HOLDFAST_DATA');
  if (given !== undefined) return resolve(folder, given.value);
  return isCheckout(folder) ? join(folder, '.holdfast') : userFolder(env, home, platform);
}

export function readPort(flags: Pick<SettingFlags, 'port'>, env: Known['env']): number {
  const given = said(flags.port, '--port', env, 'PORT');
  if (given === undefined) return defaults.port;
  const port = /^\d{1,5}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(
    `${given.from} is a number from 0 to 65535, and "${given.value}" is none; 0 takes any that is free.`,
  );
}

/** What signs tokens, of what the environment says; undefined where it says nothing. */
export function readKeys(env: Known['env']): TokenKeys | undefined {
  // One that is empty beside the other is left out. One that is empty alone was meant to
  // protect, and to start without it would be worse than not to start.
  const secret = env['AUTH_JWKS_URL'] ? env['AUTH_SECRET'] || undefined : env['AUTH_SECRET'];
  const jwksUrl = secret ? env['AUTH_JWKS_URL'] || undefined : env['AUTH_JWKS_URL'];
  if (secret !== undefined && jwksUrl !== undefined) {
    throw new UsageError('Set AUTH_SECRET or AUTH_JWKS_URL, not both: only one can be right.');
  }
  const named = {
    ...(env['AUTH_ISSUER'] ? { issuer: env['AUTH_ISSUER'] } : {}),
    ...(env['AUTH_AUDIENCE'] ? { audience: env['AUTH_AUDIENCE'] } : {}),
  };
  if (jwksUrl === undefined && Object.keys(named).length > 0) {
    throw new UsageError(
      'AUTH_ISSUER and AUTH_AUDIENCE say whose tokens count of those that AUTH_JWKS_URL verifies: set that too, or leave them out.',
    );
  }
  if (secret !== undefined) {
    if (isSafeSecret(secret)) return { secret };
    throw new UsageError(
      'AUTH_SECRET is shorter than 32 bytes, which can be guessed: make one with openssl rand -base64 32.',
    );
  }
  if (jwksUrl === undefined) return undefined;
  if (isSafeKeysUrl(jwksUrl)) return { jwksUrl, ...named };
  throw new UsageError(
    `AUTH_JWKS_URL is an https address (http on this machine only), and "${jwksUrl}" is none.`,
  );
}

interface Said {
  readonly value: string;
  /** By which it was said. */
  readonly from: string;
}

/** An empty variable says nothing: that is how compose files leave one out. A flag says something. */
function said(
  flag: string | undefined,
  flagName: string,
  env: Known['env'],
  variable: string,
): Said | undefined {
  if (flag === '') throw new UsageError(`${flagName} is empty.`);
  if (flag !== undefined) return { value: flag, from: flagName };
  const value = env[variable];
  return value === undefined || value === '' ? undefined : { value, from: variable };
}

const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;

function readHostName(given: Said | undefined, usual: string): Said {
  if (given === undefined) return { value: usual, from: '--host' };
  if (isIP(given.value) !== 0 || HOST_NAME.test(given.value)) return given;
  throw new UsageError(
    `${given.from} is a name or an address such as 0.0.0.0 or ::1, without a port, and "${given.value}" is none.`,
  );
}

export function isThisMachine(host: string): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(host);
}

function readOrigins(list: string | undefined): readonly string[] {
  const given = (list ?? '').split(',').map((entry) => entry.trim());
  return given.filter(Boolean).map((entry) => {
    const origin = readOrigin(entry);
    if (origin !== undefined) return origin;
    throw new UsageError(
      `ALLOWED_ORIGINS is a list of origins such as https://app.example.org, with commas between them and without paths or stars, and "${entry}" is none.`,
    );
  });
}

function readTrustProxy(given: Said | undefined): number {
  if (given === undefined) return defaults.trustProxy;
  if (/^\d$/.test(given.value)) return Number(given.value);
  throw new UsageError(
    `${given.from} is how many proxies of your own stand before the server, from 0 to 9, and "${given.value}" is not.`,
  );
}

function readLogLevel(given: Said | undefined): LogLevel | undefined {
  if (given === undefined) return undefined;
  const level = logLevels.find((name) => name === given.value);
  if (level !== undefined) return level;
  throw new UsageError(
    `${given.from} is one of ${logLevels.join(', ')}, and "${given.value}" is none of them.`,
  );
}

export function isCheckout(folder: string): boolean {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { name?: unknown } | null)?.name === 'holdfast';
  } catch {
    // No package.json, or none that can be read: somebody's folder.
    return false;
  }
}

/** Where programs keep a user's data: the XDG base directories, and their like. */
function userFolder(env: Known['env'], home: string, platform: NodeJS.Platform): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'holdfast');
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'holdfast');
  }
  const xdg = env['XDG_DATA_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share');
  return join(base, 'holdfast');
}
