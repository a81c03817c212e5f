import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { WordsRun } from '../../../../server/room/words-run.ts';
import { Tape } from '../../../../server/room/tape.ts';
import { spansOf } from '../../../../server/room/stored-update.ts';
import { defined } from '../../../../src/base/assert.ts';
import { below, pick, seededChance } from '../../../../src/base/chance.ts';
import { type Append, readAppend } from '../../../../src/protocol/append.ts';
import { encodeAppend } from '../../../../src/session/append.ts';
import { documentDigest } from '../../../../src/session/digest.ts';
import { count } from '../../../support/count.ts';

const RUN_BYTES_MAX = 32 * 1024;
const pieces = ['a', 'bc ', 'ä', '日本', '😀', 'x😀y', '😀😀'];

/** A client that begins a text and goes on in it: its first update, then one for each token. */
class Writer {
  readonly doc = new Y.Doc();
  readonly text: Y.Text;
  readonly begin: Uint8Array;

  constructor(client: number) {
    this.doc.clientID = client;
    this.text = new Y.Text('.');
    this.doc.getArray('messages').push([this.text]);
    this.begin = Y.encodeStateAsUpdate(this.doc);
  }

  write(words: string): { readonly bytes: Uint8Array; readonly append: Append } {
    const clock = Y.getState(this.doc.store, this.doc.clientID);
    this.text.insert(this.text.length, words);
    const bytes = encodeAppend(this.doc.clientID, clock, words);
    return { bytes, append: defined(readAppend(bytes), 'an append') };
  }
}

const isLowHalf = (text: string, at: number): boolean => text.charCodeAt(at) >> 10 === 0x37;

function updates(run: WordsRun, from?: number): Uint8Array {
  return run.encode(from);
}

describe('words that continue words', () => {
  test('[W163] are one struct, as a document has them', () => {
    const writer = new Writer(7);
    const first = writer.write('Hello ');
    const run = new WordsRun(first.bytes, first.append);
    for (const words of pieces) {
      const { bytes, append } = writer.write(words);
      expect(run.continues(append)).toBe(true);
      run.add(bytes, append);
    }
    expect(readAppend(updates(run))).toMatchObject({ client: 7, clock: run.start });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, writer.begin);
    Y.applyUpdate(doc, updates(run));
    expect(documentDigest(doc)).toBe(documentDigest(writer.doc));
  });

  test('[F26] [W163] from any clock on, what a peer that stands there lacks', () => {
    const writer = new Writer(7);
    const first = writer.write('x😀');
    const run = new WordsRun(first.bytes, first.append);
    for (const words of pieces) {
      const { bytes, append } = writer.write(words);
      run.add(bytes, append);
    }
    run.trim();
    for (let clock = run.start; clock < run.next; clock++) {
      const rest = defined(readAppend(updates(run, clock)), 'an append');
      // Inside a pair it begins before it: half a character is none.
      const isInside = rest.clock === clock - 1;
      expect(isInside || rest.clock === clock).toBe(true);
      expect(isInside).toBe(isLowHalf(writer.text.toJSON(), clock - 1));
      expect(rest.clock + rest.length).toBe(run.next);
      const peer = new Y.Doc();
      Y.applyUpdate(peer, Y.encodeStateAsUpdate(writer.doc));
      expect(Y.encodeStateVector(peer)).toEqual(Y.encodeStateVector(writer.doc));
      const behind = new Y.Doc();
      Y.applyUpdate(behind, writer.begin);
      const known = run.encode().length > 0 ? rest.clock - run.start : 0;
      const start = writer.text.toJSON().slice(1, 1 + known);
      if (known > 0) Y.applyUpdate(behind, encodeAppend(7, run.start, start));
      Y.applyUpdate(behind, updates(run, clock));
      expect(documentDigest(behind)).toBe(documentDigest(writer.doc));
    }
  });

  test('[W159] a run ends before it is too long for an update', () => {
    const writer = new Writer(7);
    const long = writer.write('x'.repeat(RUN_BYTES_MAX - 1));
    const run = new WordsRun(long.bytes, long.append);
    const one = writer.write('y');
    expect(run.continues(one.append)).toBe(true);
    run.add(one.bytes, one.append);
    expect(run.continues(writer.write('z').append)).toBe(false);
  });

  test('does not go on for another client or at another clock', () => {
    const writer = new Writer(7);
    const first = writer.write('a');
    const run = new WordsRun(first.bytes, first.append);
    expect(run.continues({ ...first.append, clock: run.next, client: 8 })).toBe(false);
    expect(run.continues({ ...first.append, clock: run.next + 1 })).toBe(false);
  });
});

describe('a tape', () => {
  test('[W163] [W153] gives any peer what it lacks, in an order that a document can take', () => {
    const worlds = count(150, 5_000);
    for (let seed = 1; seed <= worlds; seed++) {
      const chance = seededChance(seed);
      const tape = new Tape();
      const truth = new Y.Doc();
      const writers = [new Writer(30), new Writer(10), new Writer(20)];
      const early = [new Y.Doc(), new Y.Doc()];
      const show = (bytes: Uint8Array): void => {
        const append = readAppend(bytes);
        if (append === undefined) tape.add({ bytes, spans: spansOf(bytes) });
        else tape.addAppend(bytes, append);
        Y.applyUpdate(truth, bytes);
      };
      for (const { begin } of writers) show(begin);
      for (let step = 0; step < 40; step++) {
        const { doc, text, ...writer } = defined(pick(chance, writers), 'a writer');
        const act = below(chance, 8);
        if (act === 0) {
          const before = Y.encodeStateVector(doc);
          doc.getMap('meta').set('key', step);
          show(Y.encodeStateAsUpdate(doc, before));
        } else if (act === 1) {
          const some = defined(pick(chance, early), 'a peer');
          Y.applyUpdate(some, Y.encodeStateAsUpdate(truth));
        } else if (act === 2 && below(chance, 3) === 0) {
          const sealed = tape.seal();
          const merged = Y.mergeUpdates([...tape.all(sealed)]);
          tape.replace(sealed, [{ bytes: merged, spans: spansOf(merged) }]);
        } else {
          void writer;
          const clock = Y.getState(doc.store, doc.clientID);
          const words = pick(chance, pieces) ?? 'x';
          const before = Y.encodeStateVector(doc);
          text.insert(text.length, words);
          const isOwnLast = act > 3;
          const bytes = encodeAppend(doc.clientID, clock, words);
          const whole = Y.encodeStateAsUpdate(doc, before);
          show(isOwnLast && Buffer.from(bytes).equals(whole) ? bytes : whole);
        }
        if (below(chance, 6) === 0) tape.trim();
      }
      const wanted = documentDigest(truth);
      for (const peer of [...early, new Y.Doc()]) {
        const clocks = Y.decodeStateVector(Y.encodeStateVector(peer));
        for (const update of tape.missing(clocks)) {
          Y.applyUpdate(peer, update);
          expect(peer.store.pendingStructs, `seed ${seed}`).toBeNull();
        }
        for (const update of tape.all()) Y.applyUpdate(peer, update);
        expect(documentDigest(peer), `seed ${seed}`).toBe(wanted);
      }
    }
  });
});
