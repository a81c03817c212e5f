// How the cost of reading grows with the size of a document: at most in proportion. A
// document sixteen times as large may cost sixty times as much (a quadratic reader needs
// 256 times), in processor time of this process; what seems to cost more is measured
// again, so that a slow or busy machine changes nothing. The view is judged by itself,
// because what is made of it costs more and would hide it.

import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { Branches } from '../../src/session/branches.ts';
import { type View, ViewReader } from '../../src/session/view.ts';
import { count } from '../support/count.ts';
import { largeDocument, shapes } from '../support/large.ts';
import { freshView, openAndRead, readEverything } from '../support/read-everything.ts';

const size = count(600, 5_000);
const TIMES = 16;
const RATIO_MAX = 60;
const TURNS_MAX = 5;
/** What is cheaper than this has no ratio. */
const LEAST_MICROS = 2_000;

function viewOf(doc: Y.Doc): View {
  const branches = new Branches();
  branches.follow(true);
  const { view } = new ViewReader(doc, branches);
  void view.path;
  return view;
}

const readers: Readonly<Record<string, (doc: Y.Doc, view: View) => void>> = {
  'the view': viewOf,
  'what is made of it': (doc, view) => {
    readEverything(doc, view, freshView(doc));
    openAndRead(doc);
  },
};

/** Microseconds of processor time. */
function cost(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return Math.max(user + system, LEAST_MICROS);
}

describe('the cost of reading', () => {
  test.each(Object.entries(shapes))('[S37] grows with %s in proportion', (name, shape) => {
    const [small, large] = [largeDocument(shape, size), largeDocument(shape, size * TIMES)];
    const views = [viewOf(small), viewOf(large)] as const;
    for (const [what, read] of Object.entries(readers)) {
      let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let turn = 0; turn < TURNS_MAX; turn++) {
        for (let again = 0; again < 3; again++) {
          least = Math.min(
            least,
            cost(() => read(small, views[0])),
          );
        }
        most = Math.min(
          most,
          cost(() => read(large, views[1])),
        );
        if (most / least < RATIO_MAX) break;
      }
      const costs = `${what} of ${name}: ${least} and ${most} microseconds`;
      expect(most / least, costs).toBeLessThan(RATIO_MAX);
    }
  });
});
