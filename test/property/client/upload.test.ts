// What is divided for the wire is the same as a whole, in an order in which nothing has to wait.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, type Chance, pick, seededChance } from '../../../src/base/chance.ts';
import { boundedUpdates, divideUpdate, fitsFrame } from '../../../src/client/connection/upload.ts';
import { readStateVector } from '../../../src/protocol/state-vector.ts';
import { readUpdate, writeUpdate } from '../../../src/protocol/update.ts';
import { count } from '../../support/count.ts';

interface Crowd {
  readonly docs: readonly Y.Doc[];
  readonly chance: Chance;
}

function wordsOf(chance: Chance): string {
  if (below(chance, 30) === 0) return pick(chance, ['w', '👋'])?.repeat(90_000) ?? '';
  return pick(chance, ['a', '你好👋', 'word '.repeat(40)]) ?? '';
}

/**
 * One of them writes something, of any size, behind whatever it sees. What is large
 * is new: behind deleted words Yjs names what stands to the right, which no session holds.
 */
function write({ docs, chance }: Crowd): void {
  const doc = pick(chance, docs);
  if (doc === undefined) return;
  const messages = doc.getArray<Y.Map<unknown> | Y.Text>('messages');
  const at = below(chance, messages.length + 1);
  const item = at < messages.length ? messages.get(at) : undefined;
  const words = wordsOf(chance);
  if (item instanceof Y.Text) {
    if (below(chance, 6) === 0) item.delete(0, item.length);
    else item.insert(item.length, words.slice(0, 1_000));
  } else if (item instanceof Y.Map) {
    item.set(`k${below(chance, 3)}`, below(chance, 9));
  } else if (below(chance, 3) === 0) {
    const values = Array.from({ length: below(chance, 400) }, (_, i) =>
      `${words} ${i}`.slice(0, 500),
    );
    doc.getArray('values').push(values);
  } else
    messages.push([below(chance, 2) === 0 ? new Y.Text(words) : new Y.Map([['id', words.length]])]);
}

function exchange({ docs, chance }: Crowd): void {
  const [from, to] = [pick(chance, docs), pick(chance, docs)];
  if (from !== undefined && to !== undefined) {
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
  }
}

function crowd(seed: number): Crowd {
  const chance = seededChance(seed);
  const docs = Array.from({ length: 2 + below(chance, seed % 6 === 0 ? 90 : 9) }, (_, at) => {
    const doc = new Y.Doc();
    doc.clientID = at * 7 + 1;
    return doc;
  });
  const made = { docs, chance };
  for (let i = 0; i < 90; i++) (below(chance, 3) === 0 ? exchange : write)(made);
  return made;
}

const merged = ({ docs }: Crowd): Y.Doc => {
  const all = new Y.Doc();
  for (const doc of docs) Y.applyUpdate(all, Y.encodeStateAsUpdate(doc));
  return all;
};

/** Takes updates as a server does: nothing waits for what comes later. */
function takeInOrder(doc: Y.Doc, updates: readonly Uint8Array[]): void {
  for (const update of updates) {
    const read = readUpdate(update);
    expect(read.ok ? 'good' : read.rule).toBe('good');
    Y.applyUpdate(doc, update);
    expect(doc.store.pendingStructs).toBeNull();
    expect(doc.store.pendingDs).toBeNull();
  }
}

const stateOf = (doc: Y.Doc): unknown => [
  doc.getArray('messages').toJSON(),
  doc.getArray('values').toJSON(),
  [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([one], [other]) => one - other),
];

