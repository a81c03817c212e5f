// Reading never throws and never hangs on real documents whose bytes were changed. What
// Yjs itself does with such bytes is caught here and counted: it throws while it decodes
// or in the middle of a transaction, or it waits for what never comes. The document is
// read all the same, also one that was open before.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, seededChance } from '../../src/base/chance.ts';
import { ViewReader } from '../../src/session/view.ts';
import { Bases, load } from '../support/bases.ts';
import { count, seed } from '../support/count.ts';
import { mutate, mutationNames } from '../support/hostile-bytes.ts';
import { Pace } from '../support/pace.ts';
import { freshView, readEverything } from '../support/read-everything.ts';
import { Tally } from '../support/tally.ts';

/** A quarter of the half of a run: 20,000 together with hostile.test.ts, 1,000,000 in a soak. */
const documents = count(2_500, 125_000);
const slices = [0, 1, 2, 3];
/** Fewer than so many, as a slow machine may ask for, need not show everything. */
const ENOUGH = 1_000;
const first = seed() ?? 1;
const bases = new Bases(first);

function applyChanged(doc: Y.Doc, bytes: Uint8Array): string {
  try {
    Y.applyUpdate(doc, bytes);
  } catch {
    return 'Yjs throws';
  }
  const { pendingStructs, pendingDs } = doc.store;
  return pendingStructs === null && pendingDs === null ? 'Yjs takes it' : 'Yjs waits';
}

describe('a document whose bytes were changed', () => {
  test.each(slices)(
    '[S37] is read without a throw and without an end that never comes (%i)',
    (slice) => {
      const [tally, pace] = [new Tally(), new Pace()];
      for (let at = slice * 1_000_000, read = 0; read < documents; at++) {
        const chance = seededChance(first + at);
        const { name, bytes } = mutate(bases.get(at), chance, bases.get(at + 1));
        const doc = below(chance, 2) === 0 ? new Y.Doc() : load(bases.get(at + 2));
        const reader = new ViewReader(doc);
        const before = reader.view;
        doc.on('afterTransaction', (transaction) => reader.take(transaction));
        const outcome = applyChanged(doc, bytes);
        tally.add(outcome);
        // Most are refused while they are decoded, which leaves little to see.
        if (outcome === 'Yjs throws' && below(chance, 8) > 0) continue;
        tally.add(name);
        readEverything(doc, reader.view, before);
        pace.keep(bytes.length + bases.get(at).length, () => readEverything(doc, freshView(doc)));
        read++;
      }
      console.log(
        `changed bytes, seed ${first}, part ${slice}: ${tally.toString()}, the slowest ${pace.worst.toFixed(0)} times the mean`,
      );
      if (documents < ENOUGH) return;
      const wanted = [...mutationNames, 'Yjs waits', 'Yjs takes it', 'Yjs throws'];
      expect(tally.missing(wanted)).toEqual([]);
    },
  );
});
