// The thread on which sessions are merged. One request, one answer, in order.

import { parentPort } from 'node:worker_threads';
import { defined } from '../../src/base/assert.ts';
import { mergeUpdates, type Unmerged } from './merge.ts';

const port = defined(parentPort, 'the port of a worker');

port.on('message', ({ id, unmerged }: { id: number; unmerged: Unmerged }) => {
  port.postMessage({ id, merged: attempt(unmerged) });
});

function attempt(unmerged: Unmerged): ReturnType<typeof mergeUpdates> {
  try {
    return mergeUpdates(unmerged);
  } catch (error) {
    return { ok: false, fault: `merging failed: ${String(error)}` };
  }
}
