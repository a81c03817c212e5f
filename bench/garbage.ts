// The collector on demand, so that one round does not pay for what another one left behind, and so
// that what a session holds can be told from what was thrown away.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

/**
 * Takes away what the last round left. Only what is young: after a whole collection V8 begins with a
 * tiny young space and without some of its compiled code, which no page in use would see.
 */
export function collectYoungGarbage(): void {
  if (typeof collect === 'function') collect({ type: 'minor' });
}

/** Bytes that the heap and its array buffers grow by while `make` makes something that stays. */
export function bytesHeldBy<Made>(make: () => Made): { bytes: number; made: Made } {
  const before = bytesHeld();
  const made = make();
  return { bytes: bytesHeld() - before, made };
}

function bytesHeld(): number {
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
