// Letting a staged session go on while something outside of it has its turns: the streams of a
// library, or a server on 127.0.0.1.

import { setImmediate } from 'node:timers/promises';
import type { AgentStage } from '../../src/agent/harness/agent-stage.ts';

/** Many more turns than anything here takes; it bounds a test that would not end. */
const TURNS = 4_000;

/** Until the condition holds. */
async function turnsUntil(stage: AgentStage, isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < TURNS && !isSo(); turn++) {
    await stage.settled();
    await setImmediate();
  }
  if (!isSo()) throw new Error('it never came to that');
}

/** Until the run has ended. */
export const untilOver = (stage: AgentStage, run: string): Promise<void> =>
  turnsUntil(stage, () => stage.isOver(run));
