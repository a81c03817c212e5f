// A whole update at once: read into lists, and written from kept slices. For what
// is small or in a test; who judges many or large ones pulls them from an
// UpdateReader, which allocates nothing per struct.

import { assert } from '../base/assert.ts';
import { ByteWriter } from './byte-writer.ts';
import { type UpdateBudget, updateBudget } from './limits.ts';
import type { Refusal } from './refusal.ts';
import type { DeleteRange, Struct } from './struct.ts';
import { UpdateReader } from './update-reader.ts';

export interface Update {
  readonly ok: true;
  /** In the order of the bytes: per client by clock, the clients in any order. */
  readonly structs: readonly Struct[];
  /** Per client by clock, never overlapping. */
  readonly ranges: readonly DeleteRange[];
}

/** All that an update says, or why it is refused. */
export function readUpdate(
  bytes: Uint8Array,
  budget: UpdateBudget = updateBudget,
): Update | Refusal {
  const reader = new UpdateReader(bytes, budget);
  const structs: Struct[] = [];
  const ranges: DeleteRange[] = [];
  while (reader.nextStruct()) structs.push(copyStruct(reader));
  while (reader.nextRange()) {
    ranges.push({ client: reader.client, clock: reader.clock, length: reader.length });
  }
  return reader.refusal ?? { ok: true, structs, ranges };
}

/** What a reader shows now, to be kept after it moved on. */
export function copyStruct(struct: Struct): Struct {
  return {
    client: struct.client,
    clock: struct.clock,
    length: struct.length,
    kind: struct.kind,
    originClient: struct.originClient,
    originClock: struct.originClock,
    rightClient: struct.rightClient,
    rightClock: struct.rightClock,
    parentClient: struct.parentClient,
    parentClock: struct.parentClock,
    keyed: struct.keyed,
    rootStart: struct.rootStart,
    rootEnd: struct.rootEnd,
    keyStart: struct.keyStart,
    keyEnd: struct.keyEnd,
    start: struct.start,
    contentStart: struct.contentStart,
    end: struct.end,
  };
}

/** Structs of one client that follow one another without a gap. */
export interface Run {
  readonly client: number;
  /** Of the first struct. */
  readonly clock: number;
  /** How many structs are in `slices`. */
  readonly count: number;
  /** The bytes of the structs, from `start` to `end`, cut or whole, one or more in each. */
  readonly slices: readonly Uint8Array[];
}

/**
 * One update of these runs and deletions, each client at most once among the runs. Clients are
 * written as Yjs does, the higher before the lower; ranges come by clock within their client.
 */
export function writeUpdate(runs: readonly Run[], ranges: readonly DeleteRange[] = []): Uint8Array {
  const out = new ByteWriter();
  const sorted = runs.toSorted((one, other) => other.client - one.client);
  out.varUint(sorted.length);
  sorted.forEach((run, index) => {
    assert(run.count > 0, 'a run has structs');
    assert(run.client !== sorted[index - 1]?.client, 'a client has one run in an update');
    out.varUint(run.count);
    out.varUint(run.client);
    out.varUint(run.clock);
    for (const slice of run.slices) out.bytes(slice);
  });
  writeRanges(out, ranges);
  return out.finish();
}

function writeRanges(out: ByteWriter, ranges: readonly DeleteRange[]): void {
  const byClient = new Map<number, DeleteRange[]>();
  for (const range of ranges) {
    const others = byClient.get(range.client);
    if (others === undefined) byClient.set(range.client, [range]);
    else others.push(range);
  }
  out.varUint(byClient.size);
  for (const [client, own] of [...byClient].sort(([one], [other]) => other - one)) {
    out.varUint(client);
    out.varUint(own.length);
    let end = 0;
    for (const { clock, length } of own) {
      assert(clock >= end && length > 0, 'ranges come in order and do not overlap');
      end = clock + length;
      out.varUint(clock);
      out.varUint(length);
    }
  }
}
