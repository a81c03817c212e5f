// A server on one folder and one port that can be stopped, started again, and put back to what
// it was. In the test's own process; what dies as a process is in server-process.ts.

import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { signToken } from '../../server/access/tokens.ts';
import { openEmbeddedLog } from '../../server/log/embedded.ts';
import { createServer, type RunningServer, type ServerParts } from '../../server/server.ts';
import { systemClock } from '../../src/base/clock.ts';
import { type Claims, rights } from '../../src/protocol/token.ts';
import { withFolder } from './folder.ts';

const secret = 'a secret of thirty-two bytes and more';

export class LastingServer {
  url = '';
  #folder: string;
  #running: RunningServer | undefined;
  #port = 0;
  #parts: Partial<ServerParts>;

  constructor(folder: string, parts: Partial<ServerParts>) {
    this.#folder = folder;
    this.#parts = parts;
  }

  /** For five minutes, with all rights everywhere, where nothing else is said. */
  token(sub: string, more: Partial<Claims> = {}): Promise<string> {
    const exp = Math.floor(systemClock.now() / 1_000) + 300;
    const usual = { sub, name: sub, kind: 'person', exp, rights, sessions: ['*'] } as const;
    return signToken(secret, { ...usual, ...more });
  }

  async start(): Promise<void> {
    const server = await createServer({
      clock: systemClock,
      ...this.#parts,
      data: join(this.#folder, 'data'),
      keys: { secret },
    });
    const { url } = await server.listen({ host: '127.0.0.1', port: this.#port });
    this.#running = server;
    this.url = url;
    this.#port = Number(new URL(url).port);
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
  }

  /** Stopped: what it has now is kept aside. */
  backUp(): void {
    cpSync(join(this.#folder, 'data'), join(this.#folder, 'backup'), { recursive: true });
  }

  /** Stopped: it has again what was kept aside, as another generation. */
  async putBack(): Promise<void> {
    rmSync(join(this.#folder, 'data'), { recursive: true });
    cpSync(join(this.#folder, 'backup'), join(this.#folder, 'data'), { recursive: true });
    const log = await openEmbeddedLog({
      folder: join(this.#folder, 'data', 'log'),
      restored: true,
    });
    await log.close();
  }
}

export async function withLastingServer<T>(
  act: (server: LastingServer) => Promise<T>,
  parts: Partial<ServerParts> = {},
): Promise<T> {
  return withFolder(async (folder) => {
    const server = new LastingServer(folder, parts);
    await server.start();
    try {
      return await act(server);
    } finally {
      await server.stop();
    }
  });
}
