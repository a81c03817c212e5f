// The list as people see it, and what is news in it.

import { describe, expect, test } from 'vitest';
import type { LibraryEntry } from '../../../src/client/library/entry.ts';
import { groupsOf, nameOf } from '../../../web/shell/groups.ts';
import { endedBetween, readWish, titleOf } from '../../../web/shell/news.ts';
import { matching } from '../../../web/shell/matching.ts';
import { readSynced } from '../../../web/shell/last-synced.ts';

const entry = (id: string, more: Partial<LibraryEntry> = {}): LibraryEntry => ({
  id,
  title: id,
  preview: '',
  lastActivity: 0,
  createdAt: 0,
  unread: false,
  running: false,
  pinned: false,
  archived: false,
  unsent: 0,
  bytes: 0,
  availableOffline: true,
  onServer: true,
  ...more,
});

/** Local time, as the list goes by the clock on the wall. */
const at = (...when: [number, number, number, number?]): number =>
  new Date(when[0], when[1], when[2], when[3] ?? 12).getTime();

describe('the list', () => {
  const now = at(2026, 10, 21, 2);

  test('[U3] is cut by date, the pinned first', () => {
    const entries = [
      entry('tonight', { lastActivity: at(2026, 10, 21, 0) }),
      entry('late', { lastActivity: at(2026, 10, 20, 23) }),
      entry('kept', { lastActivity: at(2026, 10, 18), pinned: true }),
      entry('week', { lastActivity: at(2026, 10, 15) }),
      entry('month', { lastActivity: at(2026, 9, 30) }),
      entry('old', { lastActivity: at(2026, 7, 5) }),
      entry('older', { lastActivity: at(2025, 7, 5) }),
    ];
    const groups = groupsOf(entries, now);
    expect(groups.map(({ entries: found }) => found.map(({ id }) => id).join())).toEqual([
      'kept',
      'tonight',
      'late',
      'week',
      'month',
      'old',
      'older',
    ]);
    expect(groups.slice(0, 5).map(({ name }) => name)).toEqual([
      'Pinned',
      'Today',
      'Yesterday',
      'Last 7 days',
      'Last 30 days',
    ]);
    expect(groups.at(-1)?.name).toMatch(/2025/);
  });

  test('[U3] has no group without a session', () => {
    expect(groupsOf([], now)).toEqual([]);
  });

  test('[U3] calls a session by its title, its last prompt, or untitled', () => {
    expect(nameOf({ title: 'A', preview: 'B' })).toBe('A');
    expect(nameOf({ title: '', preview: 'B' })).toBe('B');
    expect(nameOf({ title: '', preview: '' })).toBe('Untitled');
  });

  test('[U10] says when it was last in step with the server', () => {
    expect(readSynced('complete', '5')).toBe('now');
    expect(readSynced('remembered', '5')).toBe(5);
    for (const text of [null, '', 'x', '-1']) expect(readSynced('loading', text)).toBe('never');
  });
});

describe('what is news', () => {
  test('[U23] is a reply that ended', () => {
    const before = [entry('a', { running: true }), entry('b', { running: true }), entry('c')];
    const after = [entry('a'), entry('b', { running: true }), entry('c')];
    expect(endedBetween(before, after).map(({ id }) => id)).toEqual(['a']);
    expect(endedBetween([], after)).toEqual([]);
  });

  test('[U23] is counted in the title of the page', () => {
    expect(titleOf(0, undefined)).toBe('Holdfast');
    expect(titleOf(2, 'Plans')).toBe('(2) Plans · Holdfast');
  });

  test('[U23] is told to those who want it', () => {
    expect(['on', 'off', 'x', null].map(readWish)).toEqual(['on', 'off', 'unasked', 'unasked']);
  });
});

describe('the palette', () => {
  const names = (text: string): readonly string[] =>
    matching(
      ['New session', 'Settings', 'A new day', 'Renewal', 'Über Nacht'].map((name) => ({ name })),
      text,
    ).map(({ name }) => name);

  test('[U15] finds by the beginning, by a word, by a part, and by letters in order', () => {
    expect(names('new')).toEqual(['New session', 'A new day', 'Renewal']);
    expect(names('stg')).toEqual(['Settings']);
    expect(names('uber')).toEqual(['Über Nacht']);
    expect(names('xyz')).toEqual([]);
    expect(names(' ')).toHaveLength(5);
  });
});
