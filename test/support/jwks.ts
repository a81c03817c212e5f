// An identity provider on this machine: keys of its own, published over HTTP, and tokens
// signed with them. It counts how often it is asked, and can be made to fail.

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWK } from 'jose';

export interface Provider {
  readonly url: string;
  /** How often its keys were fetched. */
  readonly fetches: number;
  /** What it answers with from now on, instead of its keys. */
  fail(how: RequestListener | undefined): void;
  /** Makes and publishes another key. */
  addKey(algorithm: string): Promise<string>;
  sign(kid: string, claims: object): Promise<string>;
  close(): Promise<void>;
}

export async function startProvider(): Promise<Provider> {
  const keys = new Map<string, { algorithm: string; privateKey: CryptoKey; jwk: JWK }>();
  let fetches = 0;
  let failing: RequestListener | undefined;
  const server = createServer((request, response) => {
    fetches += 1;
    if (failing !== undefined) return failing(request, response);
    const published = [...keys].map(([kid, { jwk, algorithm: alg }]) => ({ ...jwk, kid, alg }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/jwks`,
    get fetches() {
      return fetches;
    },
    fail(how) {
      failing = how;
    },
    async addKey(algorithm) {
      const { privateKey, publicKey } = await generateKeyPair(algorithm);
      const kid = `key-${keys.size}`;
      keys.set(kid, { algorithm, privateKey, jwk: await exportJWK(publicKey) });
      return kid;
    },
    async sign(kid, claims) {
      const key = keys.get(kid);
      if (key === undefined) throw new Error(`no key ${kid}`);
      const header = { alg: key.algorithm, kid };
      return new SignJWT({ ...claims }).setProtectedHeader(header).sign(key.privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
