// What a log holds of a session, as a document that takes its records as they are committed, and
// questions to it: is this update a part of it, is this what a room's picture shows.

import { isDeepStrictEqual } from 'node:util';
import * as Y from 'yjs';
import type { Picture } from '../../server/room/picture.ts';
import { RangeSet } from '../../server/room/range-set.ts';
import { decodeRoomRecord } from '../../server/room/record.ts';
import { defined } from '../../src/base/assert.ts';
import { syncAnswerBudget } from '../../src/protocol/limits.ts';
import { readUpdate } from '../../src/protocol/update.ts';

const budget = { ...syncAnswerBudget, bytesMax: Number.POSITIVE_INFINITY };

export class Committed {
  readonly doc = new Y.Doc({ gc: false });
  #deleted = new RangeSet();

  /** Takes a record of the log. */
  take(record: Uint8Array): void {
    const { updates } = defined(decodeRoomRecord(record), 'a record');
    for (const update of updates) Y.applyUpdate(this.doc, update);
    this.#deleted = new RangeSet();
    for (const [client, ranges] of Y.createDeleteSetFromStructStore(this.doc.store).clients) {
      for (const { clock, len } of ranges) this.#deleted.add(client, clock, len);
    }
  }

  /** What of an update is not committed, in words; undefined where all of it is. */
  lacks(update: Uint8Array): string | undefined {
    const read = readUpdate(update, budget);
    if (!read.ok) return `an update that is refused: ${read.rule}`;
    for (const { client, clock, length, kind } of read.structs) {
      if (kind === 'skip') continue;
      const known = Y.getState(this.doc.store, client);
      if (clock + length > known) return `${client} at ${clock + length}, known to ${known}`;
    }
    for (const range of read.ranges) {
      if (this.#deleted.missing(range) > 0) return `a deletion of ${range.client}`;
    }
    return undefined;
  }

  /** Where a picture shows something else, in words. */
  differences(picture: Picture): readonly string[] {
    const { doc } = this;
    const problems: string[] = [];
    const same = (what: string, ours: unknown, theirs: unknown): void => {
      if (!isDeepStrictEqual(ours, theirs)) {
        problems.push(`${what}: ${JSON.stringify(ours)} but ${JSON.stringify(theirs)}`);
      }
    };
    const meta = doc.getMap('meta');
    const keys = new Set([...doc.share.keys(), ...meta.keys(), ...keysOf(doc.getMap('runs'))]);
    for (const key of keys) same(`meta ${key}`, picture.meta(key), plain(meta.get(key)));
    same('control', sorted(picture.control()), valuesOf(doc.getMap('control')));
    const runs = [...picture.runs()].map(({ id, entry, acks }) => [
      id,
      sorted([...keys].flatMap((key) => entryOf(key, entry(key)))),
      sorted(acks()),
    ]);
    same('runs', runs.toSorted(byText), runsOf(doc));
    return problems;
  }
}

type Entry = readonly [string, unknown];

const byText = (one: unknown, other: unknown): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

const sorted = (entries: Iterable<Entry>): readonly Entry[] => [...entries].toSorted(byText);

/** What is no type, as it stands. */
const plain = (value: unknown): unknown => (value instanceof Y.AbstractType ? undefined : value);

const entryOf = (key: string, value: unknown): readonly Entry[] =>
  value === undefined ? [] : [[key, value]];

function valuesOf(map: Y.Map<unknown>): readonly Entry[] {
  return sorted([...map].flatMap(([key, value]) => entryOf(key, plain(value))));
}

function keysOf(runs: Y.Map<unknown>): readonly string[] {
  return [...runs.values()].flatMap((run) => (run instanceof Y.Map ? [...run.keys()] : []));
}

function runsOf(doc: Y.Doc): readonly unknown[] {
  const runs: unknown[] = [];
  for (const [id, run] of doc.getMap('runs')) {
    if (!(run instanceof Y.AbstractType)) continue;
    const isMap = run instanceof Y.Map;
    const acks: unknown = isMap ? run.get('acks') : undefined;
    runs.push([id, isMap ? valuesOf(run) : [], acks instanceof Y.Map ? valuesOf(acks) : []]);
  }
  return runs.toSorted(byText);
}
