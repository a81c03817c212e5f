// The keys of the app, as one table: what listens to them and what explains them read the same.

import { strings } from '../strings.ts';

export type ShortcutName = 'palette' | 'search' | 'create' | 'next' | 'previous' | 'help';

export interface Shortcut {
  readonly name: ShortcutName;
  /** Ctrl, or Cmd on a Mac. */
  readonly mod?: true;
  readonly shift?: true;
  readonly alt?: true;
  /** Of `KeyboardEvent.key`, in lower case. */
  readonly key: string;
  /** Also while somebody types in a field. */
  readonly inFields?: true;
}

export const shortcuts: readonly Shortcut[] = [
  { name: 'palette', mod: true, key: 'k', inFields: true },
  { name: 'search', mod: true, shift: true, key: 'f', inFields: true },
  { name: 'create', mod: true, shift: true, key: 'o', inFields: true },
  { name: 'next', alt: true, key: 'arrowdown', inFields: true },
  { name: 'previous', alt: true, key: 'arrowup', inFields: true },
  { name: 'help', shift: true, key: '?' },
];

export interface Keys {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly isComposing?: boolean;
}

/** What these keys mean; undefined where nothing. */
export function shortcutOf(keys: Keys, isInField: boolean): ShortcutName | undefined {
  if (keys.isComposing === true) return undefined;
  const found = shortcuts.find(
    ({ key, mod = false, shift = false, alt = false, inFields = false }) =>
      key === keys.key.toLowerCase() &&
      mod === (keys.ctrlKey || keys.metaKey) &&
      // On some keyboards a question mark needs no shift.
      (shift === keys.shiftKey || key === '?') &&
      alt === keys.altKey &&
      (inFields || !isInField),
  );
  return found?.name;
}

const keyNames: Readonly<Record<string, string>> = { arrowdown: '↓', arrowup: '↑' };

export function keysOf({ mod, shift, alt, key }: Shortcut, isMac: boolean): readonly string[] {
  return [
    ...(mod === true ? [isMac ? '⌘' : 'Ctrl'] : []),
    ...(shift === true && key !== '?' ? [isMac ? '⇧' : 'Shift'] : []),
    ...(alt === true ? [isMac ? '⌥' : 'Alt'] : []),
    keyNames[key] ?? key.toUpperCase(),
  ];
}

export const nameOfShortcut = (name: ShortcutName): string => strings.shortcuts[name];
