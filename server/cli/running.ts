// A server in this process, from its settings to its end. SIGTERM and SIGINT stop it: what
// was taken becomes durable, everybody is sent away to come back, and it ends with 0.

import { pino } from 'pino';
import { HoldfastError } from '../../src/base/error.ts';
import { LogOpenError } from '../log/migration.ts';
import type { ServerLogger, TokenKeys } from '../options.ts';
import { createServer, type RunningServer, type ServerParts } from '../server.ts';
import { connectControl } from '../upkeep/control-client.ts';
import { killPoint } from './kill-point.ts';
import { localSecret } from './local-secret.ts';
import type { LogLevel, Settings } from './settings.ts';
import { stopWish } from './stop-wish.ts';
import type { Surroundings } from './surroundings.ts';
import { builtWeb } from './web-build.ts';

/** What it says once it listens. */
export type Announce = (url: string, keys: TokenKeys) => string | Promise<string>;

/** `isTied`: also the end of stdin tells it to stop. Resolves when it was told to stop and has. Rejects where it could not start. */
export async function runServer(
  settings: Settings,
  around: Surroundings,
  announce: Announce,
  isTied = false,
): Promise<void> {
  const { data, isLocal, allowedOrigins, trustProxy } = settings;
  const keys = settings.keys ?? { secret: await localSecret(data, around.chance) };
  const point = killPoint(around.env['HOLDFAST_KILL_AT']);
  const web = builtWeb();
  const server = await open({
    data,
    keys,
    isLocal,
    allowedOrigins,
    trustProxy,
    logger: loggerOf(settings.logLevel),
    ...(point === undefined ? {} : { log: point }),
    ...(web === undefined ? {} : { web }),
  });
  // Before anybody is told that it runs, and could want it to stop.
  const wish = stopWish(around.clock, isTied);
  try {
    const { url } = await server.listen(settings);
    around.out(await announce(url, keys));
    await wish.stopped;
  } finally {
    await server.close();
    wish.end();
  }
}

class AlreadyRunning extends HoldfastError<'already-running'> {
  override readonly name = 'AlreadyRunning';
}

/** Where the folder is in use, whoever uses it is named. */
async function open(options: ServerParts): Promise<RunningServer> {
  try {
    return await createServer(options);
  } catch (error) {
    if (!(error instanceof LogOpenError) || error.code !== 'log-locked') throw error;
    const other = await connectControl(options.data);
    if (other === undefined) throw error;
    const { pid, url } = other.holder;
    await other.close();
    const where = url === undefined ? '' : ` at ${url}`;
    const message = `A server is running on ${options.data} already${where} (process ${pid}): use that one, or say another folder with --data.`;
    throw new AlreadyRunning('already-running', message, { cause: error });
  }
}

/** Logs go to stderr: stdout is for what was asked for. */
function loggerOf(level: LogLevel): ServerLogger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
