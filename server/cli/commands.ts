// The commands, in the order in which help lists them.

import type { CliCommand } from './frame.ts';
import { linkCommand } from './link.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';

export const commands: readonly CliCommand[] = [
  startCommand,
  serveCommand,
  tokenCommand,
  linkCommand,
];
