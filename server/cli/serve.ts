// `holdfast serve`: a server on a data folder, until it is told to stop. With --json the
// first line on stdout says where it listens, for programs; otherwise a sentence does, for
// people. SIGTERM and SIGINT stop it: what was taken becomes durable, everybody is sent
// away to come back, and it ends with 0. A second signal ends it at once.

import type { Command } from 'commander';
import { mkdir } from 'node:fs/promises';
import { pino } from 'pino';
import type { ServerLogger } from '../report.ts';
import { createServer, type HoldfastServer } from '../server.ts';
import type { CliCommand } from './frame.ts';
import { killPoint } from './kill-point.ts';
import { localSecret } from './local-secret.ts';
import { readSettings, type LogLevel, type SettingFlags, type Settings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';

interface ServeFlags extends SettingFlags {
  readonly json?: boolean;
}

export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'run a server',
  define(command, surroundings) {
    describe(command).action(async (flags: ServeFlags) => {
      const settings = readSettings(flags, surroundings);
      await run(settings, flags.json === true, surroundings);
    });
  },
};

function describe(command: Command): Command {
  return command
    .option('--host <name>', 'the address to listen on (HOST); this machine only by default')
    .option('--port <number>', 'the port to listen on (PORT); 1234 by default, 0 takes a free one')
    .option('--data <folder>', 'where everything is kept (HOLDFAST_DATA)')
    .option('--json', 'say on stdout where it listens, as one line of JSON')
    .option('--log-level <level>', 'silent, fatal, error, warn, info, debug or trace (LOG_LEVEL)');
}

async function run(settings: Settings, isJson: boolean, around: Surroundings): Promise<void> {
  await mkdir(settings.data, { recursive: true });
  const isLocal = settings.keys === undefined;
  const keys = settings.keys ?? { secret: await localSecret(settings.data, around.chance) };
  const point = killPoint(around.env['HOLDFAST_KILL_AT']);
  const server = await createServer({
    data: settings.data,
    keys,
    isLocal,
    allowedOrigins: settings.allowedOrigins,
    logger: loggerOf(settings.logLevel),
    ...(point === undefined ? {} : { log: point }),
  });
  try {
    const { url } = await server.listen(settings);
    const line = JSON.stringify({ event: 'listening', url, pid: process.pid });
    around.out(
      isJson ? `${line}\n` : `Holdfast is at ${url}, with its data in ${settings.data}.\n`,
    );
    await untilStopped(server);
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Logs go to stderr: stdout is for what was asked for. */
function loggerOf(level: LogLevel): ServerLogger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}

async function untilStopped(server: HoldfastServer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  process.once('SIGTERM', stop).once('SIGINT', stop);
  await promise;
  const atOnce = (): never => process.exit(1);
  process.once('SIGTERM', atOnce).once('SIGINT', atOnce);
  await server.close();
}
