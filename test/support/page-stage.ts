// The real server, giving a page of the tests from its web folder, on the system's clock:
// what is between a browser and the server happens in real time.

import { systemClock } from '../../src/base/clock.ts';
import { withFolder } from './folder.ts';
import { type BundleOptions, bundlePage, writePage } from './page-bundle.ts';
import { type SyncStage, withSync } from './sync-stage.ts';

/** Runs with a server that gives this page. Close the devices first: a page misses its server. */
export async function withPage(
  name: string,
  act: (stage: SyncStage) => Promise<void>,
  options: BundleOptions = {},
): Promise<void> {
  await withFolder(async (folder) => {
    await writePage(await bundlePage(name, options), folder);
    await withSync(act, { web: folder, clock: systemClock });
  });
}
