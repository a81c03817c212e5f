// Sets of struct ids, kept as ranges of clocks per client: what is deleted. A room keeps
// those that nobody ever sends too (the losers of a key, everything below a deleted type),
// so that a peer that names them later writes nothing new. Ranges never touch or overlap.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import type { DeleteRange } from '../../src/protocol/struct.ts';

/** The start of each range and its end, one after the other, in order. */
type Bounds = number[];

export class RangeSet {
  #clients = new Map<number, Bounds>();

  has(client: number, clock: number): boolean {
    const bounds = this.#clients.get(client);
    if (bounds === undefined) return false;
    const at = firstEndAfter(bounds, clock);
    return at < bounds.length && (bounds[at] ?? 0) <= clock;
  }

  /** Adds clocks. Calls `onNew` with each piece that was not there. Returns how many pieces. */
  add(
    client: number,
    clock: number,
    length: number,
    onNew?: (client: number, clock: number, length: number) => void,
  ): number {
    let bounds = this.#clients.get(client);
    if (bounds === undefined) this.#clients.set(client, (bounds = []));
    const end = clock + length;
    const first = firstEndAfter(bounds, clock - 1);
    let at = first;
    let next = clock;
    let start = clock;
    let stop = end;
    let pieces = 0;
    // Every range that touches the new one becomes a part of it.
    for (; at < bounds.length && (bounds[at] ?? 0) <= end; at += 2) {
      const from = bounds[at] ?? 0;
      const to = bounds[at + 1] ?? 0;
      if (from > next) {
        pieces++;
        onNew?.(client, next, from - next);
      }
      next = Math.max(next, to);
      start = Math.min(start, from);
      stop = Math.max(stop, to);
    }
    if (next < end) {
      pieces++;
      onNew?.(client, next, end - next);
    }
    if (pieces > 0) replace(bounds, first, at, start, stop);
    return pieces;
  }

  /** Calls back with the pieces of a range that are not in the set, at most `max` of them. Returns how many. */
  missing(
    { client, clock, length }: DeleteRange,
    onPiece?: (client: number, clock: number, length: number) => void,
  ): number {
    const bounds = this.#clients.get(client) ?? [];
    const end = clock + length;
    let next = clock;
    let pieces = 0;
    for (let at = firstEndAfter(bounds, clock); next < end; at += 2) {
      const from = Math.min(end, bounds[at] ?? end);
      if (from > next) {
        pieces++;
        onPiece?.(client, next, from - next);
      }
      next = Math.max(next, bounds[at + 1] ?? end);
    }
    return pieces;
  }

  /** How many ranges there are. */
  get size(): number {
    let size = 0;
    for (const bounds of this.#clients.values()) size += bounds.length / 2;
    return size;
  }

  *[Symbol.iterator](): IterableIterator<DeleteRange> {
    for (const [client, bounds] of this.#clients) {
      for (let at = 0; at < bounds.length; at += 2) {
        const clock = bounds[at] ?? 0;
        yield { client, clock, length: (bounds[at + 1] ?? 0) - clock };
      }
    }
  }

  /** As an update without structs: the delete set of Yjs, the higher client before the lower. */
  encode(): Uint8Array {
    const clients = [...this.#clients].filter(([, bounds]) => bounds.length > 0);
    const out = new ByteWriter(64 + this.size * 4);
    out.varUint(0);
    out.varUint(clients.length);
    for (const [client, bounds] of clients.sort(([one], [other]) => other - one)) {
      out.varUint(client);
      out.varUint(bounds.length / 2);
      for (let at = 0; at < bounds.length; at += 2) {
        const clock = bounds[at] ?? 0;
        out.varUint(clock);
        out.varUint((bounds[at + 1] ?? 0) - clock);
      }
    }
    return out.finish();
  }
}

/** Where the first range begins that ends after `clock`. New ones mostly come at the end. */
function firstEndAfter(bounds: Bounds, clock: number): number {
  const { length } = bounds;
  if (length === 0 || (bounds[length - 1] ?? 0) <= clock) return length;
  let low = 0;
  let high = length / 2 - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle * 2 + 1] ?? 0) > clock) high = middle;
    else low = middle + 1;
  }
  return low * 2;
}

function replace(bounds: Bounds, from: number, to: number, start: number, end: number): void {
  if (to - from === 2) {
    bounds[from] = start;
    bounds[from + 1] = end;
  } else if (from === bounds.length) {
    bounds.push(start, end);
  } else {
    bounds.splice(from, to - from, start, end);
  }
}
