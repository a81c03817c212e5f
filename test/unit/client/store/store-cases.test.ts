// The published cases of an offline store, on the implementations that there are.

import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../../src/base/chance.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { MemoryDisk } from '../../../../src/client/store/memory-disk.ts';
import { createOfflineStore } from '../../../../src/client/store/offline-store.ts';
import { memoryTabs } from '../../../../src/client/tabs/tab-channel.ts';
import { storeCases } from '../../../../src/conformance/store-cases.ts';
import type { StoreOptions } from '../../../../src/conformance/store-stage.ts';
import { Device } from '../../../support/browser-device.ts';

function onMemory(keeps: boolean): StoreOptions {
  const disk = new MemoryDisk({ keeps });
  const tabs = memoryTabs();
  const chance = seededChance(1);
  return {
    keeps,
    clock: systemClock,
    open: async () =>
      createOfflineStore({
        server: 'ws://here',
        principal: 'ann',
        clock: systemClock,
        chance,
        disk,
        tabs,
      }),
  };
}

const named = (options: StoreOptions): readonly string[] =>
  storeCases(options).map(({ name }) => name);

describe('in memory', () => {
  test.concurrent.each(named(onMemory(true)))('[C20] %s', async (name) => {
    const found = storeCases(onMemory(true)).find((one) => one.name === name);
    await expect(found?.run()).resolves.toBeUndefined();
  });
});

describe('in IndexedDB', () => {
  const onIndexedDB = (): StoreOptions => {
    const device = new Device();
    return { keeps: true, clock: systemClock, open: async () => device.tab() };
  };
  test.concurrent.each(named(onIndexedDB()))('[C20] %s', async (name) => {
    const found = storeCases(onIndexedDB()).find((one) => one.name === name);
    await expect(found?.run()).resolves.toBeUndefined();
  });
});
