// `holdfast restore`: puts a backup into an empty folder, on which a server can then run.

import { resolve } from 'node:path';
import { createId } from '../../src/base/id.ts';
import { restore } from '../upkeep/restore.ts';
import type { CliCommand } from './frame.ts';
import { readDataFolder } from './settings.ts';
import { counted } from './words.ts';

const HELP = `
The folder has to be empty or not there. Every session is of a new generation then, so that
devices which saw more than the backup holds do not go on as if it were still there.`;

export const restoreCommand: CliCommand = {
  name: 'restore',
  summary: 'put a backup into an empty folder',
  define: (command, surroundings) => {
    command
      .argument('<file>', 'the backup')
      .option('--data <folder>', 'the data folder (HOLDFAST_DATA)')
      .addHelpText('after', HELP)
      .action(async (file: string, flags: { readonly data?: string }) => {
        const data = readDataFolder(flags, surroundings);
        const from = resolve(surroundings.folder, file);
        const done = await restore({ from, data, id: createId(surroundings.chance) });
        const all = `${counted(done.sessions, 'session')} and ${counted(done.files, 'file')}`;
        surroundings.out(`${data} holds ${all}, as new generations.\n`);
      });
  },
};
