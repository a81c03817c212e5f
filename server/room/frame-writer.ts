// What goes into the log and to others of an update that was taken: the very bytes that
// came, where all of them are new, and otherwise updates made anew from the structs that
// are. Several, where one would be larger than an update may be; each holds whole runs of
// clients in an order in which a stock client can apply one after the other.

import { assert } from '../../src/base/assert.ts';
import { syncAnswerBudget, updateBudget } from '../../src/protocol/limits.ts';
import { splitStruct } from '../../src/protocol/struct-split.ts';
import { UpdateReader } from '../../src/protocol/update-reader.ts';
import type { DeleteRange } from '../../src/protocol/struct.ts';
import { type Run, writeUpdate } from '../../src/protocol/update.ts';
import type { PlacedStruct } from './frame-order.ts';
import type { RoomLimits } from './limits.ts';

interface OpenRun extends Run {
  count: number;
  readonly slices: Uint8Array[];
}

export class FrameWriter {
  #bytes: Uint8Array;
  #placed: readonly PlacedStruct[];
  #ranges: readonly DeleteRange[];
  #limits: RoomLimits;

  constructor(
    bytes: Uint8Array,
    placed: readonly PlacedStruct[],
    ranges: readonly DeleteRange[],
    limits: RoomLimits,
  ) {
    this.#bytes = bytes;
    this.#placed = placed;
    this.#ranges = ranges;
    this.#limits = limits;
  }

  /** `isWhole`: all that came is new, and in its one form. */
  write(isWhole: boolean): readonly Uint8Array[] {
    const { chunkBytesMax, chunkStructsMax } = this.#limits;
    const isSmall = this.#bytes.length <= chunkBytesMax && this.#placed.length <= chunkStructsMax;
    // A copy: what came may be a view of a larger buffer, which would be kept with it.
    if (isWhole && isSmall) return [this.#bytes.slice()];
    const runs = [...this.#structs()];
    const ranges = this.#ranges;
    // With the last structs, where that is not too much: what replaces comes with what goes.
    const isTogether = runs.length > 0 && ranges.length <= updateBudget.rangesMax;
    const updates = runs.map((some, at) =>
      writeUpdate(some, isTogether && at === runs.length - 1 ? sorted(ranges) : []),
    );
    if (isTogether) return updates;
    const deletions = chunks(sorted(ranges), chunkStructsMax);
    return [...updates, ...deletions.map((some) => writeUpdate([], some))];
  }

  /** What is larger than an update may be, in pieces: one struct can be all that a client ever wrote. */
  *#pieces(): IterableIterator<PlacedStruct> {
    const { chunkBytesMax } = this.#limits;
    for (const placed of this.#placed) {
      if (placed.bytes.length <= chunkBytesMax) {
        yield placed;
        continue;
      }
      const { client, clock } = placed;
      const alone = writeUpdate([{ client, clock, count: 1, slices: [placed.bytes] }]);
      const reader = new UpdateReader(alone, { ...syncAnswerBudget, bytesMax: alone.length });
      assert(reader.nextStruct(), 'what was read can be read again');
      for (const piece of splitStruct(alone, reader, chunkBytesMax)) yield { client, ...piece };
    }
  }

  *#structs(): IterableIterator<readonly Run[]> {
    const { chunkBytesMax, chunkStructsMax } = this.#limits;
    let runs = new Map<number, OpenRun>();
    let bytes = 0;
    let structs = 0;
    for (const placed of this.#pieces()) {
      const isFull =
        bytes + placed.bytes.length > chunkBytesMax ||
        structs >= chunkStructsMax ||
        runs.size >= updateBudget.clientsMax;
      if (isFull && structs > 0) {
        yield [...runs.values()];
        runs = new Map();
        bytes = 0;
        structs = 0;
      }
      const { client, clock } = placed;
      const run = runs.get(client) ?? { client, clock, count: 0, slices: [] };
      run.count++;
      run.slices.push(placed.bytes);
      runs.set(client, run);
      bytes += placed.bytes.length;
      structs++;
    }
    if (structs > 0) yield [...runs.values()];
  }
}

/** At most so many ranges and so many clients in each. */
function chunks(
  ranges: readonly DeleteRange[],
  countMax: number,
): readonly (readonly DeleteRange[])[] {
  const all: DeleteRange[][] = [];
  const clients = new Set<number>();
  for (const range of ranges) {
    const last = all.at(-1);
    clients.add(range.client);
    const isFull =
      last === undefined ||
      last.length >= Math.min(countMax, updateBudget.rangesMax) ||
      clients.size > updateBudget.clientsMax;
    if (!isFull) {
      last.push(range);
      continue;
    }
    all.push([range]);
    clients.clear();
    clients.add(range.client);
  }
  return all;
}

function sorted(ranges: readonly DeleteRange[]): readonly DeleteRange[] {
  return ranges.toSorted((one, other) => one.client - other.client || one.clock - other.clock);
}
