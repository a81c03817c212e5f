// The commands without a process: what was printed where, and how it ended.

import { commands } from '../../server/cli/commands.ts';
import { runCli, type CliCommand } from '../../server/cli/frame.ts';
import type { Surroundings } from '../../server/cli/surroundings.ts';
import { seededChance } from '../../src/base/chance.ts';
import { manualClock } from '../../src/base/clock.ts';

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const cliNowMs = 4_000_000_000_000;

export function surroundingsOf(
  folder: string,
  more: Partial<Surroundings> = {},
): Surroundings & { readonly printed: { out: string; err: string } } {
  const printed = { out: '', err: '' };
  return {
    env: {},
    folder,
    home: folder,
    platform: 'linux',
    clock: manualClock(cliNowMs),
    chance: seededChance(1),
    terminal: { out: false, err: false },
    addresses: () => ['192.0.2.7'],
    out: (text) => {
      printed.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
    },
    err: (text) => {
      printed.err += text;
    },
    printed,
    ...more,
  };
}

export async function cli(
  args: readonly string[],
  folder: string,
  more: Partial<Surroundings> = {},
  known: readonly CliCommand[] = commands,
): Promise<CliRun> {
  const surroundings = surroundingsOf(folder, more);
  const code = await runCli(args, known, surroundings);
  return { code, ...surroundings.printed };
}
