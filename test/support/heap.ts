// How much memory a piece of synchronous work takes, its garbage included: in bytes, roughly, and
// only meaningful beside a bound that is far from it.

import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

export function bytesTakenBy(work: () => unknown): number {
  work();
  collect();
  const before = process.memoryUsage();
  const kept = work();
  const after = process.memoryUsage();
  void kept;
  return after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
}
