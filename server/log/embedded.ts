// Opens the embedded log on a folder.

import { systemChance } from '../../src/base/chance.ts';
import { createId } from '../../src/base/id.ts';
import { EmbeddedLog } from './embedded-log.ts';
import type { EmbeddedOptions } from './embedded-options.ts';
import { withKnownRoles } from './known-roles.ts';
import { openStore } from './open-store.ts';
import { threadStore } from './sqlite-thread.ts';

/** Rejects with a LogOpenError where the folder cannot be opened at all. */
export async function openEmbeddedLog(options: EmbeddedOptions): Promise<EmbeddedLog> {
  const { folder, chance = systemChance() } = options;
  const store = options.store ?? threadStore({ folder, killAt: options.killStoreAt });
  const start = await openStore(store, options.restored === true ? createId(chance) : undefined);
  const log = new EmbeddedLog(withKnownRoles(store), start, options);
  try {
    await log.replay();
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
  return log;
}
