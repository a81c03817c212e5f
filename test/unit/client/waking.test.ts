import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { wakeWaiting } from '../../../src/client/waking.ts';

/** Words of one client as single updates; and a word of another that hangs on the second of them. */
function written(): { readonly words: readonly Uint8Array[]; readonly hanging: Uint8Array } {
  const one = new Y.Doc();
  one.clientID = 1;
  const words: Uint8Array[] = [];
  one.on('update', (update: Uint8Array) => words.push(update));
  for (const word of ['a', 'b', 'c', 'd']) one.getArray('words').push([word]);
  const other = new Y.Doc();
  other.clientID = 2;
  for (const update of words.slice(0, 2)) Y.applyUpdate(other, update);
  const known = Y.encodeStateVector(other);
  other.getArray('words').push(['e']);
  return { words, hanging: Y.encodeStateAsUpdate(other, known) };
}

describe('what waits in a document', () => {
  test.each([
    ['one by one', false],
    ['in one transaction', true],
  ])('[C29] goes on when its words come %s, though others are missing for ever', (_, isOne) => {
    const { words, hanging } = written();
    const [a, b, , d] = words;
    const doc = new Y.Doc();
    const origins: unknown[] = [];
    wakeWaiting(doc, 'woken');
    doc.on('update', (_update: Uint8Array, origin: unknown) => origins.push(origin));
    const take = (update: Uint8Array | undefined): void =>
      Y.applyUpdate(doc, update ?? new Uint8Array([0, 0]), 'server');
    for (const update of [d, hanging, a]) take(update);
    if (isOne) doc.transact(() => take(b));
    else take(b);
    expect(doc.getArray('words').toArray()).toEqual(['a', 'b', 'e']);
    expect(origins.at(-1)).toBe('woken');
    take(words[2]);
    expect(new Set(doc.getArray('words').toArray())).toEqual(new Set('abcde'));
    expect(doc.store.pendingStructs).toBeNull();
  });

  test('is not asked again by what it does not wait for', () => {
    const { words, hanging } = written();
    const doc = new Y.Doc();
    wakeWaiting(doc, 'woken');
    for (const update of [words[3] ?? hanging, hanging]) Y.applyUpdate(doc, update);
    const waiting = doc.store.pendingStructs;
    doc.getArray('words').push(['x']);
    expect(doc.store.pendingStructs).toBe(waiting);
  });
});
