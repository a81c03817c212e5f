// What the browser says of the page as a whole: whether anybody sees it, and whether it believes
// that there is a network.

import { Store } from './store.ts';

export const isVisible = new Store<boolean>(document.visibilityState === 'visible');
document.addEventListener('visibilitychange', () =>
  isVisible.set(document.visibilityState === 'visible'),
);

/** What the browser believes of its network. */
export const isOnline = new Store<boolean>(navigator.onLine);
for (const event of ['online', 'offline']) {
  addEventListener(event, () => isOnline.set(navigator.onLine));
}
