// What an update says, without its words: which clocks of which clients it brings, and which it
// deletes. Two updates of the same extent say the same, so this is how a tab tells what is new to it
// and what another one has stored. Knowledge is what somebody holds of all that.
//
// Skips are holes and not part of it. An update that cannot be read has no extent: it is always new,
// and nothing covers it.

import { readAppend } from '../../protocol/append.ts';
import { UpdateReader } from '../../protocol/update-reader.ts';
import { storedBudget } from './limits.ts';
import { SpanSet } from './span-set.ts';

/** Client, clock and length, one after the other. */
export interface Extent {
  readonly structs: readonly number[];
  readonly deletions: readonly number[];
}

/** Updates are asked again and again, and a whole session is long to read. */
const read = new WeakMap<Uint8Array, Extent>();

/** The extent of an update in the canonical v1 form; undefined of anything else. */
export function extentOf(update: Uint8Array): Extent | undefined {
  const known = read.get(update);
  if (known !== undefined) return known;
  const extent = readExtent(update);
  if (extent !== undefined) read.set(update, extent);
  return extent;
}

function readExtent(update: Uint8Array): Extent | undefined {
  const append = readAppend(update);
  if (append !== undefined) {
    return { structs: [append.client, append.clock, append.length], deletions: [] };
  }
  const structs: number[] = [];
  const deletions: number[] = [];
  const reader = new UpdateReader(update, storedBudget);
  while (reader.nextStruct()) {
    if (reader.kind !== 'skip') extend(structs, reader.client, reader.clock, reader.length);
  }
  while (reader.nextRange()) extend(deletions, reader.client, reader.clock, reader.length);
  return reader.refusal === undefined ? { structs, deletions } : undefined;
}

/** Adds a span, as a longer last one where it continues that. */
function extend(spans: number[], client: number, clock: number, length: number): void {
  const last = spans.length - 3;
  const lastLength = spans[last + 2];
  if (last >= 0 && lastLength !== undefined && spans[last] === client) {
    if ((spans[last + 1] ?? 0) + lastLength === clock) {
      spans[last + 2] = lastLength + length;
      return;
    }
  }
  spans.push(client, clock, length);
}

/** All extents together. */
export function joinExtents(extents: readonly (Extent | undefined)[]): Extent {
  const structs: number[] = [];
  const deletions: number[] = [];
  for (const extent of extents) {
    if (extent === undefined) continue;
    eachSpan(extent.structs, (...span) => extend(structs, ...span));
    eachSpan(extent.deletions, (...span) => extend(deletions, ...span));
  }
  return { structs, deletions };
}

export class Knowledge {
  readonly #structs = new SpanSet();
  readonly #deletions = new SpanSet();

  /** Whether any of it was new. */
  add(extent: Extent): boolean {
    let isNew = false;
    eachSpan(extent.structs, (...span) => {
      if (this.#structs.add(...span)) isNew = true;
    });
    eachSpan(extent.deletions, (...span) => {
      if (this.#deletions.add(...span)) isNew = true;
    });
    return isNew;
  }

  covers(extent: Extent): boolean {
    let all = true;
    eachSpan(extent.structs, (...span) => {
      if (all && !this.#structs.has(...span)) all = false;
    });
    eachSpan(extent.deletions, (...span) => {
      if (all && !this.#deletions.has(...span)) all = false;
    });
    return all;
  }

  /** Per client the clock up to which all is here. */
  clocks(): ReadonlyMap<number, number> {
    return new Map(this.#structs.starts());
  }
}

function eachSpan(
  spans: readonly number[],
  visit: (client: number, clock: number, length: number) => void,
): void {
  for (let at = 0; at + 2 < spans.length; at += 3) {
    visit(spans[at] ?? 0, spans[at + 1] ?? 0, spans[at + 2] ?? 0);
  }
}
