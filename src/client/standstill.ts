// A page that its browser stops where it stands can store nothing for the other tabs, and cannot
// say so any more. So it gives its part away at the last moment, and takes it up again when it goes on.

import type { Unsubscribe } from '../base/emitter.ts';
import type { WakeSource } from './connection/wake.ts';
import type { OfflineStore } from './store/offline.ts';

/** Lets another tab write while this page stands still. */
export function yieldWhileFrozen(
  wake: WakeSource,
  store: Pick<OfflineStore, 'freeze' | 'thaw'>,
): Unsubscribe {
  let isFrozen = false;
  return wake.subscribe((signal) => {
    if (signal === 'frozen') {
      isFrozen = true;
      store.freeze();
    } else if (isFrozen && (signal === 'visible' || signal === 'page-restored')) {
      isFrozen = false;
      store.thaw();
    }
  });
}
