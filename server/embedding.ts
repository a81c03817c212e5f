// `createServer` for other programs. It takes and gives only what they may rely on.

import type { HoldfastServer, ServerOptions } from './options.ts';
import { createServer as open } from './server.ts';

/**
 * Opens a data folder and makes a server of it, which answers once it listens, or once it is
 * attached to another server. Rejects with an error whose `code` is `log-locked` where
 * another process has the folder, `log-newer`, `log-damaged`, `log-full` or `log-not-ours`
 * where it cannot be used, and `secret-too-short` or `jwks-url-unsafe` for keys that are not safe.
 */
export async function createServer(options: ServerOptions): Promise<HoldfastServer> {
  return open(options);
}
