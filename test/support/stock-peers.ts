// Yjs peers of other people, who know nothing of Holdfast: they write maps, arrays, texts and bytes
// wherever Yjs lets them, meet now and then, and send what Yjs sends. Everything follows from one
// source of chance.

import * as Y from 'yjs';
import { below, type Chance, pick } from '../../src/base/chance.ts';
import { defined } from '../../src/base/assert.ts';

/** One update as it would go over the wire, and how Yjs made it. */
export interface SentUpdate {
  readonly how: string;
  readonly bytes: Uint8Array;
}

type Container = Y.Map<unknown> | Y.Array<unknown> | Y.Text;

const words = ['a', 'bc', 'word ', 'ä', '日本', '😀', 'x😀y', '\u{10ffff}', '\ufeffbom', 'end\n'];
const keys = ['k', 'title', 'ключ', '😀', '', 'a-long-key-of-some-characters'];
const numbers = [
  0,
  -0,
  1,
  -1,
  63,
  64,
  127,
  128,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 40,
  0.5,
  0.1,
];
const clients = [0, 1, 5, 127, 128, 3_222_111_000, 2 ** 32 - 1, 2 ** 40 + 3, 2 ** 53 - 1];

function randomText(chance: Chance): string {
  let text = '';
  for (let i = below(chance, 4); i >= 0; i--) text += pick(chance, words);
  return text;
}

/** A JSON value as an app would store it, nested up to `depth`. */
function randomJson(chance: Chance, depth = 3): unknown {
  switch (below(chance, depth > 0 ? 7 : 5)) {
    case 0:
      return null;
    case 1:
      return below(chance, 2) === 0;
    case 2:
      return pick(chance, numbers);
    case 3:
      return chance.uint32() / 3;
    case 4:
      return randomText(chance);
    case 5:
      return Array.from({ length: below(chance, 4) }, () => randomJson(chance, depth - 1));
    default: {
      const count = below(chance, 4);
      const entries = keys.slice(0, count).map((key) => [key, randomJson(chance, depth - 1)]);
      return Object.fromEntries(entries) as unknown;
    }
  }
}

/** Several documents that write alone and meet at random, and all updates that this gave. */
export function stockUpdates(chance: Chance, steps: number): readonly SentUpdate[] {
  const sent: SentUpdate[] = [];
  const send = (how: string, bytes: Uint8Array): void => void sent.push({ how, bytes });
  const docs = clients
    .toSorted(() => below(chance, 3) - 1)
    .slice(0, 2 + below(chance, 3))
    .map((client) => {
      const doc = new Y.Doc({ gc: below(chance, 4) > 0 });
      doc.clientID = client;
      return doc;
    });
  const own = docs.map((doc) => {
    const updates: Uint8Array[] = [];
    doc.on('update', (bytes: Uint8Array, origin: unknown) => {
      send(origin === 'remote' ? 'relayed' : 'incremental', bytes);
      updates.push(bytes);
    });
    return updates;
  });
  for (let step = 0; step < steps; step++) {
    const at = below(chance, docs.length);
    const doc = defined(docs[at], 'a document');
    if (below(chance, 6) === 0) meet(chance, doc, defined(pick(chance, docs), 'a peer'), send);
    else if (below(chance, 8) === 0) mergeSome(chance, defined(own[at], 'updates'), send);
    else doc.transact(() => repeat(chance, 4, () => writeSomething(chance, doc)));
  }
  loseSome(chance, own, send);
  return sent;
}

type Send = (how: string, bytes: Uint8Array) => void;

/** What one peer lacks goes to it as the answer to its SyncStep1, or as all there is. */
function meet(chance: Chance, from: Y.Doc, to: Y.Doc, send: Send): void {
  const vector = Y.encodeStateVector(to);
  const full = Y.encodeStateAsUpdate(from);
  const answer = Y.encodeStateAsUpdate(from, vector);
  send('full', full);
  send('answer', answer);
  send('diffUpdate', Y.diffUpdate(full, vector));
  send('diffUpdate of a part', Y.diffUpdate(full, partOf(chance, from)));
  send('answer to a part', Y.encodeStateAsUpdate(from, partOf(chance, from)));
  Y.applyUpdate(to, below(chance, 2) === 0 ? full : answer, 'remote');
}

