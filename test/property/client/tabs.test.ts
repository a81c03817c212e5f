// Worlds of tabs from a seed. Whatever crashes, freezes or closes: what was told to be stored is on
// disk at any moment, what any tab has ends on disk and in all others, and one tab writes in the end.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { count } from '../../support/count.ts';
import { TabWorld } from '../../support/tab-world.ts';

const STEPS = 120;
/** Seeds whose worlds once failed. */
const failedOnce: readonly number[] = [1846, 2292, 2820, 2859, 3051, 3438, 4464];
const WORLDS = count(60, 20_000);

/** Entries that were told to be stored, are not durable, and are not on disk. */
async function expectStored(world: TabWorld): Promise<void> {
  const { outbox } = await world.onDisk();
  expect(new Set(outbox).size).toBe(outbox.length);
  const lost = [...world.told].filter((id) => !world.durable.has(id) && !outbox.includes(id));
  expect(lost).toEqual([]);
}

/** What hangs on words that a crashed tab took along is shown by nobody, and waits for ever. */
function isShown(doc: Y.Doc, update: Uint8Array): boolean {
  return Y.decodeUpdate(update).structs.every(
    ({ id: { client, clock } }) => clock < Y.getState(doc.store, client),
  );
}

async function live(seed: number, hasLocks: boolean, hasTrouble = false): Promise<TabWorld> {
  const world = new TabWorld(seed, hasLocks, hasTrouble);
  for (let step = 0; step < STEPS; step++) {
    await world.step();
    if (step % 10 === 0) await expectStored(world);
  }
  await world.drain();
  await expectStored(world);
  const { doc, outbox } = await world.onDisk();
  const onDisk = new Set(doc.getArray('words').toArray());
  const tabs = [...world.lives].map(({ tab }) => tab);
  expect(tabs.flatMap((tab) => tab.words.filter((word) => !onDisk.has(word)))).toEqual([]);
  const unsent = tabs.flatMap(({ entries, doc: held }) =>
    [...entries].filter(([, { update }]) => isShown(held, update)).map(([id]) => id),
  );
  const lost = unsent.filter((id) => !world.durable.has(id) && !outbox.includes(id));
  expect(lost).toEqual([]);
  // What is stored may hang on words that only the server has: with it, all is there.
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(world.server));
  const all = new Set(doc.getArray('words').toArray());
  const told = [...world.told].map((id) => world.written.get(id));
  expect(told.filter((word) => !all.has(word))).toEqual([]);
  // What is read, and not the whole document: a word may wait in one for what a crashed tab took along.
  const read = tabs.map(({ words, doc: held }) =>
    [...words, held.getText('reply').toJSON()].join(),
  );
  expect(new Set(read).size).toBe(1);
  expect(world.beats.size).toBe(hasLocks ? 0 : 1);
  return world;
}

describe.each([
  ['with locks', true],
  ['without locks', false],
] as const)('tabs %s', (_, hasLocks) => {
  test('[C26] lose nothing that was stored, or that any of them has', async () => {
    const events = new Set<string>();
    for (const seed of [...failedOnce, ...Array.from({ length: WORLDS }).keys()]) {
      try {
        const world = await live(seed, hasLocks);
        for (const event of world.events) events.add(event);
      } catch (error) {
        throw new Error(`in the world of seed ${seed}`, { cause: error });
      }
    }
    expect([...events].sort()).toEqual(['close', 'crash', 'crash at the disk', 'freeze', 'open']);
  });

  test('[C32] lose nothing either where the disk refuses for a while, and while one takes over', async () => {
    const events = new Set<string>();
    for (let seed = 0; seed < WORLDS; seed++) {
      try {
        const world = await live(seed, hasLocks, true);
        for (const event of world.events) events.add(event);
      } catch (error) {
        throw new Error(`in the troubled world of seed ${seed}`, { cause: error });
      }
    }
    expect([...events]).toEqual(
      expect.arrayContaining(['fault', 'hand-over', 'crash at the disk']),
    );
  });
});
