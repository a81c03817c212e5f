// What stands over the page: one thing at a time.

import { Store } from '../base/store.ts';

export type Overlay =
  | { readonly kind: 'palette' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'phone' }
  | { readonly kind: 'share'; readonly session: string }
  | { readonly kind: 'rename'; readonly session: string; readonly title: string };

export const overlay = new Store<Overlay | null>(null);

export const closeOverlay = (): void => overlay.set(null);
