// What every server that is measured says once it listens, in the form in which ours says it.

import type { Server } from 'node:http';

/** Says where an HTTP server listens. */
export function sayListening(server: Server): void {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address');
  const url = `http://127.0.0.1:${address.port}`;
  process.stdout.write(`${JSON.stringify({ event: 'listening', url })}\n`);
}
