// Which entry of a map key counts. Entries of a key are a tree by origin: each stands
// behind the entry that its writer saw there. Read in the order of Yjs (YATA, without
// right origins), the last one wins: at every branch the highest client, of one client the
// lowest clock. So the winner is found without ever sorting: a new entry wins when it
// branches off the way to the present winner at a place where it comes after it.
//
//     (none) --+-- A0 -- A1 -- A2        way to the winner C7: C5, C7
//              '-- C5 -- C7              a new D0 behind C5 wins, one behind A1 does not
//
// A row may hold several entries of a chain (those that were deleted and collected), so
// a place on the way is a row and a clock in it.

import { NO, type StructTable } from './struct-table.ts';

/** Keys of all maps together; more do not fit into a session's budget. */
const KEYS_MAX = 2 ** 26;

/** One number for a key of a container. */
export function entryNumber(container: number, key: number): number {
  return container * KEYS_MAX + key;
}

export class MapWinners {
  #table: StructTable;
  #rows = new Map<number, number>();

  constructor(table: StructTable) {
    this.#table = table;
  }

  of(container: number, key: number): number {
    return this.#rows.get(entryNumber(container, key)) ?? NO;
  }

  /** Takes a new entry. Returns the one that lost: it, the present winner, or none (`NO`). */
  take(row: number): number {
    const table = this.#table;
    const place = entryNumber(table.containerNumber(row), table.keyNumberOf(row));
    const present = this.#rows.get(place);
    if (present !== undefined && !this.#wins(row, present)) return row;
    this.#rows.set(place, row);
    return present ?? NO;
  }

  #wins(row: number, present: number): boolean {
    const table = this.#table;
    const origin = table.originRow(row);
    const originClock = table.originClock(row);
    let at = present;
    /** Up to where in its row the way goes, and what comes next on it. */
    let clock = table.clock(present) + table.length(present) - 1;
    let nextClient = NO;
    let nextClock = NO;
    for (;;) {
      if (at === origin) {
        if (originClock > clock) return false;
        if (originClock < clock) return comesAfter(table, row, table.client(at), originClock + 1);
        return nextClient === NO || comesAfter(table, row, nextClient, nextClock);
      }
      nextClient = table.client(at);
      nextClock = table.clock(at);
      clock = table.originClock(at);
      at = table.originRow(at);
      if (at === NO) return origin === NO && comesAfter(table, row, nextClient, nextClock);
    }
  }
}

/** Whether an entry stands behind another one with the same origin. */
function comesAfter(table: StructTable, row: number, client: number, clock: number): boolean {
  const own = table.client(row);
  return own === client ? table.clock(row) < clock : own > client;
}
