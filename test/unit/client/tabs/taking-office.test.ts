// What a tab does when it becomes the one that writes: whoever wrote before went without a word, and
// what was said meanwhile may have reached nobody.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { seededChance } from '../../../../src/base/chance.ts';
import { type ManualClock, manualClock } from '../../../../src/base/clock.ts';
import { storeLimits } from '../../../../src/client/store/limits.ts';
import { MemoryDisk } from '../../../../src/client/store/memory-disk.ts';
import type { OfflineStore } from '../../../../src/client/store/offline.ts';
import { createOfflineStore } from '../../../../src/client/store/offline-store.ts';
import { memoryTabs } from '../../../../src/client/tabs/tab-channel.ts';
import { StoreTab } from '../../../../src/conformance/store-stage.ts';
import { fakeLocks } from '../../../support/locks.ts';

interface Place {
  readonly store: OfflineStore;
  readonly tab: StoreTab;
}

interface Stage {
  readonly clock: ManualClock;
  /** While it is so, nobody hears anybody. */
  isDeaf: boolean;
  open(): Promise<Place>;
}

function stage(): Stage {
  const clock = manualClock(1);
  const chance = seededChance(1);
  const disk = new MemoryDisk({ keeps: true });
  const locks = fakeLocks();
  const tabs = memoryTabs((give) => {
    if (!made.isDeaf) queueMicrotask(give);
  });
  const made: Stage = {
    clock,
    isDeaf: false,
    open: async () => {
      const options = { server: 'ws://here', principal: 'ann', clock, chance, disk, tabs, locks };
      const store = createOfflineStore(options);
      const tab = new StoreTab(store, 'a-session-of-this-test');
      await tab.load();
      await still();
      return { store, tab };
    },
  };
  return made;
}

/** Everything goes on that needs no time. */
async function still(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await Promise.resolve();
}

describe('a tab that begins to write', () => {
  test('[C31] shows at once what the one before it stored and told nobody', async () => {
    const world = stage();
    const [before, next] = [await world.open(), await world.open()];
    world.isDeaf = true;
    const id = before.tab.write('with the last breath');
    const reply = replyOf('said by a server');
    before.tab.receive(reply);
    await before.tab.session.flush();
    expect(before.tab.stored.has(id)).toBe(true);
    expect(next.tab.words).toEqual([]);
    before.store.freeze();
    await still();
    expect(next.tab.words).toEqual(['with the last breath']);
    expect(next.tab.doc.getText('reply').toJSON()).toBe('said by a server');
    expect([...next.tab.entries.keys()]).toEqual([id]);
  });

  test('[C31] asks the others for what is not stored, and stores it as its own', async () => {
    const world = stage();
    const before = await world.open();
    const next = await world.open();
    const third = await world.open();
    world.isDeaf = true;
    const id = third.tab.write('heard by nobody');
    third.tab.receive(replyOf('said by a server'));
    await still();
    world.clock.advance(storeLimits.tabFrameMs);
    world.isDeaf = false;
    expect(next.tab.words).toEqual([]);
    before.store.freeze();
    await still();
    expect(next.tab.words).toEqual(['heard by nobody']);
    expect(next.tab.doc.getText('reply').toJSON()).toBe('said by a server');
    expect(third.tab.stored.has(id)).toBe(false);
    // Long before the one that wrote it would store it itself.
    world.clock.advance(storeLimits.gatherMs);
    await still();
    expect(third.tab.stored.has(id)).toBe(true);
  });

  test('[C31] tells that its own words are stored, though the receipt reached nobody', async () => {
    const world = stage();
    const [before, next] = [await world.open(), await world.open()];
    const id = next.tab.write('stored by the other');
    await still();
    world.isDeaf = true;
    await before.tab.session.flush();
    expect(next.tab.stored.has(id)).toBe(false);
    before.store.freeze();
    await still();
    expect(next.tab.stored.has(id)).toBe(true);
  });

  test('[C31] stores at once what waited for the one before it', async () => {
    const world = stage();
    const before = await world.open();
    const next = await world.open();
    world.isDeaf = true;
    const id = next.tab.write('not stored yet');
    before.store.freeze();
    await still();
    world.clock.advance(storeLimits.gatherMs);
    await still();
    expect(next.tab.stored.has(id)).toBe(true);
  });
});

function replyOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('reply').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}
