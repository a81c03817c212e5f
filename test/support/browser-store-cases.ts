// The published cases of an offline store, on the IndexedDB, the locks and the channels of the
// browser that runs this.

import { systemChance } from '../../src/base/chance.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemPlatform } from '../../src/client/platform.ts';
import type { OfflineStore } from '../../src/client/store/offline.ts';
import { storeCases } from '../../src/conformance/store-cases.ts';

async function runOne(name: string): Promise<string> {
  const { openStore } = systemPlatform();
  const wish = {
    url: 'ws://here',
    principal: name,
    offline: true,
    clock: systemClock,
    chance: systemChance(),
  };
  const cases = storeCases({ keeps: true, clock: systemClock, open: async () => openStore(wish) });
  const found = cases.find((one) => one.name === name);
  try {
    await found?.run();
    return 'holds';
  } catch (error) {
    return String(error);
  }
}

/** Runs all cases, each on a device of its own; what became of each. */
export async function runStoreCases(): Promise<Record<string, string>> {
  const { openStore } = systemPlatform();
  const wish = { url: 'ws://here', principal: '', offline: true, clock: systemClock };
  const open = async (): Promise<OfflineStore> => openStore({ ...wish, chance: systemChance() });
  const names = storeCases({ keeps: true, clock: systemClock, open }).map(({ name }) => name);
  const ends = await Promise.all(names.map(async (name) => [name, await runOne(name)] as const));
  return Object.fromEntries(ends);
}