/** The state vector of one who has only the beginnings, cut at any clock. */
function partOf(chance: Chance, doc: Y.Doc): Uint8Array {
  const clocks = Y.decodeStateVector(Y.encodeStateVector(doc));
  for (const [client, clock] of clocks) clocks.set(client, below(chance, clock + 1));
  return Y.encodeStateVector(clocks);
}

function mergeSome(chance: Chance, updates: readonly Uint8Array[], send: Send): void {
  const some = updates.filter(() => below(chance, 2) === 0);
  if (some.length > 0) send('merged, with holes', Y.mergeUpdates([...some]));
  if (updates.length > 0) send('merged', Y.mergeUpdates([...updates]));
}

/** A peer that missed messages sends on what it has, holes and waiting deletions included. */
function loseSome(chance: Chance, all: readonly Uint8Array[][], send: Send): void {
  const late = new Y.Doc();
  late.clientID = 77;
  late.getMap('map').set('own', 1);
  for (const updates of all) {
    for (const bytes of updates) {
      if (below(chance, 3) > 0) Y.applyUpdate(late, bytes, 'remote');
    }
  }
  send('of a peer that waits', Y.encodeStateAsUpdate(late));
}

function repeat(chance: Chance, most: number, work: () => void): void {
  for (let i = below(chance, most); i >= 0; i--) work();
}

/** One write into a root or into something nested that is found by walking down at random. */
function writeSomething(chance: Chance, doc: Y.Doc): void {
  const roots: Container[] = [doc.getMap('map'), doc.getArray('list'), doc.getText('text')];
  let into = defined(pick(chance, roots), 'a root');
  for (let down = below(chance, 4); down > 0; down--) {
    const deeper = pick(chance, nested(into));
    if (deeper !== undefined) into = deeper;
  }
  if (into instanceof Y.Map) writeMap(chance, into);
  else if (into instanceof Y.Array) writeArray(chance, into);
  else writeText(chance, into);
}

function nested(container: Container): readonly Container[] {
  if (container instanceof Y.Text) return [];
  const values: readonly unknown[] =
    container instanceof Y.Map ? [...container.values()] : container.toArray();
  return values.filter(
    (value) => value instanceof Y.Map || value instanceof Y.Array || value instanceof Y.Text,
  );
}

function randomValue(chance: Chance): unknown {
  switch (below(chance, 6)) {
    case 0:
      return new Y.Map([[pick(chance, keys) ?? '', randomJson(chance)]]);
    case 1: {
      const list = new Y.Array<unknown>();
      list.push([randomJson(chance), new Y.Text(randomText(chance))]);
      return list;
    }
    case 2:
      return new Y.Text(randomText(chance));
    case 3:
      return new Uint8Array(below(chance, 5)).fill(7);
    default:
      return randomJson(chance);
  }
}

function writeMap(chance: Chance, map: Y.Map<unknown>): void {
  const key = pick(chance, keys) ?? '';
  if (below(chance, 4) === 0) map.delete(key);
  else map.set(key, randomValue(chance));
}

function writeArray(chance: Chance, list: Y.Array<unknown>): void {
  const at = below(chance, list.length + 1);
  const what = below(chance, 5);
  if (what === 0 && at < list.length) list.delete(at, 1 + below(chance, list.length - at));
  else if (what === 1) list.insert(at, [randomValue(chance), randomJson(chance)]);
  else if (what === 2) list.push([randomJson(chance), randomJson(chance)]);
  else list.push([randomValue(chance)]);
}

function writeText(chance: Chance, text: Y.Text): void {
  const at = below(chance, text.length + 1);
  const what = below(chance, 4);
  if (what === 0 && at < text.length) text.delete(at, 1 + below(chance, text.length - at));
  else if (what === 1) text.insert(at, randomText(chance));
  else text.insert(text.length, randomText(chance));
}
