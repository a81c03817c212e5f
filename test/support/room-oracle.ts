// A Y.Doc beside a room's index: both take the same updates, and must know the same.

import * as Y from 'yjs';
import type { DocumentIndex } from '../../server/room/document-index.ts';
import { rootKinds, type RootPlace } from '../../server/room/place.ts';
import { NO } from '../../server/room/struct-table.ts';

export class RoomOracle {
  readonly doc: Y.Doc;

  constructor(gc: boolean) {
    this.doc = new Y.Doc({ gc });
    for (const [name, kind] of Object.entries(rootKinds)) {
      if (kind === 'array') this.doc.getArray(name);
      else this.doc.getMap(name);
    }
  }

  apply(updates: readonly Uint8Array[]): void {
    for (const update of updates) Y.applyUpdate(this.doc, update);
  }

  /** Where the two differ, in words; empty where they agree. */
  differences(index: DocumentIndex): readonly string[] {
    const problems: string[] = [];
    const { store } = this.doc;
    if (store.pendingStructs !== null || store.pendingDs !== null) problems.push('pending');
    const clocks = text(
      [...store.clients.keys()].map((client) => [client, Y.getState(store, client)]),
    );
    const ours = text([...index.clocks()].map(([client, next]) => [client, next]));
    if (clocks !== ours) problems.push(`clocks ${clocks} but ${ours}`);
    const gone = text(
      [...Y.createDeleteSetFromStructStore(store).clients].flatMap(([client, ranges]) =>
        merged(ranges).map(([clock, end]) => [client, clock, end]),
      ),
    );
    const ourGone = text(
      [...index.deleted].map(({ client, clock, length }) => [client, clock, clock + length]),
    );
    if (gone !== ourGone) problems.push(`deleted ${gone} but ${ourGone}`);
    for (const place of Object.keys(rootKinds) as RootPlace[]) {
      const root: unknown = this.doc.share.get(place);
      if (root instanceof Y.Map) this.#compareMap(index, root, index.root(place), problems);
    }
    return problems;
  }

  #compareMap(
    index: DocumentIndex,
    map: Y.Map<unknown>,
    container: number,
    problems: string[],
  ): void {
    for (const [key, item] of map._map) {
      const row = winnerOf(index, container, key);
      const ours =
        row === NO
          ? 'nothing'
          : `${index.table.client(row)}:${index.table.clock(row) + index.table.length(row) - 1}`;
      const theirs = `${item.lastId.client}:${item.lastId.clock}`;
      if (ours !== theirs) problems.push(`winner of ${key} is ${theirs} but ${ours}`);
      if (item.deleted) continue;
      const value: unknown = map.get(key);
      const child = childOf(index, container, key);
      if (value instanceof Y.Map && child !== undefined) {
        this.#compareMap(index, value, child, problems);
      } else if (value instanceof Y.Map) problems.push(`${key} is no type`);
    }
  }
}

function merged(ranges: readonly { clock: number; len: number }[]): [number, number][] {
  const sorted = ranges
    .map(({ clock, len }): [number, number] => [clock, clock + len])
    .toSorted((one, other) => one[0] - other[0]);
  const result: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = result.at(-1);
    if (last !== undefined && last[1] >= from) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

function text(rows: readonly (readonly number[])[]): string {
  return JSON.stringify(
    rows.toSorted(
      (one, other) => (one[0] ?? 0) - (other[0] ?? 0) || (one[1] ?? 0) - (other[1] ?? 0),
    ),
  );
}

function winnerOf(index: DocumentIndex, container: number, key: string): number {
  const number = index.table.findKey(key);
  return number === undefined ? NO : index.winners.of(container, number);
}

function childOf(index: DocumentIndex, container: number, key: string): number | undefined {
  const number = index.table.findKey(key);
  return number === undefined ? undefined : index.entry(container, number).child;
}
