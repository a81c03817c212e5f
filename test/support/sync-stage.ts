// A whole server in the test's own process, on a port and a data folder of its own, with a clock
// that is turned by hand, and tokens of its secret.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { signToken } from '../../server/access/tokens.ts';
import { createServer, type RunningServer, type ServerParts } from '../../server/server.ts';
import { defined } from '../../src/base/assert.ts';
import { manualClock } from '../../src/base/clock.ts';
import { type Claims, rights } from '../../src/protocol/token.ts';
import { newFolder, withFolder } from './folder.ts';
import { connect, type WireClient, type WireOptions } from './wire-client.ts';

const secret = 'a secret of thirty-two bytes and more';

export interface LoggedLine {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

type StageOptions = Omit<Partial<ServerParts>, 'data' | 'keys' | 'logger'>;

export class SyncStage {
  readonly clock = manualClock(1_800_000_000_000);
  readonly logged: LoggedLine[] = [];
  readonly clients: WireClient[] = [];
  server: RunningServer;
  url = '';
  /** By the clock of the server, which need not be the one that is turned by hand. */
  now: () => number = () => this.clock.now();

  constructor(server: RunningServer) {
    this.server = server;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** For five minutes, with all rights everywhere, where nothing else is said. */
  token(sub: string, more: Partial<Claims> = {}): Promise<string> {
    const exp = Math.floor(this.now() / 1_000) + 300;
    const usual = { sub, name: sub, kind: 'person', exp, rights, sessions: ['*'] } as const;
    return signToken(secret, { ...usual, ...more });
  }

  /** A raw connection, with a token of this principal. */
  async wire(
    sub: string,
    session: string,
    more: Partial<Claims> = {},
    options: Partial<WireOptions> = {},
  ): Promise<WireClient> {
    const token = await this.token(sub, more);
    const client = await connect({ url: this.url, session, token, ...options });
    this.clients.push(client);
    return client;
  }
}

/** Runs with a server that is closed afterwards, whatever is still connected. */
export async function withSync<T>(
  act: (stage: SyncStage) => Promise<T>,
  options: StageOptions = {},
): Promise<T> {
  return withFolder(async (folder) => {
    const stage = await openStage(join(folder, 'data'), options);
    try {
      return await act(stage);
    } finally {
      await closeStage(stage);
    }
  });
}

/** One server on a folder that others may have had, and will. */
export async function withServer<T>(
  { data, ...options }: StageOptions & { readonly data: string },
  act: (stage: SyncStage) => Promise<T>,
): Promise<T> {
  const stage = await openStage(data, options);
  try {
    return await act(stage);
  } finally {
    await closeStage(stage);
  }
}

/** One server for all tests of a `describe` that do not turn its clock. */
export function sharedSync(options: StageOptions = {}): () => SyncStage {
  const folder = newFolder();
  let stage: SyncStage | undefined;
  beforeAll(async () => {
    stage = await openStage(join(folder, 'data'), options);
  });
  afterAll(async () => {
    if (stage !== undefined) await closeStage(stage);
    rmSync(folder, { recursive: true, force: true });
  });
  return () => defined(stage, 'a server');
}

export async function closeStage({ clients, server }: SyncStage): Promise<void> {
  await Promise.all(clients.map((client) => client.terminate()));
  await server.close();
}

export async function openStage(data: string, options: StageOptions): Promise<SyncStage> {
  const logged: LoggedLine[] = [];
  const log = (facts: LoggedLine['facts'], message: string): void => {
    logged.push({ facts, message });
  };
  const clock = manualClock(1_800_000_000_000);
  const server = await createServer({
    clock,
    ...options,
    data,
    keys: { secret },
    logger: { info: log, warn: log, error: log },
  });
  const stage = new SyncStage(server);
  Object.assign(stage, { clock, logged });
  stage.now = () => (options.clock ?? clock).now();
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  stage.url = url;
  return stage;
}
