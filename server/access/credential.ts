// Where the token of a request is. A browser cannot set headers on a WebSocket, so it may
// come in three places:
//
//     Authorization: Bearer <jwt>                               Node, and every HTTP request
//     Sec-WebSocket-Protocol: holdfast, holdfast.token.<jwt>    stock clients
//     ?token=<jwt>                                              stock clients
//
// Our own client sends it in its first frame instead, so having none is no fault here. A
// token is never written anywhere: the server answers with the subprotocol `holdfast`
// alone, and what is logged of a URL is its path.

import { limits } from '../../src/protocol/limits.ts';

/** What is looked at of a request of `node:http`. */
export interface CredentialSource {
  readonly headers: {
    readonly authorization?: string | undefined;
    readonly 'sec-websocket-protocol'?: string | undefined;
  };
  readonly url?: string | undefined;
}

export type Credential =
  | { readonly ok: true; readonly token: string | undefined }
  /** `ambiguous`: two places name two tokens, and whose request it is nobody can say. */
  | { readonly ok: false; readonly code: 'malformed' | 'ambiguous' };

const PROTOCOL = 'holdfast';
const TOKEN_PROTOCOL = 'holdfast.token.';

/** The characters of a compact JWS, which are also those of a subprotocol and of a URL. */
const COMPACT = /^[A-Za-z0-9_.-]+$/;

/** The token of a request, wherever it is. Says nothing about whether it is genuine. */
export function readCredential(request: CredentialSource): Credential {
  const { headers, url } = request;
  const tokens = [
    ...bearerTokens(headers.authorization),
    ...protocolTokens(headers['sec-websocket-protocol']),
    ...new URLSearchParams(queryOf(url)).getAll('token'),
  ];
  const malformed = tokens.some(
    (token) => token.length > limits.tokenBytesMax || !COMPACT.test(token),
  );
  if (malformed) return { ok: false, code: 'malformed' };
  const [token, ...others] = new Set(tokens);
  return others.length > 0 ? { ok: false, code: 'ambiguous' } : { ok: true, token };
}

/** What to answer to the subprotocols that a client offers: never the one that holds its token. */
export function chooseSubprotocol(offered: ReadonlySet<string>): 'holdfast' | false {
  return offered.has(PROTOCOL) && PROTOCOL;
}

/** What may be logged of a URL: never its query, which may hold a token. */
export function loggablePath(url: string | undefined): string {
  return url?.split(/[?#]/, 1)[0] ?? '';
}

/** Of other schemes we know nothing: a proxy in front of us may ask for a password of its own. */
function bearerTokens(authorization: string | undefined): readonly string[] {
  const [scheme, ...words] = (authorization ?? '').trim().split(/\s+/);
  return scheme?.toLowerCase() === 'bearer' ? [words.join(' ')] : [];
}

function protocolTokens(offered: string | undefined): readonly string[] {
  return (offered ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name.startsWith(TOKEN_PROTOCOL))
    .map((name) => name.slice(TOKEN_PROTOCOL.length));
}

function queryOf(url: string | undefined): string {
  const at = url?.indexOf('?') ?? -1;
  return at < 0 ? '' : (url ?? '').slice(at + 1);
}
