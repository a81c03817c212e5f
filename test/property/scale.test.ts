// How the cost of reading grows with the size of a document: at most in proportion. A
// document four times as large may cost ten times as much (a quadratic reader needs
// sixteen times), in processor time of this process; what seems to cost more is
// measured again, so that a slow or busy machine changes nothing.

import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { Branches } from '../../src/session/branches.ts';
import { ViewReader } from '../../src/session/view.ts';
import { count } from '../support/count.ts';
import { largeDocument, shapes } from '../support/large.ts';
import { freshView, openAndRead, readEverything } from '../support/read-everything.ts';

const size = count(1_500, 20_000);
const TIMES = 4;
const RATIO_MAX = 10;
const TURNS_MAX = 5;
/** What is cheaper than this has no ratio. */
const LEAST_MICROS = 10_000;

/** Microseconds of processor time that it takes to read everything. */
function cost(doc: Y.Doc): number {
  const begun = process.cpuUsage();
  const branches = new Branches();
  branches.follow(true);
  const reader = new ViewReader(doc, branches);
  readEverything(doc, reader.view, freshView(doc));
  openAndRead(doc);
  const { user, system } = process.cpuUsage(begun);
  return Math.max(user + system, LEAST_MICROS);
}

describe('the cost of reading', () => {
  test.each(Object.entries(shapes))('[S37] grows with %s in proportion', (name, shape) => {
    const [small, large] = [largeDocument(shape, size), largeDocument(shape, size * TIMES)];
    let [least, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      least = Math.min(least, cost(small));
      most = Math.min(most, cost(large));
      if (most / least < RATIO_MAX) break;
    }
    expect(most / least, `${name}: ${least} and ${most} microseconds`).toBeLessThan(RATIO_MAX);
  });
});
