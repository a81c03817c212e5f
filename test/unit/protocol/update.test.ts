import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { seededChance } from '../../../src/base/chance.ts';
import { syncAnswerBudget } from '../../../src/protocol/limits.ts';
import type { Struct } from '../../../src/protocol/struct.ts';
import { sliceOf } from '../../../src/protocol/struct-cut.ts';
import { readUpdate, type Run, writeUpdate } from '../../../src/protocol/update.ts';
import { count } from '../../support/count.ts';
import { stockUpdates } from '../../support/stock-peers.ts';

/** The runs of an update: per client what follows from the first clock. */
function runsOf(bytes: Uint8Array, structs: readonly Struct[]): readonly Run[] {
  const byClient = Map.groupBy(structs, ({ client }) => client);
  return [...byClient].map(([client, own]) => ({
    client,
    clock: own[0]?.clock ?? 0,
    count: own.length,
    slices: own.map((struct) => sliceOf(bytes, struct)),
  }));
}

describe('[W9] an update that is written from kept slices', () => {
  test('[W9] is byte for byte the one that Yjs wrote', () => {
    const worlds = count(100, 10_000);
    for (let world = 0; world < worlds; world++) {
      for (const { how, bytes } of stockUpdates(seededChance(world), 25)) {
        const read = readUpdate(bytes, syncAnswerBudget);
        if (!read.ok) throw new Error(`refused: ${read.rule}`);
        const again = writeUpdate(runsOf(bytes, read.structs).toReversed(), read.ranges);
        expect(again, `seed ${world}, ${how}`).toEqual(bytes);
      }
    }
  });

  test('[W9] can hold a part, in one slice, that a document takes as its own', () => {
    const doc = new Y.Doc();
    doc.clientID = 7;
    const list = doc.getArray('list');
    list.push(['a']);
    doc.getMap('map').set('k', 1);
    list.push(['b']);
    const bytes = Y.encodeStateAsUpdate(doc);
    const read = readUpdate(bytes);
    const [first, , last] = read.ok ? read.structs : [];
    if (first === undefined || last === undefined) throw new Error('three structs were written');
    const slices = [bytes.subarray(first.start, last.end)];
    const whole = new Y.Doc();
    Y.applyUpdate(whole, writeUpdate([{ client: 7, clock: 0, count: 3, slices }]));
    expect(whole.getArray('list').toJSON()).toEqual(['a', 'b']);
    expect(whole.getMap('map').toJSON()).toEqual({ k: 1 });
  });

  test('[W9] is empty without anything, as an empty document is', () => {
    expect(writeUpdate([])).toEqual(Y.encodeStateAsUpdate(new Y.Doc()));
  });
});
