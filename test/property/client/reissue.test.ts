// Issuing again, against a model that knows nothing of bytes: whatever was refused, and however
// much of the rest had landed, what comes out is what the allowed writes alone would have made.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { Reissuing } from '../../../src/client/recovery/reissue.ts';
import { readUpdate } from '../../../src/protocol/update.ts';
import { syncAnswerBudget } from '../../../src/protocol/limits.ts';
import { runs } from '../../support/count.ts';

type Deed =
  /** A new entry in the list, with a container of its own. */
  | { readonly kind: 'push'; readonly words: string }
  /** A value under a key. */
  | { readonly kind: 'set'; readonly key: number; readonly value: number }
  | { readonly kind: 'unset'; readonly key: number }
  /** Something inside an entry that was pushed. */
  | { readonly kind: 'inside'; readonly entry: number; readonly words: string }
  /** More words at the end of the text of an entry. */
  | { readonly kind: 'write'; readonly entry: number; readonly words: string }
  | { readonly kind: 'remove'; readonly entry: number };

const words = fc.string({ minLength: 1, maxLength: 4 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ kind: fc.constant('push' as const), words }),
  fc.record({ kind: fc.constant('set' as const), key: fc.nat(2), value: fc.nat(9) }),
  fc.record({ kind: fc.constant('unset' as const), key: fc.nat(2) }),
  fc.record({ kind: fc.constant('inside' as const), entry: fc.nat(5), words }),
  fc.record({ kind: fc.constant('write' as const), entry: fc.nat(5), words }),
  fc.record({ kind: fc.constant('remove' as const), entry: fc.nat(5) }),
);

/** The entry of this name, wherever it stands. */
function entryOf(doc: Y.Doc, name: string): Y.Map<unknown> | undefined {
  for (const entry of doc.getArray('list')) {
    if (entry instanceof Y.Map && entry.get('name') === name) return entry;
  }
  return undefined;
}

/** Does it, where it is possible. */
function act(doc: Y.Doc, at: number, what: Deed, names: readonly string[]): void {
  const name = 'entry' in what ? names[what.entry % Math.max(1, names.length)] : undefined;
  const entry = name === undefined ? undefined : entryOf(doc, name);
  doc.transact(() => {
    switch (what.kind) {
      case 'push': {
        const made = new Y.Map<unknown>([
          ['name', `e${at}`],
          ['text', new Y.Text(what.words)],
        ]);
        return doc.getArray('list').push([made]);
      }
      case 'set':
        return doc.getMap('map').set(`k${what.key}`, what.value);
      case 'unset':
        return doc.getMap('map').delete(`k${what.key}`);
      case 'inside':
        return entry?.set(`at${at}`, what.words);
      case 'write': {
        const text = entry?.get('text');
        return text instanceof Y.Text ? text.insert(text.length, what.words) : undefined;
      }
      case 'remove':
        return entry?.delete('text');
      default:
        return undefined;
    }
  });
}

interface Written {
  readonly id: string;
  readonly update: Uint8Array;
  readonly deed: Deed;
  readonly at: number;
  readonly names: readonly string[];
}

/** What a device wrote, one update a deed, on top of the base. */
function writeAll(base: Uint8Array, deeds: readonly Deed[]): readonly Written[] {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, base);
  const names = ['b0', 'b1'];
  const written: Written[] = [];
  deeds.forEach((what, at) => {
    let update: Uint8Array | undefined;
    const keep = (bytes: Uint8Array): void => void (update = bytes);
    doc.on('update', keep);
    const before = [...names];
    act(doc, at, what, before);
    doc.off('update', keep);
    if (what.kind === 'push') names.push(`e${at}`);
    if (update !== undefined) written.push({ id: `w${at}`, update, deed: what, at, names: before });
  });
  return written;
}

function baseOf(): Uint8Array {
  const doc = new Y.Doc();
  for (const name of ['b0', 'b1']) {
    const entry = new Y.Map<unknown>([
      ['name', name],
      ['text', new Y.Text('base')],
    ]);
    doc.getArray('list').push([entry]);
  }
  doc.getMap('map').set('k0', -1);
  return Y.encodeStateAsUpdate(doc);
}

const shown = (doc: Y.Doc): unknown => ({
  list: doc.getArray('list').toJSON(),
  map: doc.getMap('map').toJSON(),
});

describe('issuing again', () => {
  test('[C40] gives what the allowed writes alone give, and nothing twice', () => {
    const scenario = fc.record({
      deeds: fc.array(deed, { minLength: 1, maxLength: 14 }),
      refused: fc.array(fc.boolean(), { minLength: 14, maxLength: 14 }),
      landed: fc.nat(14),
    });
    fc.assert(
      fc.property(scenario, ({ deeds, refused, landed }) => {
        const base = baseOf();
        const written = writeAll(base, deeds);
        const isRefused = (at: number): boolean => refused[at] === true && at >= landed;
        const server = new Y.Doc();
        const model = new Y.Doc();
        for (const doc of [server, model]) Y.applyUpdate(doc, base);
        // What landed did so from the beginning, without a gap.
        const before = written.filter(({ at }) => at < landed);
        for (const { update } of before) Y.applyUpdate(server, update);
        // Who takes a value away takes away the one that was seen: not what stood there before it.
        const setBy = new Map<number, number>();
        for (const { at, deed: one, names } of written) {
          const isSeen = one.kind !== 'unset' || !isRefused(setBy.get(one.key) ?? -1);
          if (!isRefused(at) && isSeen) act(model, at, one, names);
          if (one.kind === 'set') setBy.set(one.key, at);
        }
        const known = (client: number): number => Y.getState(server.store, client);
        const out = new Set(written.filter(({ at }) => isRefused(at)).map(({ id }) => id));
        const again = new Reissuing({ known, client: 7 }).run(written, (id) => out.has(id));
        for (const { update } of again.writes) {
          const read = readUpdate(update, syncAnswerBudget);
          expect(read.ok).toBe(true);
          Y.applyUpdate(server, update);
          expect(server.store.pendingStructs).toBeNull();
        }
        expect(shown(server)).toEqual(shown(model));
        // A second time there is nothing left to be issued.
        const ids = [...again.writes, ...written.filter(({ at }) => at < landed)];
        const twice = new Reissuing({ known, client: 9 }).run(ids, () => false);
        const fresh = twice.writes.filter(({ update }) => {
          const read = readUpdate(update, syncAnswerBudget);
          return !read.ok || read.structs.length > 0;
        });
        expect(fresh).toEqual([]);
      }),
      runs(1_000, 50_000),
    );
  });
});
