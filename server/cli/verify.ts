// `holdfast verify`: whether everything in a data folder is what was written to it. One line
// for each fault, and one that says what was looked at.

import { HoldfastError } from '../../src/base/error.ts';
import { verify, type Verified } from '../upkeep/verify.ts';
import { whyNot, withData } from './data.ts';
import type { CliCommand } from './frame.ts';
import { counted, sized } from './words.ts';

class FaultsFound extends HoldfastError<'faults-found'> {
  override readonly name = 'FaultsFound';
}

export const verifyCommand: CliCommand = {
  name: 'verify',
  summary: 'check every session of a data folder',
  define: (command, surroundings) => {
    command
      .option('--data <folder>', 'the data folder (HOLDFAST_DATA)')
      .action(async (flags: { readonly data?: string }) => {
        const { out } = surroundings;
        await withData(flags, surroundings, async ({ data, log }) => {
          const onFault = (fault: string): void => out(`${fault}\n`);
          const found = await verify(log, { data, onFault, whyNot });
          out(`${summaryOf(found)}\n`);
          if (found.faults === 0) return;
          throw new FaultsFound('faults-found', `${data} has ${counted(found.faults, 'fault')}.`);
        });
      });
  },
};

function summaryOf({ sessions, records, bytes, files, faults }: Verified): string {
  const looked = [
    counted(sessions, 'session'),
    counted(records, 'record'),
    sized(bytes),
    counted(files, 'file'),
  ];
  return `${looked.join(', ')}: ${faults === 0 ? 'all sound' : counted(faults, 'fault')}.`;
}
