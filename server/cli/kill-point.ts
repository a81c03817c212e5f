// For crash tests: `HOLDFAST_KILL_AT=after-commit:3` ends this process, as by SIGKILL, when
// the log passes that point for the third time, on whichever of its threads that is.

import { crashPoints } from '../log/crash-point.ts';
import type { EmbeddedOptions } from '../log/embedded-options.ts';
import { UsageError } from './usage.ts';

export function killPoint(
  text: string | undefined,
): Pick<EmbeddedOptions, 'pass' | 'killStoreAt'> | undefined {
  if (text === undefined || text === '') return undefined;
  const [name, count = '1'] = text.split(':');
  const point = crashPoints.find((known) => known === name);
  const passes = /^\d{1,6}$/.test(count) ? Number(count) : 0;
  if (point === undefined || passes === 0) {
    throw new UsageError(`HOLDFAST_KILL_AT is <point>:<passes>, and "${text}" is not.`);
  }
  let left = passes;
  return {
    killStoreAt: { point, passes },
    pass: async (passed) => {
      if (passed === point && --left === 0) process.kill(process.pid, 'SIGKILL');
    },
  };
}
