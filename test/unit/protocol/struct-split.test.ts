import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, pick, seededChance } from '../../../src/base/chance.ts';
import { defined } from '../../../src/base/assert.ts';
import { splitStruct } from '../../../src/protocol/struct-split.ts';
import { readUpdate, writeUpdate } from '../../../src/protocol/update.ts';
import { documentDigest } from '../../../src/session/digest.ts';
import { count } from '../../support/count.ts';

const words = ['a', 'bc ', 'ä', '日本', '😀', 'x😀y'];

/** A text, or a list, of one client, which Yjs has fused. */
function fused(seed: number): Y.Doc {
  const chance = seededChance(seed);
  const doc = new Y.Doc();
  doc.clientID = 1 + below(chance, 2 ** 31);
  const isText = below(chance, 2) === 0;
  const text = doc.getText('text');
  const list = doc.getArray('list');
  for (let at = 1 + below(chance, 60); at > 0; at--) {
    if (isText) text.insert(text.length, pick(chance, words) ?? 'x');
    else list.push([below(chance, 2) === 0 ? at : { words: pick(chance, words) }]);
  }
  return doc;
}

test('[W159] a struct in pieces is the same struct to a document', () => {
  let pieces = 0;
  for (let seed = 1; seed <= count(300, 10_000); seed++) {
    const doc = fused(seed);
    const bytes = Y.encodeStateAsUpdate(doc);
    const read = readUpdate(bytes);
    const struct = read.ok ? read.structs[0] : undefined;
    const whole = defined(struct, 'a struct');
    const bytesMax = 1 + below(seededChance(seed), 40);
    const split = splitStruct(bytes, whole, bytesMax);
    pieces += split.length;
    const other = new Y.Doc();
    for (const { clock, bytes: slice } of split) {
      const run = { client: whole.client, clock, count: 1, slices: [slice] };
      const update = writeUpdate([run]);
      expect(readUpdate(update)).toMatchObject({ ok: true, structs: [{ kind: whole.kind }] });
      Y.applyUpdate(other, update);
      expect(other.store.pendingStructs).toBeNull();
    }
    expect(documentDigest(other), `seed ${seed}`).toBe(documentDigest(doc));
  }
  expect(pieces).toBeGreaterThan(count(300, 10_000) * 2);
});

test('[W159] what fits, and what cannot be divided, stays whole', () => {
  const doc = new Y.Doc();
  doc.getMap('map').set('key', new Uint8Array(1_000));
  const bytes = Y.encodeStateAsUpdate(doc);
  const read = readUpdate(bytes);
  const struct = defined(read.ok ? read.structs[0] : undefined, 'a struct');
  expect(splitStruct(bytes, struct, 10)).toHaveLength(1);
  expect(splitStruct(bytes, struct, 10_000)).toHaveLength(1);
});
