// The raw encoder against Yjs itself: one insertion at the end of the client's own run.

import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, type Chance, pick, seededChance } from '../../../src/base/chance.ts';
import { encodeAppend } from '../../../src/session/append.ts';
import { count, seed } from '../../support/count.ts';
import { token } from '../../support/words.ts';

/** Where a varuint becomes one byte longer, up to clocks that no session reaches. */
const widths = [2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28];
const clients = [1, ...widths.flatMap((width) => [width - 1, width]), 2 ** 31, 2 ** 32 - 1];
/** The first character of the run stands at this clock: the append that follows crosses the width. */
const clocks = [0, ...widths.flatMap((width) => [width - 3, width - 2, width - 1, width]), 2 ** 31];

/** A text of `client` whose first character has the clock `begin`. All before it was collected. */
function textAt(client: number, begin: number): { doc: Y.Doc; text: Y.Text } {
  const doc = new Y.Doc();
  if (begin > 0) Y.applyUpdate(doc, collected(client, begin));
  doc.clientID = client;
  const text = doc.getText('text');
  text.insert(0, '.');
  return { doc, text };
}

/** An update of nothing but `clocks` collected characters. */
function collected(client: number, length: number): Uint8Array {
  const update = encoding.createEncoder();
  for (const value of [1, 1, client, 0]) encoding.writeVarUint(update, value);
  encoding.writeUint8(update, 0);
  encoding.writeVarUint(update, length);
  encoding.writeVarUint(update, 0);
  return encoding.toUint8Array(update);
}

/** Appends through Yjs. What the encoder says otherwise; undefined where it says the same. */
function difference(doc: Y.Doc, text: Y.Text, clock: number, words: string): object | undefined {
  const updates: Uint8Array[] = [];
  const hear = (update: Uint8Array): void => void updates.push(update);
  doc.on('update', hear);
  text.insert(text.length, words);
  doc.off('update', hear);
  const ours = encodeAppend(doc.clientID, clock, words);
  const [theirs] = updates;
  if (theirs !== undefined && updates.length === 1 && Buffer.from(ours).equals(theirs)) return;
  return { client: doc.clientID, clock, words, ours, theirs: updates };
}

/** Long enough that its UTF-8 has the given number of bytes, beginning with a wide character. */
const ofBytes = (first: string, bytes: number): string =>
  first + 'x'.repeat(bytes - new TextEncoder().encode(first).length);

const someClient = (chance: Chance): number =>
  below(chance, 2) === 0 ? (pick(chance, clients) ?? 1) : 1 + below(chance, 2 ** 32 - 1);

test('[S14] thousands of random tokens are encoded as Yjs does', () => {
  const drawn = seed() ?? 20_261_120;
  const chance = seededChance(drawn);
  const worlds = count(200, 5_000);
  let tokens = 0;
  for (let world = 0; world < worlds; world++) {
    const client = someClient(chance);
    const begin = pick(chance, clocks) ?? 0;
    const { doc, text } = textAt(client, begin);
    for (let at = begin + 1, left = 100; left > 0; left--, tokens++) {
      const words = token(chance, below(chance, 20) === 0 ? 60 : 4);
      expect(difference(doc, text, at, words), `seed ${drawn}`).toBeUndefined();
      at += words.length;
    }
    expect(doc.clientID, `seed ${drawn}`).toBe(client);
  }
  expect(tokens).toBe(worlds * 100);
});

test.each([127, 128, 16_383, 16_384])(
  '[S14] a token of %i bytes has the length of Yjs',
  (bytes) => {
    const { doc, text } = textAt(99, 0);
    let clock = 1;
    for (const first of ['x', 'é', '漢', '😀', '漢'.repeat(40), '😀'.repeat(30)]) {
      const words = ofBytes(first, bytes);
      expect(new TextEncoder().encode(words).length).toBe(bytes);
      expect(difference(doc, text, clock, words)).toBeUndefined();
      clock += words.length;
    }
  },
);

test('[S14] every width of client and clock has the bytes of Yjs', () => {
  for (const client of clients) {
    for (const begin of clocks) {
      const { doc, text } = textAt(client, begin);
      expect(difference(doc, text, begin + 1, '漢')).toBeUndefined();
      expect(difference(doc, text, begin + 2, '😀')).toBeUndefined();
    }
  }
});

test('[S14] what was encoded, applied elsewhere, is what was said', () => {
  const { doc, text } = textAt(7, 0);
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  const long = '😀漢'.repeat(20_000);
  Y.applyUpdate(other, encodeAppend(7, 1, long));
  Y.applyUpdate(other, encodeAppend(7, 1 + long.length, '.'));
  expect(other.getText('text').toJSON()).toBe(`${text.toJSON()}${long}.`);
  expect(other.store.clients.get(7)).toHaveLength(1);
});

test('[S14] an encoded update keeps its bytes while the next ones are made', () => {
  const first = encodeAppend(3, 5, 'words');
  const before = [...first];
  encodeAppend(3, 10, 'other words, and longer ones');
  encodeAppend(3, 40, 'x'.repeat(100_000));
  expect([...first]).toEqual(before);
});
