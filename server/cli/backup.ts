// `holdfast backup`: everything of a data folder in one file, also while a server runs on it.

import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { createId } from '../../src/base/id.ts';
import { backUp } from '../upkeep/backup.ts';
import { DataError, whyUnavailable, withData } from './data.ts';
import type { CliCommand } from './frame.ts';
import { secretFile } from './local-secret.ts';
import type { Surroundings } from './surroundings.ts';
import { UsageError } from './usage.ts';
import { counted, sized } from './words.ts';

interface BackupFlags {
  readonly withSecret?: boolean;
  readonly data?: string;
}

const HELP = `
It holds the words of all sessions and only you may read it: keep it as you keep the data. The
secret that signs tokens is left out unless --with-secret is given; without it everybody signs
in anew after a restore, or you set AUTH_SECRET to what it was.`;

export const backupCommand: CliCommand = {
  name: 'backup',
  summary: 'write everything into one file, also while a server runs',
  define: (command, surroundings) => {
    command
      .argument('<file>', 'where to; an older backup there is replaced when the new one is whole')
      .option('--with-secret', "take the folder's secret along")
      .option('--data <folder>', 'the data folder (HOLDFAST_DATA)')
      .addHelpText('after', HELP)
      .action(async (file: string, flags: BackupFlags) => {
        const to = resolve(surroundings.folder, file);
        await withData(flags, surroundings, async ({ data, log }) => {
          assertOutside(to, data);
          const progress = progressOf(surroundings);
          const made = await backUp(log, {
            data,
            to,
            createdAt: surroundings.clock.now(),
            id: createId(surroundings.chance),
            secret: flags.withSecret === true ? secretOf(data) : undefined,
            onProgress: progress.tell,
          }).finally(progress.end);
          if (!made.ok) {
            const why = `Nothing was backed up: ${whyUnavailable(made)}. See holdfast verify.`;
            throw new DataError('unavailable', why);
          }
          const files = counted(made.files, 'file');
          surroundings.out(`${to} holds the log and ${files}, ${sized(made.bytes)}.\n`);
        });
      });
  },
};

/** It would keep what is deleted from the folder, and be lost with it. */
function assertOutside(to: string, data: string): void {
  const way = relative(data, to);
  if (way.split(sep)[0] === '..' || isAbsolute(way)) return;
  throw new UsageError(`${to} is in the data folder itself: write the backup to another place.`);
}

function secretOf(data: string): string {
  const path = join(data, secretFile);
  if (existsSync(path)) return path;
  throw new DataError('no-data', `${data} has no secret of its own: leave --with-secret out.`);
}

/** On a terminal alone: one line that is written over. */
function progressOf({ terminal, err }: Surroundings): {
  tell: (bytes: number, of: number) => void;
  end: () => void;
} {
  let last = '';
  return {
    tell(bytes, of) {
      const line = `\rwriting ... ${Math.min(100, Math.floor((bytes / Math.max(of, 1)) * 100))}%`;
      if (terminal.err && line !== last) err(line);
      last = line;
    },
    end() {
      if (terminal.err && last !== '') err('\r\u001b[K');
    },
  };
}
