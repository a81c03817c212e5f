// Every benchmark, run with the smallest sizes: that it still runs, and which marks it holds. Those of
// the server run beside raw ws alone, because the other peers would have to be installed.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Table } from '../../../bench/table.ts';

interface Bench {
  readonly bench: (sizes: unknown) => Promise<Table>;
  readonly tiny: unknown;
}

/** How many rows of each benchmark have a mark. */
const marked: Readonly<Record<string, number>> = {
  append: 4,
  'client/size': 2,
  load: 1,
  'server/fan-out': 4,
  'server/join': 1,
  'server/memory': 4,
  'server/steady': 6,
  'server/storm': 1,
  session: 0,
  view: 1,
};

const ending = '.bench.ts';
const names = ['', 'server/', 'client/'].flatMap((folder) =>
  readdirSync(new URL(`../../../bench/${folder}`, import.meta.url))
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}${file.slice(0, -ending.length)}`),
);

describe('the benchmarks', () => {
  test('are those that are known here', () => {
    expect(names.sort()).toEqual(Object.keys(marked).sort());
  });

  test.concurrent.each(names)('%s runs, and measures something in every row', async (name) => {
    const place = new URL(`../../../bench/${name}${ending}`, import.meta.url).href;
    const { bench, tiny } = (await import(/* @vite-ignore */ place)) as Bench;
    const { title, rows } = await bench(tiny);
    expect(title).not.toBe('');
    expect(rows.filter(({ must }) => must !== undefined)).toHaveLength(marked[name] ?? -1);
    for (const { what, measured } of rows) {
      expect(Number.parseFloat(measured), `${what}: ${measured}`).not.toBeNaN();
    }
  });
});
