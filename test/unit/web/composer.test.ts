import { describe, expect, test } from 'vitest';
import { type Key, meaningOf } from '../../../web/conversation/composer-keys.ts';
import { mentionedAgent, suggestionsFor } from '../../../web/conversation/suggestions.ts';

const plain: Key = {
  key: '',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isComposing: false,
  keyCode: 0,
};
const idle = { text: 'Hello', isRunning: false, isSuggesting: false };
const running = { ...idle, isRunning: true };
const key = (name: string, more: Partial<Key> = {}): Key => ({ ...plain, key: name, ...more });

describe('a key in the field', () => {
  test('[U32] that ends the composition of a character is the input method’s', () => {
    expect(meaningOf(key('Enter', { isComposing: true }), idle)).toBeNull();
    expect(meaningOf(key('Enter', { keyCode: 229 }), idle)).toBeNull();
    expect(meaningOf(key('Escape', { isComposing: true }), running)).toBeNull();
    expect(meaningOf(key('Enter', { keyCode: 13 }), idle)).toBe('send');
  });

  test('sends, makes a line, steers and stops', () => {
    expect(meaningOf(key('Enter', { shiftKey: true }), idle)).toBeNull();
    expect(meaningOf(key('Enter', { ctrlKey: true }), idle)).toBe('send');
    expect(meaningOf(key('Enter', { ctrlKey: true }), running)).toBe('steer');
    expect(meaningOf(key('Enter'), running)).toBe('send');
    expect(meaningOf(key('Escape'), running)).toBe('stop');
    expect(meaningOf(key('Escape'), idle)).toBeNull();
  });

  test('goes back to the last prompt only from an empty field', () => {
    expect(meaningOf(key('ArrowUp'), idle)).toBeNull();
    expect(meaningOf(key('ArrowUp'), { ...idle, text: '' })).toBe('edit-last');
  });

  test('moves among suggestions while there are some, and takes one', () => {
    const offered = { ...running, isSuggesting: true };
    const names = ['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'];
    const meanings = names.map((name) => meaningOf(key(name), offered));
    expect(meanings).toEqual(['next', 'previous', 'take', 'take', 'close']);
  });
});

describe('suggestions', () => {
  const agents = ['guide', 'writer', 'web.search'];

  test('are commands behind a slash at the beginning', () => {
    expect(suggestionsFor('/t', 2, agents).map(({ name }) => name)).toEqual([
      '/tool',
      '/team',
      '/think',
    ]);
    expect(suggestionsFor('say /t', 6, agents)).toEqual([]);
    expect(suggestionsFor('/slow down', 10, agents)).toEqual([]);
  });

  test('are agents behind an @, and leave what stands around it', () => {
    const [offer, ...others] = suggestionsFor('ask @wr about it', 7, agents);
    expect(offer).toMatchObject({ name: '@writer', text: 'ask @writer about it', caret: 11 });
    expect(others).toEqual([]);
    expect(suggestionsFor('me@wr', 5, agents)).toEqual([]);
  });

  test('a prompt asks the first known agent that it names', () => {
    expect(mentionedAgent('@writer, write', agents)).toBe('writer');
    expect(mentionedAgent('hello @nobody and @web.search.', agents)).toBe('web.search');
    expect(mentionedAgent('me@writer.example', agents)).toBeUndefined();
  });
});
