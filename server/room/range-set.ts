// Sets of struct ids, kept as ranges of clocks per client: what is deleted. A room keeps
// those that nobody ever sends too (the losers of a key, everything below a deleted type),
// so that a peer that names them later writes nothing new. Ranges never touch or overlap.
// They lie in pages, so that whoever deletes here and there in what is long makes nobody
// move all of it each time.

import { ByteWriter } from '../../src/protocol/byte-writer.ts';
import type { DeleteRange } from '../../src/protocol/struct.ts';

/** The start of each range and its end, one after the other, in order. Never empty but for the only one. */
type Page = number[];

/** Of numbers in a page; a fuller one is divided. */
const PAGE_MAX = 1_024;

type OnPiece = (client: number, clock: number, length: number) => void;

export class RangeSet {
  #clients = new Map<number, Page[]>();

  has(client: number, clock: number): boolean {
    const pages = this.#clients.get(client);
    if (pages === undefined) return false;
    const page = pages[pageAfter(pages, clock)] ?? none;
    const at = firstEndAfter(page, clock);
    return at < page.length && (page[at] ?? 0) <= clock;
  }

  /** Adds clocks. Calls `onNew` with each piece that was not there. Returns how many pieces. */
  add(client: number, clock: number, length: number, onNew?: OnPiece): number {
    let pages = this.#clients.get(client);
    if (pages === undefined) this.#clients.set(client, (pages = [[]]));
    const end = clock + length;
    // Every range that touches the new one becomes a part of it.
    const first = pageAfter(pages, clock - 1);
    const firstAt = firstEndAfter(pages[first] ?? none, clock - 1);
    let next = clock;
    let start = clock;
    let stop = end;
    let pieces = 0;
    let touched = 0;
    walk(pages, first, firstAt, (from, to) => {
      if (from > end) return false;
      touched++;
      if (from > next) {
        pieces++;
        onNew?.(client, next, from - next);
      }
      next = Math.max(next, to);
      start = Math.min(start, from);
      stop = Math.max(stop, to);
      return true;
    });
    if (next < end) {
      pieces++;
      onNew?.(client, next, end - next);
    }
    if (pieces > 0) replace(pages, first, firstAt, touched, start, stop);
    return pieces;
  }

  /** Calls back with the pieces of a range that are not in the set. Returns how many. */
  missing({ client, clock, length }: DeleteRange, onPiece?: OnPiece): number {
    const pages = this.#clients.get(client) ?? [];
    const end = clock + length;
    let next = clock;
    let pieces = 0;
    const note = (until: number): void => {
      if (until <= next) return;
      pieces++;
      onPiece?.(client, next, until - next);
    };
    const first = pageAfter(pages, clock);
    walk(pages, first, firstEndAfter(pages[first] ?? none, clock), (from, to) => {
      if (from >= end) return false;
      note(from);
      next = Math.max(next, to);
      return next < end;
    });
    note(end);
    return pieces;
  }

  /** How many ranges there are. */
  get size(): number {
    let size = 0;
    for (const pages of this.#clients.values()) size += sizeOf(pages);
    return size;
  }

  *[Symbol.iterator](): IterableIterator<DeleteRange> {
    for (const [client, pages] of this.#clients) {
      for (const page of pages) {
        for (let at = 0; at < page.length; at += 2) {
          const clock = page[at] ?? 0;
          yield { client, clock, length: (page[at + 1] ?? 0) - clock };
        }
      }
    }
  }

  /** As an update without structs: the delete set of Yjs, the higher client before the lower. */
  encode(): Uint8Array {
    const clients = [...this.#clients].sort(([one], [other]) => other - one);
    const out = new ByteWriter(64 + this.size * 4);
    out.varUint(0);
    out.varUint(clients.length);
    for (const [client, pages] of clients) {
      out.varUint(client);
      out.varUint(sizeOf(pages));
      for (const page of pages) {
        for (let at = 0; at < page.length; at += 2) {
          const clock = page[at] ?? 0;
          out.varUint(clock);
          out.varUint((page[at + 1] ?? 0) - clock);
        }
      }
    }
    return out.finish();
  }
}

const none: Page = [];

function sizeOf(pages: readonly Page[]): number {
  let size = 0;
  for (const page of pages) size += page.length / 2;
  return size;
}

/** The first page that has a range that ends after `clock`, else the last. New ones mostly come at the end. */
function pageAfter(pages: readonly Page[], clock: number): number {
  let low = 0;
  let high = pages.length - 1;
  if (high <= 0 || (pages[high - 1]?.at(-1) ?? 0) <= clock) return Math.max(high, 0);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pages[middle]?.at(-1) ?? 0) > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the first range of a page begins that ends after `clock`. */
function firstEndAfter(page: Page, clock: number): number {
  const { length } = page;
  if (length === 0 || (page[length - 1] ?? 0) <= clock) return length;
  let low = 0;
  let high = length / 2 - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((page[middle * 2 + 1] ?? 0) > clock) high = middle;
    else low = middle + 1;
  }
  return low * 2;
}

/** Goes through ranges from one on, while `visit` says so. */
function walk(
  pages: readonly Page[],
  first: number,
  firstAt: number,
  visit: (from: number, to: number) => boolean,
): void {
  let at = firstAt;
  for (let index = first; index < pages.length; index++, at = 0) {
    const page = pages[index] ?? none;
    for (; at < page.length; at += 2) {
      if (!visit(page[at] ?? 0, page[at + 1] ?? 0)) return;
    }
  }
}

/** Puts one range in the place of `count` of them, from one on. */
function replace(
  pages: Page[],
  first: number,
  at: number,
  count: number,
  start: number,
  end: number,
): void {
  const page = pages[first] ?? none;
  const here = Math.min(count, (page.length - at) / 2);
  if (here === 1) {
    page[at] = start;
    page[at + 1] = end;
  } else if (at === page.length) {
    page.push(start, end);
  } else {
    page.splice(at, here * 2, start, end);
  }
  for (let left = count - here; left > 0;) {
    const next = pages[first + 1] ?? none;
    const gone = Math.min(left, next.length / 2);
    if (gone * 2 === next.length) pages.splice(first + 1, 1);
    else next.splice(0, gone * 2);
    left -= gone;
  }
  if (page.length > PAGE_MAX) pages.splice(first + 1, 0, page.splice(PAGE_MAX / 2));
}
