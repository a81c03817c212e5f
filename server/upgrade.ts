// What is asked of a WebSocket upgrade before anything is made of it: that the server is
// not stopping, that the page may speak to us, that its address has not too many
// connections, and where it wants to go. Who it is comes after: a stock client only stops
// trying for good when it is told so over a socket.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cap } from './access/caps.ts';
import { clientAddress } from './access/address.ts';
import { readCredential, type Credential } from './access/credential.ts';
import { judgeOrigin, type OriginRules } from './access/origin.ts';
import { readTarget } from './http/path.ts';

/** What was found out about an upgrade that may come through. */
export interface Admission {
  /** Decoded, without slashes: `['sync', 'k7...']`. */
  readonly segments: readonly string[];
  readonly credential: Credential;
  /** Call it when the connection has ended. */
  readonly release: () => void;
}

export interface Gatekeeper {
  readonly origins: () => OriginRules;
  readonly addresses: Cap;
  readonly trustProxy: number;
  readonly isDraining: () => boolean;
  readonly refused: (code: string) => void;
}

/** Answers an upgrade that may not come through, and returns nothing then. */
export function admit(
  keeper: Gatekeeper,
  request: IncomingMessage,
  socket: Duplex,
): Admission | undefined {
  const refuse = (status: number, code: string, headers = ''): undefined => {
    keeper.refused(code);
    socket.end(
      `HTTP/1.1 ${status} ${code}\r\nConnection: close\r\nContent-Length: 0\r\n${headers}\r\n`,
    );
  };
  if (keeper.isDraining()) return refuse(503, 'draining', 'Retry-After: 2\r\n');
  const verdict = judgeOrigin(request.headers, keeper.origins());
  if (!verdict.ok) return refuse(403, verdict.code);
  const target = readTarget(request.url ?? '');
  if (target === undefined) return refuse(400, 'bad-request');
  const address = clientAddress(
    request.socket.remoteAddress,
    request.headers['x-forwarded-for'],
    keeper.trustProxy,
  );
  const taken = keeper.addresses.take(address);
  if (!taken.ok) {
    const seconds = Math.ceil(taken.retryAfterMs / 1_000);
    return refuse(429, taken.code, `Retry-After: ${seconds}\r\n`);
  }
  const { release } = taken;
  return { segments: target.segments, credential: readCredential(request), release };
}

/** There is no socket at this address. */
export function refuseAddress(socket: Duplex, release: () => void): void {
  release();
  socket.end('HTTP/1.1 404 no-such-address\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
