// Light, dark, or as the system is, remembered in this browser.

import { recall, remember } from '../base/remembered.ts';
import { Store } from '../base/store.ts';

export const themes = ['system', 'light', 'dark'] as const;

export type Theme = (typeof themes)[number];

const KEY = 'holdfast:theme';

export const theme = new Store<Theme>(readTheme(recall(KEY)));

export function readTheme(text: string | null): Theme {
  return themes.find((name) => name === text) ?? 'system';
}

export function setTheme(wanted: Theme): void {
  remember(KEY, wanted === 'system' ? null : wanted);
  theme.set(wanted);
}

export function toggleTheme(): void {
  setTheme(document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark');
}

/** Keeps the page as it is chosen, and as the system is where that is chosen. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const wanted = theme.get();
    const isDark = wanted === 'dark' || (wanted === 'system' && dark.matches);
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  };
  dark.addEventListener('change', apply);
  theme.subscribe(apply);
  apply();
}
