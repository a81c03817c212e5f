import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { seededChance } from '../../../src/base/chance.ts';
import { syncAnswerBudget } from '../../../src/protocol/limits.ts';
import type { Struct } from '../../../src/protocol/struct.ts';
import { cutStruct, sliceOf } from '../../../src/protocol/struct-cut.ts';
import { readUpdate, writeUpdate } from '../../../src/protocol/update.ts';
import { count } from '../../support/count.ts';
import { stockUpdates } from '../../support/stock-peers.ts';

const nothing = Y.encodeStateVector(new Map());

/** An update of one struct. */
const alone = (struct: Struct, slice: Uint8Array, units = 0): Uint8Array =>
  writeUpdate([{ client: struct.client, clock: struct.clock + units, count: 1, slices: [slice] }]);

/** As Yjs writes an update anew: it loses the key flag of what has an origin. */
const rewritten = (bytes: Uint8Array): Uint8Array => Y.diffUpdate(bytes, nothing);

describe('[W8] cutting off what is known', () => {
  test('[W8] leaves what Yjs leaves, of every kind, at every clock', () => {
    const kinds = new Map<string, number>();
    const worlds = count(60, 3_000);
    for (let world = 0; world < worlds; world++) {
      for (const { how, bytes } of stockUpdates(seededChance(world), 30)) {
        const read = readUpdate(bytes, syncAnswerBudget);
        if (!read.ok || how === 'incremental') continue;
        for (const struct of read.structs) {
          if (struct.kind === 'skip') continue;
          const whole = alone(struct, sliceOf(bytes, struct));
          for (let units = 1; units < struct.length && units < 12; units++) {
            const cut = cutStruct(bytes, struct, units);
            const clocks = new Map([[struct.client, struct.clock + units]]);
            const wanted = rewritten(Y.diffUpdate(whole, Y.encodeStateVector(clocks)));
            expect(rewritten(alone(struct, cut.bytes, units)), `seed ${world}`).toEqual(wanted);
            const key = cut.splitPair ? 'inside a pair' : struct.kind;
            kinds.set(key, (kinds.get(key) ?? 0) + 1);
          }
        }
      }
    }
    for (const kind of ['string', 'inside a pair', 'json', 'deleted', 'gc']) {
      expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(worlds / 2);
    }
  });

  test('[W8] leaves the bytes that a document would send to one who has the beginning', () => {
    const doc = new Y.Doc();
    doc.clientID = 7;
    doc.getText('text').insert(0, 'a😀bcd');
    doc.getArray('list').push([1, { two: 2 }, [3]]);
    const bytes = Y.encodeStateAsUpdate(doc);
    const read = readUpdate(bytes);
    const structs = read.ok ? read.structs : [];
    expect(structs.map(({ kind, length }) => [kind, length])).toEqual([
      ['string', 6],
      ['json', 3],
    ]);
    for (const struct of structs) {
      for (let units = 1; units < struct.length; units++) {
        const known = struct.clock + units;
        const wanted = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(new Map([[7, known]])));
        const rest = structs.filter(({ clock }) => clock > known);
        const slices = [
          cutStruct(bytes, struct, units).bytes,
          ...rest.map((s) => sliceOf(bytes, s)),
        ];
        const ours = writeUpdate([{ client: 7, clock: known, count: slices.length, slices }]);
        expect(ours).toEqual(wanted);
      }
    }
  });

  test('[W8] says when it divides a character, which then is U+FFFD as it is in Yjs', () => {
    const doc = new Y.Doc();
    doc.clientID = 7;
    doc.getText('text').insert(0, 'x😀y');
    const bytes = Y.encodeStateAsUpdate(doc);
    const read = readUpdate(bytes);
    const struct = read.ok ? read.structs[0] : undefined;
    if (struct === undefined) throw new Error('one struct was written');
    expect(cutStruct(bytes, struct, 1).splitPair).toBe(false);
    const { bytes: rest, splitPair } = cutStruct(bytes, struct, 2);
    expect(splitPair).toBe(true);

    const half = new Y.Doc();
    Y.applyUpdate(half, alone(struct, Uint8Array.of(4, 1, 4, 116, 101, 120, 116, 2, 120, 33)));
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(half));
    Y.applyUpdate(half, alone(struct, rest, 2));
    Y.applyUpdate(other, bytes);
    expect(half.getText('text').toJSON()).toBe('x!\u{fffd}y');
    expect(other.getText('text').toJSON()).toBe(half.getText('text').toJSON());
  });

  test('[W8] keeps a hole a hole', () => {
    const bytes = Uint8Array.of(1, 3, 5, 0, 0, 1, 10, 9, 0, 1, 0);
    const read = readUpdate(bytes);
    const hole = read.ok ? read.structs[1] : undefined;
    if (hole === undefined) throw new Error('a hole was written');
    expect([...cutStruct(bytes, hole, 4).bytes]).toEqual([10, 5]);
  });
});
