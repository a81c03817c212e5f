// `holdfast serve`: a server on a data folder, until it is told to stop. With --json the
// first line on stdout says where it listens, for programs; otherwise a sentence does, for
// people.

import type { Command } from 'commander';
import type { JsonObject } from '../../src/base/json.ts';
import type { CliCommand } from './frame.ts';
import { runServer } from './running.ts';
import { readSettings, type SettingFlags } from './settings.ts';

interface ServeFlags extends SettingFlags {
  readonly json?: boolean;
  readonly stopWithStdin?: boolean;
}

export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'run a server',
  define(command, surroundings) {
    withServerOptions(command)
      .option(...stdinOption)
      .action(async (flags: ServeFlags) => {
        const settings = readSettings(flags, surroundings);
        const announce = (url: string): string =>
          flags.json === true
            ? listeningLine(url)
            : `Holdfast is at ${url}, with its data in ${settings.data}.\n`;
        await runServer(settings, surroundings, announce, flags.stopWithStdin === true);
      });
  },
};

/** Of every command that a supervisor may start. */
export const stdinOption = [
  '--stop-with-stdin',
  'stop when stdin ends, as it does when the program that started this one is gone',
] as const;

/** What every command that runs a server can be told. */
export function withServerOptions(command: Command): Command {
  return command
    .option('--host <name>', 'the address to listen on (HOST); this machine only by default')
    .option('--port <number>', 'the port to listen on (PORT); 1234 by default, 0 takes a free one')
    .option('--data <folder>', 'where everything is kept (HOLDFAST_DATA)')
    .option('--trust-proxy <count>', 'how many proxies of yours stand before it (TRUST_PROXY)')
    .option('--json', 'say on stdout where it listens, as one line of JSON')
    .option('--log-level <level>', 'silent, fatal, error, warn, info, debug or trace (LOG_LEVEL)');
}

export function listeningLine(url: string, more: JsonObject = {}): string {
  return `${JSON.stringify({ event: 'listening', url, pid: process.pid, ...more })}\n`;
}
