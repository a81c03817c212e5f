// Everything that a command may know or touch of the process it runs in, so that a test
// can run one without a process.

import { homedir } from 'node:os';
import { systemChance, type Chance } from '../../src/base/chance.ts';
import { systemClock, type Clock } from '../../src/base/clock.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder. */
  readonly folder: string;
  /** The user's own folder. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly chance: Chance;
  /** What was asked for, and nothing else. */
  readonly out: (text: string) => void;
  /** What went wrong. */
  readonly err: (text: string) => void;
}

export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    folder: process.cwd(),
    home: homedir(),
    platform: process.platform,
    clock: systemClock,
    chance: systemChance(),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  };
}
