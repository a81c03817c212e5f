#!/usr/bin/env node
// `holdfast`: `node server/cli/main.ts --help`.

import { commands } from './commands.ts';
import { runCli } from './frame.ts';
import { processSurroundings } from './surroundings.ts';

// Not `process.exit`: what was written to a pipe would be cut off.
process.exitCode = await runCli(process.argv.slice(2), commands, processSurroundings());
