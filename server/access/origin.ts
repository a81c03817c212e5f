// Which pages may speak to this server. A browser says where a page comes from (Origin)
// and which name it used for us (Host), and no page can change either. So a page of
// another site is refused, and so is one whose name was made to resolve to this machine
// in order to read what only this machine may have. Programs send no Origin; a token is
// asked of everybody all the same.

import { isLoopbackHost, readHost } from './host.ts';

/** The headers that are looked at, as `node:http` gives them. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

export interface OriginRules {
  /** As `readOrigin` gives them. */
  readonly allowed: readonly string[];
  /**
   * The port of local mode, in which the Host must be a name of this machine with this port.
   * Undefined: a server for others, whose name is not known to it.
   */
  readonly localPort: number | undefined;
}

export type OriginVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'wrong-host' | 'wrong-origin' };

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/;

/**
 * An origin in the one form in which browsers send it, or undefined: no path, no user, no
 * star, lower case, no default port. Apps have schemes of their own (`tauri://localhost`).
 */
export function readOrigin(text: string): string | undefined {
  if (!ORIGIN.test(text) || !URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === text || origin === 'null' ? text : undefined;
}

/** For every request and every upgrade, before anything else. */
export function judgeOrigin(headers: OriginHeaders, rules: OriginRules): OriginVerdict {
  if (!isOurHost(headers.host, rules)) return { ok: false, code: 'wrong-host' };
  const { origin } = headers;
  const fine =
    origin === undefined || isOwnOrigin(origin, headers.host) || rules.allowed.includes(origin);
  return fine ? { ok: true } : { ok: false, code: 'wrong-origin' };
}

/**
 * Whether a page of this very server asks, on this very machine: only such a page is given
 * a token for nothing. Origin has to be there, which a browser sends with every POST. Old
 * browsers do not send Sec-Fetch-Site; where it is sent it must agree.
 */
export function isOwnLocalPage(headers: OriginHeaders, rules: OriginRules): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'] ?? 'same-origin';
  const isLocal = rules.localPort !== undefined && isOurHost(host, rules);
  return isLocal && origin !== undefined && isOwnOrigin(origin, host) && site === 'same-origin';
}

function isOurHost(header: string | undefined, { localPort }: OriginRules): boolean {
  const host = readHost(header);
  // Probes speak HTTP/1.0, which has no Host; a browser always names one.
  if (localPort === undefined) return header === undefined || host !== undefined;
  if (host === undefined) return false;
  // Without a port it is that of http, which a browser leaves out.
  return isLoopbackHost(host.name) && (host.port ?? 80) === localPort;
}

/**
 * The page was loaded under the name under which it asks us now. Whether that was by https
 * we cannot know behind a proxy, so either scheme will do, each with its own default port.
 */
function isOwnOrigin(origin: string, hostHeader: string | undefined): boolean {
  const scheme = /^https?:\/\//.exec(origin)?.[0];
  if (scheme === undefined || readOrigin(origin) === undefined) return false;
  const url = `${scheme}${hostHeader ?? ''}`;
  return readHost(hostHeader) !== undefined && URL.canParse(url) && new URL(url).origin === origin;
}
