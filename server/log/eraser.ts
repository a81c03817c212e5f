// Erasing costs as much as the store is large, so those who ask while one runs share the
// next one: what they deleted is not surely covered by the one that runs.

import type { Store } from './store.ts';

export function eraser(store: Pick<Store, 'erase'>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const erasure = store.erase();
      running = erasure.catch(() => undefined);
      return erasure;
    });
    return next;
  };
}
