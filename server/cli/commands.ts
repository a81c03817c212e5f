// The commands, in the order in which help lists them.

import { agentCommand } from './agent.ts';
import { backupCommand } from './backup.ts';
import { exportCommand } from './export.ts';
import type { CliCommand } from './frame.ts';
import { guideCommand } from './guide.ts';
import { inspectCommand } from './inspect.ts';
import { linkCommand } from './link.ts';
import { restoreCommand } from './restore.ts';
import { serveCommand } from './serve.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';
import { verifyCommand } from './verify.ts';

export const commands: readonly CliCommand[] = [
  startCommand,
  serveCommand,
  guideCommand,
  agentCommand,
  tokenCommand,
  linkCommand,
  exportCommand,
  inspectCommand,
  verifyCommand,
  backupCommand,
  restoreCommand,
];
