// What is no fault: gaps, what is known already, and what stock peers send after all kinds of lives.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { DocumentIndex } from '../../../../server/room/document-index.ts';
import {
  A,
  ask,
  B,
  deleted,
  everythingIn,
  indexOf,
  map,
  sample,
  values,
} from '../../../support/gate.ts';
import { block, deletions, gc, skip, update } from '../../../support/update-bytes.ts';

const known = (): DocumentIndex => indexOf('ann', sample);

describe('no fault', () => {
  const gaps: readonly (readonly [string, Uint8Array])[] = [
    ['a clock ahead of its client', update([block(A, 12, [values({ origin: [A, 10] }, 1)])])],
    ['a client that begins late', update([block(B, 1, [values({ in: 'meta', key: 'x' }, 1)])])],
    ['an origin that is not there', update([block(B, 0, [values({ origin: [A, 99] }, 1)])])],
    ['a parent that is not there', update([block(B, 0, [values({ in: [A, 99], key: 'x' }, 1)])])],
    ['a hole', update([block(A, 11, [skip(2), values({ origin: [A, 10] }, 1)])])],
    ['a deletion of what is not there', update([], [deletions(A, [11, 5])])],
    ['a deletion of nobody', update([], [deletions(99, [0, 1])])],
  ];

  test.each(gaps)('[W154] a gap: %s', (_, bytes) => {
    const index = known();
    const before = everythingIn(index);
    expect(ask(index, bytes)).toEqual({ ok: false, code: 'gap' });
    expect(everythingIn(index)).toBe(before);
    // In an answer it is left out: nobody has more than the answer.
    const answer = ask(index, bytes, { isAnswer: true });
    expect(answer).toMatchObject({ ok: true, updates: [] });
    expect(answer.ok && answer.leftOut).toBeGreaterThan(0);
  });

  test('[W154] of an answer with a hole, what stands before it is taken', () => {
    const index = known();
    const bytes = update([
      block(A, 11, [values({ origin: [A, 10] }, 3), skip(2), values({ origin: [A, 13] }, 4)]),
    ]);
    expect(ask(index, bytes)).toEqual({ ok: false, code: 'gap' });
    expect(ask(index, bytes, { isAnswer: true })).toMatchObject({ ok: true, leftOut: 2 });
    expect(index.table.next(A)).toBe(12);
  });

  test('[W150] what is known is taken and writes nothing', () => {
    const index = known();
    const before = everythingIn(index);
    expect(ask(index, sample)).toMatchObject({ ok: true, updates: [], leftOut: 0 });
    expect(everythingIn(index)).toBe(before);
  });

  test('[W156] another principal may repeat what is known of a client', () => {
    const verdict = ask(known(), sample, { principal: 'eve' });
    expect(verdict).toMatchObject({ ok: true, updates: [], bound: [] });
  });

  test('[W150] a known beginning is cut off', () => {
    const index = known();
    const bytes = update([block(A, 9, [values({ in: [A, 8] }, 1, 2, 3)])]);
    const verdict = ask(index, bytes);
    const rest = update([block(A, 11, [values({ origin: [A, 10] }, 3)])]);
    expect(verdict).toMatchObject({ ok: true, updates: [rest] });
  });

  test('[W150] overwritten values of one key come as the deleted ones that they are', () => {
    const index = known();
    const bytes = update(
      [
        block(B, 0, [
          values({ in: 'meta', key: 'x' }, 1, 2),
          values({ origin: [B, 1] }, 3),
          ...Array.from({ length: 3 }, (_, at) => map({ origin: [B, 2 + at] })),
        ]),
      ],
      [deletions(B, [0, 5])],
    );
    const verdict = ask(index, bytes, { isAnswer: true, limits: { chunkStructsMax: 2 } });
    if (!verdict.ok) throw new Error('not taken');
    expect(verdict.updates.length).toBe(3);
    const again = indexOf('ann', sample, ...verdict.updates);
    expect([...again.deleted]).toEqual([...index.deleted]);
    const [first] = verdict.updates;
    expect(first).toEqual(
      update([block(B, 0, [deleted({ in: 'meta', key: 'x' }, 2), values({ origin: [B, 1] }, 3)])]),
    );
  });

  test('[W150] blocks may point forward into one another', () => {
    const index = new DocumentIndex();
    const bytes = update([
      block(B, 0, [values({ in: [A, 0], key: 'x' }, 1), values({ in: [A, 1], key: 'y' }, 2)]),
      block(A, 0, [map({ in: 'messages' }), map({ in: 'messages' })]),
    ]);
    expect(ask(index, bytes)).toMatchObject({ ok: true, updates: [bytes], bound: [A, B] });
  });

  test('[W150] what comes into something deleted is deleted with it', () => {
    const index = known();
    expect(ask(index, update([], [deletions(A, [0, 1])]))).toMatchObject({ ok: true });
    expect([...index.deleted]).toEqual([
      { client: A, clock: 0, length: 7 },
      { client: A, clock: 8, length: 3 },
    ]);
    const late = update([block(B, 0, [values({ origin: [A, 10] }, 1, 2)])]);
    expect(ask(index, late)).toMatchObject({
      ok: true,
      settled: { deleted: [{ client: B, clock: 0, length: 2 }], words: true },
    });
    // To delete it once more says nothing new.
    const repeated = update([], [deletions(B, [0, 2]), deletions(A, [1, 3])]);
    expect(ask(index, repeated)).toMatchObject({ ok: true, updates: [] });
  });

  test('[W157] a repeated deletion takes no right', () => {
    const index = known();
    ask(index, update([], [deletions(A, [7, 1])]));
    const again = ask(index, update([], [deletions(A, [7, 1])]), { roots: ['annotations'] });
    expect(again).toMatchObject({ ok: true, updates: [] });
  });

  test('[W170] a full session still takes deletions', () => {
    const index = known();
    const bytes = update([], [deletions(A, [7, 1])]);
    expect(ask(index, bytes, { bytesLeft: 0 })).toMatchObject({ ok: true, updates: [bytes] });
  });

  test('[W150] garbage needs no place and takes clocks', () => {
    const index = known();
    const bytes = update([block(A, 11, [gc(5), values({ in: [A, 8] }, 1)])]);
    expect(ask(index, bytes)).toMatchObject({ ok: true, updates: [bytes] });
    expect(index.table.next(A)).toBe(17);
    expect([...index.deleted]).toEqual([{ client: A, clock: 11, length: 5 }]);
  });
});

test('[W150] a stock client writes all of its life in one frame', () => {
  const doc = new Y.Doc();
  for (let at = 0; at < 700; at++) {
    doc.getArray('messages').push([new Y.Map([['head', { id: `m${at}`, text: 'x'.repeat(200) }]])]);
  }
  const bytes = Y.encodeStateAsUpdate(doc);
  const index = new DocumentIndex();
  const verdict = ask(index, bytes, { isAnswer: true, limits: { chunkBytesMax: 10_000 } });
  if (!verdict.ok) throw new Error(verdict.code);
  expect(verdict.updates.length).toBeGreaterThan(10);
  expect(Math.max(...verdict.updates.map(({ length }) => length))).toBeLessThan(11_000);
  const other = new Y.Doc();
  for (const one of verdict.updates) Y.applyUpdate(other, one);
  expect(other.getArray('messages').toJSON()).toEqual(doc.getArray('messages').toJSON());
});
