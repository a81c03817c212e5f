// The browser's offer to install the app, kept until somebody wants it: it is made once, early,
// and unasked.

import { Store } from '../base/store.ts';

interface Offer extends Event {
  prompt(): Promise<unknown>;
}

/** Installs; null while there is no offer. */
export const installing = new Store<(() => Promise<void>) | null>(null);

addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  installing.set(async () => {
    installing.set(null);
    await (event as Offer).prompt();
  });
});

addEventListener('appinstalled', () => installing.set(null));
