import { expect, test } from 'vitest';
import { DocumentIndex } from '../../../../server/room/document-index.ts';
import { below, pick, seededChance } from '../../../../src/base/chance.ts';
import { count } from '../../../support/count.ts';
import { ask, everythingIn } from '../../../support/gate.ts';
import { createTabs, write } from '../../../support/room-peers.ts';

/** An index that has some history, and the frames that brought it. */
function grown(seed: number): { readonly index: DocumentIndex; readonly later: Uint8Array[] } {
  const chance = seededChance(seed);
  const tabs = createTabs(chance, 1);
  const index = new DocumentIndex();
  const later: Uint8Array[] = [];
  for (let at = 0; at < 30; at++) {
    const tab = pick(chance, tabs);
    if (tab === undefined) continue;
    write(chance, tab);
    for (const update of tab.outbox.splice(0)) {
      if (at < 20) ask(index, update, { principal: 'p0' });
      else later.push(update);
    }
  }
  return { index, later };
}

test('[W155] what was refused left no trace, wherever in the update it is noticed', () => {
  const worlds = count(150, 5_000);
  let refused = 0;
  for (let seed = 1; seed <= worlds; seed++) {
    const { index, later } = grown(seed);
    const chance = seededChance(seed);
    for (const update of later) {
      const before = everythingIn(index);
      const asked = [
        { principal: 'p0', roots: ['selection'] },
        { principal: 'p0', bytesLeft: 0 },
        { principal: 'p0', limits: { sessionStructsMax: index.table.rows } },
        { principal: 'eve' },
      ] as const;
      const verdict = ask(index, update, asked[below(chance, asked.length)]);
      if (verdict.ok) continue;
      refused++;
      expect(everythingIn(index), `seed ${seed}`).toBe(before);
      // It is taken afterwards as if nothing had been.
      const fresh = ask(index, update, { principal: 'p0' });
      expect(fresh.ok || fresh.code === 'gap', `seed ${seed}`).toBe(true);
    }
  }
  expect(refused).toBeGreaterThan(worlds);
});

test('[W150] a row is found by each of its clocks', () => {
  const { index } = grown(7);
  const { table } = index;
  for (let row = 0; row < table.rows; row++) {
    const client = table.client(row);
    for (let at = 0; at < table.length(row); at++) {
      expect(table.find(client, table.clock(row) + at)).toBe(row);
    }
  }
  for (const { client, next } of table.writers) expect(table.find(client, next)).toBe(-1);
});
