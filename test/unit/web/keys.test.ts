// The keys of the app: what each means, and that none stands in the way of writing.

import { describe, expect, test } from 'vitest';
import { type Keys, keysOf, shortcutOf, shortcuts } from '../../../web/shell/shortcuts.ts';

const keys = (key: string, more: Partial<Keys> = {}): Keys => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

describe('the keys', () => {
  test('[U15] mean what they are said to mean, on a Mac too', () => {
    expect(shortcutOf(keys('k', { ctrlKey: true }), false)).toBe('palette');
    expect(shortcutOf(keys('k', { metaKey: true }), true)).toBe('palette');
    expect(shortcutOf(keys('O', { metaKey: true, shiftKey: true }), true)).toBe('create');
    expect(shortcutOf(keys('ArrowDown', { altKey: true }), true)).toBe('next');
    expect(shortcutOf(keys('?', { shiftKey: true }), false)).toBe('help');
    expect(shortcutOf(keys('?'), false)).toBe('help');
  });

  test('[U15] leave writing alone', () => {
    expect(shortcutOf(keys('?', { shiftKey: true }), true)).toBeUndefined();
    expect(shortcutOf(keys('k'), false)).toBeUndefined();
    expect(shortcutOf(keys('k', { ctrlKey: true, altKey: true }), false)).toBeUndefined();
    expect(shortcutOf(keys('k', { ctrlKey: true, isComposing: true }), true)).toBeUndefined();
  });

  test('[U15] are each explained, and each another', () => {
    const named = shortcuts.map((shortcut) => keysOf(shortcut, false).join('+'));
    expect(new Set(named).size).toBe(shortcuts.length);
    expect(named).toContain('Ctrl+K');
    expect(keysOf({ name: 'palette', mod: true, key: 'k' }, true)).toEqual(['⌘', 'K']);
  });
});
