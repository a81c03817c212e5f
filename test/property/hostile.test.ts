// Reading never throws and never hangs on documents that a hostile peer wrote with valid
// Yjs, and a reader that was there all the time sees what one sees who comes now.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { below, seededChance } from '../../src/base/chance.ts';
import { ViewReader } from '../../src/session/view.ts';
import { Bases, load } from '../support/bases.ts';
import { count, seed } from '../support/count.ts';
import { attack, attackNames } from '../support/hostile.ts';
import { Pace } from '../support/pace.ts';
import { freshView, openAndRead, readEverything } from '../support/read-everything.ts';
import { Tally } from '../support/tally.ts';
import { expectSameView } from '../support/view-text.ts';

/** A quarter of the half of a run: 20,000 together with hostile-bytes.test.ts, 1,000,000 in a soak. */
const documents = count(2_500, 125_000);
const slices = [0, 1, 2, 3];
/** Fewer than so many, as a slow machine may ask for, need not show everything. */
const ENOUGH = 1_000;
const first = seed() ?? 1;
const bases = new Bases(first);

describe('a document that a hostile peer wrote', () => {
  test.each(slices)(
    '[S33] [S37] is read without a throw, and step by step as anew (%i)',
    (slice) => {
      const [tally, pace] = [new Tally(), new Pace()];
      const from = slice * documents;
      for (let at = from; at < from + documents; at++) {
        const chance = seededChance(first + at);
        const enemy = load(bases.get(at));
        const doc = load(bases.get(at));
        const reader = new ViewReader(doc);
        const before = reader.view;
        doc.on('afterTransaction', (transaction) => reader.take(transaction));
        enemy.on('update', (update) => Y.applyUpdate(doc, update));
        for (let times = 1 + below(chance, 4); times > 0; times--) tally.add(attack(enemy, chance));
        tally.add(openAndRead(doc) ?? 'opened');
        const update = Y.encodeStateAsUpdate(doc);
        const again = load(update);
        expectSameView(reader.view, freshView(again), `document ${at}`);
        pace.keep(update.length, () => readEverything(again, freshView(again), before));
        for (const { code } of reader.view.faults) tally.add(`fault ${code}`);
      }
      console.log(
        `hostile peers, seed ${first}, part ${slice}: ${tally.toString()}, the slowest ${pace.worst.toFixed(0)} times the mean`,
      );
      if (documents < ENOUGH) return;
      const faults = ['unknown-root', 'wrong-type', 'malformed', 'duplicate-id', 'orphan', 'cycle'];
      const wanted = [...faults, 'schema-newer', 'schema-unknown'];
      expect(tally.missing(wanted.map((code) => `fault ${code}`))).toEqual([]);
      expect(tally.missing([...attackNames, 'opened'])).toEqual([]);
    },
  );
});
