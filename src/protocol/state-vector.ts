// What a peer has: per client the clock of the next struct it expects. It is the
// whole of a SyncStep1, and says nothing of deletions.
//
//   count (client clock)*

import { assert } from '../base/assert.ts';
import { ByteCursor } from './byte-cursor.ts';
import { ByteWriter } from './byte-writer.ts';
import { limits } from './limits.ts';
import type { Refusal } from './refusal.ts';

export interface StateVector {
  readonly ok: true;
  /** Clocks by client, in the order of the bytes. */
  readonly clocks: ReadonlyMap<number, number>;
}

/** Reads what `writeStateVector` and Yjs write. A clock may be 0, which says nothing. */
export function readStateVector(bytes: Uint8Array): StateVector | Refusal {
  const cursor = new ByteCursor(bytes);
  if (bytes.length > limits.stateVectorBytesMax) cursor.fail('frame-bytes');
  const count = cursor.count(2);
  if (count > limits.stateVectorClientsMax) cursor.fail('client-count', 0);
  const clocks = new Map<number, number>();
  for (let i = 0; i < count && cursor.fault === undefined; i++) {
    const at = cursor.at;
    const client = cursor.varUint();
    const clock = cursor.varUint();
    if (clocks.has(client)) cursor.fail('client-twice', at);
    if (clock > limits.clockBelow) cursor.fail('clock', at);
    clocks.set(client, clock);
  }
  if (cursor.left > 0) cursor.fail('trailing-bytes');
  return cursor.fault === undefined ? { ok: true, clocks } : cursor.refusal();
}

/** As Yjs writes it: the higher client before the lower. */
export function writeStateVector(clocks: ReadonlyMap<number, number>): Uint8Array {
  const out = new ByteWriter(2 + clocks.size * 9);
  out.varUint(clocks.size);
  for (const [client, clock] of [...clocks].sort(([one], [other]) => other - one)) {
    assert(clock <= limits.clockBelow, 'a clock is within its range');
    out.varUint(client);
    out.varUint(clock);
  }
  return out.finish();
}