describe('an upload', () => {
  test('[C14] is the same in parts, each of which finds what it hangs on', () => {
    for (let seed = 0; seed < count(12, 400); seed++) {
      const world = crowd(seed);
      const all = merged(world);
      const there = new Y.Doc();
      // What the server has of it already.
      for (const doc of world.docs.slice(0, below(world.chance, world.docs.length))) {
        if (below(world.chance, 3) === 0) Y.applyUpdate(there, Y.encodeStateAsUpdate(doc));
      }
      const vector = Y.encodeStateVector(there);
      const known = readStateVector(vector);
      if (!known.ok) throw new Error('no state vector');
      const answer = Y.encodeStateAsUpdate(all, vector);
      const divided = divideUpdate(answer, known.clocks);
      if (divided === undefined) throw new Error('no update');
      takeInOrder(there, divided.updates);
      Y.applyUpdate(there, writeUpdate([], divided.ranges));
      expect(stateOf(there)).toEqual(stateOf(all));
    }
  });

  test('[C14] as updates alone, deletions come last and are all there', () => {
    for (let seed = 100; seed < 100 + count(8, 200); seed++) {
      const all = merged(crowd(seed));
      const there = new Y.Doc();
      takeInOrder(there, boundedUpdates(Y.encodeStateAsUpdate(all)));
      expect(stateOf(there)).toEqual(stateOf(all));
    }
  });

  test('what hangs on words that this device lacks is left out, and nothing else', () => {
    for (let seed = 200; seed < 200 + count(8, 200); seed++) {
      const world = crowd(seed);
      const [first, ...others] = world.docs;
      if (first === undefined) throw new Error('nobody');
      // Of the first one's words the device has only the later half.
      const half = Y.encodeStateVector(first);
      first.getArray('messages').push([new Y.Text('late')]);
      const late = Y.encodeStateAsUpdate(first, half);
      const device = new Y.Doc();
      const known = new Y.Doc();
      if (seed % 2 === 0) Y.applyUpdate(device, late);
      // Somebody whose only words hang on them.
      const behind = new Y.Doc();
      Y.applyUpdate(behind, Y.encodeStateAsUpdate(first));
      const seen = Y.encodeStateVector(behind);
      behind.getArray('messages').push([new Y.Text('behind')]);
      Y.applyUpdate(device, Y.encodeStateAsUpdate(behind, seen));
      const apart = pick(world.chance, others);
      if (apart !== undefined) Y.applyUpdate(device, Y.encodeStateAsUpdate(apart));
      const divided = divideUpdate(Y.encodeStateAsUpdate(device), new Map());
      if (divided === undefined) throw new Error('no update');
      takeInOrder(known, divided.updates);
      Y.applyUpdate(known, writeUpdate([], divided.ranges));
      expect(Y.encodeStateVector(known)).toEqual(Y.encodeStateVector(device));
    }
  });

  test('very many types, clients and deletions are divided too', () => {
    const doc = new Y.Doc();
    const list = doc.getArray<Y.Map<number>>('messages');
    for (let i = 0; i < 1_300; i++) list.push([new Y.Map([['n', i]])]);
    for (let i = 0; i < 6_000; i++) doc.getMap('annotations').set(`n${i}`, i);
    const there = new Y.Doc();
    Y.applyUpdate(there, Y.encodeStateAsUpdate(doc));
    const later: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => later.push(update));
    doc.transact(() => {
      for (let i = 0; i < 1_300; i++) list.get(i).delete('n');
    });
    const deleted = later.flatMap(boundedUpdates);
    expect(deleted.length).toBe(3);
    takeInOrder(there, deleted);
    expect(stateOf(there)).toEqual(stateOf(doc));
    for (let client = 1; client < 200; client++) {
      const other = new Y.Doc();
      other.clientID = client;
      other.getArray('values').push([client]);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    }
    const whole = Y.encodeStateAsUpdate(doc);
    expect(fitsFrame(whole)).toBe(false);
    const anew = new Y.Doc();
    const updates = boundedUpdates(whole);
    takeInOrder(anew, updates);
    expect(stateOf(anew)).toEqual(stateOf(doc));
    expect(updates.length).toBeLessThan(20);
  });

  test('bytes that are no update stay what they are', () => {
    const junk = new Uint8Array(300).fill(255);
    expect(boundedUpdates(junk)).toEqual([junk]);
    expect(divideUpdate(junk)).toBeUndefined();
  });
});
