// Loaded into a server that is measured, before its own code (`--import`), and the same in all of
// them. It answers its parent over IPC with what the process has used, and notes the longest turn
// of the main thread's event loop in CPU time. It keeps nothing alive and changes nothing.
//
// A turn cannot be seen from inside, so a timer looks at what the thread used since it last
// fired. No turn in between took more, and a long one took at most one period less: what is
// noted is up to one period too much, never too little.

import { isMainThread } from 'node:worker_threads';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a server has used; times since it began, in microseconds, of all its threads. */
export interface Usage {
  readonly cpuUs: number;
  readonly rssBytes: number;
  /** Of the main thread: the heap, and what stands outside of it. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  /** CPU of the main thread in its longest turn since the question before, at most one period too much. */
  readonly turnUs: number;
}

export type Question = 'usage' | 'collect';

const PERIOD_MS = 4;

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

let longestUs = 0;
let last = used();

function used(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function look(): void {
  const now = used();
  longestUs = Math.max(longestUs, now - last);
  last = now;
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const turnUs = longestUs;
  longestUs = 0;
  return {
    cpuUs: user + system,
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    turnUs,
  };
}

function answer(question: Question): void {
  if (question === 'collect' && typeof collect === 'function') {
    const turnUs = longestUs;
    collect();
    // What the collection itself takes is the measurement's, not the server's.
    last = used();
    process.send?.({ ...usage(), turnUs });
  } else {
    process.send?.(usage());
  }
}

// Its workers load this as well, and have nothing to tell.
if (isMainThread) {
  setInterval(look, PERIOD_MS).unref();
  process.on('message', answer);
  process.on('disconnect', () => process.exit());
  process.channel?.unref();
}
