// Merging on a thread of its own, seen from the server's. It starts with the first merge;
// when it dies, what it was asked fails, and the next merge starts another.

import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Merge, Merged } from './merge.ts';

export interface MergeThread {
  readonly merge: Merge;
  close(): Promise<void>;
}

export function createMergeThread(): MergeThread {
  const file = new URL(`./merge-worker${extname(import.meta.url)}`, import.meta.url);
  const waiting = new Map<number, (merged: Merged) => void>();
  let worker: Worker | undefined;
  let calls = 0;
  const die = (why: string): void => {
    worker = undefined;
    for (const resolve of waiting.values()) resolve({ ok: false, fault: why });
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(file, { name: 'holdfast-merge' });
    started.on('message', ({ id, merged }: { id: number; merged: Merged }) => {
      waiting.get(id)?.(merged);
      waiting.delete(id);
    });
    started.on('error', (error) => die(`the merging thread failed: ${String(error)}`));
    started.on('exit', () => die('the merging thread has ended'));
    started.unref();
    return started;
  };
  return {
    merge(unmerged) {
      const { promise, resolve } = Promise.withResolvers<Merged>();
      const id = ++calls;
      waiting.set(id, resolve);
      worker ??= start();
      const { updates, deletions } = unmerged;
      worker.postMessage({ id, unmerged: { updates, deletions } }, []);
      return promise;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
