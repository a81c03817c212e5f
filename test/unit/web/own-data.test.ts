// What is a person's own, as a file; and small things that others build upon.

import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../src/base/clock.ts';
import { Notes } from '../../../web/base/notes.tsx';
import { reportOf } from '../../../web/base/failure.tsx';
import { fileName } from '../../../web/base/save-file.ts';
import { ago, sizeOf } from '../../../web/base/time.ts';
import { ownScript } from '../../../web/base/trusted.ts';
import { broughtBack, hasWords, readArchive } from '../../../web/shell/archive-file.ts';
import { keepOffline, readCount } from '../../../web/shell/offline-wish.ts';
import { readTheme } from '../../../web/shell/theme.ts';

const message = {
  id: 'm1',
  role: 'user',
  author: 'ann',
  parent: null,
  createdAt: Date.UTC(2026, 10, 21, 2, 30),
  parts: [
    { id: 'p', type: 'text', text: 'Hello', state: 'done' },
    { id: 'q', type: 'file', mediaType: 'image/png', size: 1, hash: 'x' },
    { id: 'r', type: 'text', text: 'there', state: 'done' },
  ],
  deleted: false,
  expected: false,
};
const transcript = {
  format: 'holdfast-transcript',
  version: 1,
  title: 'Plans',
  createdAt: 1,
  messages: [message],
  runs: [],
};

describe('a file of one’s own', () => {
  test('[U7] is read back, of one session and of many', () => {
    const one = readArchive(JSON.stringify(transcript));
    expect(one).toEqual([
      { title: 'Plans', messages: [expect.objectContaining({ id: 'm1', text: 'Hello\n\nthere' })] },
    ]);
    const many = { format: 'holdfast-export', version: 1, sessions: [transcript, transcript] };
    expect(readArchive(JSON.stringify(many))).toHaveLength(2);
  });

  test.each([
    '',
    'null',
    '{}',
    '{"format":"holdfast-export"}',
    '{"format":"holdfast-export","sessions":[{}]}',
    JSON.stringify({ ...transcript, title: 1 }),
    JSON.stringify({ ...transcript, messages: [{}] }),
    JSON.stringify({ ...transcript, format: 'another' }),
  ])('[U7] is refused whole where it is none: %s', (text) => {
    expect(readArchive(text)).toBeUndefined();
  });

  test('[U7] says of words that come back who wrote them, whatever the name', () => {
    const [session] = readArchive(JSON.stringify(transcript)) ?? [];
    const [first] = session?.messages ?? [];
    if (first === undefined) throw new Error('nothing was read');
    expect(broughtBack(first)).toBe('**ann**, 2026-11-21 02:30 UTC\n\nHello\n\nthere');
    expect(broughtBack({ ...first, author: 'a**](x)' })).toContain(String.raw`**a\*\*\]\(x\)**`);
    expect(hasWords({ ...first, text: ' \n' })).toBe(false);
  });

  test('[U7] has a name that any system takes', () => {
    expect(fileName('What/is: "this"?', 'md')).toBe('What is this.md');
    expect(fileName('../..', 'json')).toBe('session.json');
    expect(fileName('Größe  42', 'md')).toBe('Größe 42.md');
    expect(fileName('x'.repeat(300), 'md')).toHaveLength(83);
  });
});

describe('small things', () => {
  test('[U19] a script comes from this origin alone', () => {
    expect(ownScript('/sw.js', 'https://a.example')).toBe('https://a.example/sw.js');
    for (const path of ['https://b.example/x.js', '//b.example/x.js', 'data:text/javascript,1']) {
      expect(() => ownScript(path, 'https://a.example')).toThrow(TypeError);
    }
  });

  test('[U14] a theme is one of three', () => {
    expect(['dark', 'light', 'pink', null].map(readTheme)).toEqual([
      'dark',
      'light',
      'system',
      'system',
    ]);
  });

  test('[U11] how much is kept offline is one of a few numbers', () => {
    expect(['20', '7', null].map(readCount)).toEqual(['20', '50', '50']);
    expect(keepOffline('0')).toBe(false);
    expect(keepOffline('20')).toMatchObject({ sessions: 20 });
  });

  test('[U24] a report names no address', () => {
    const error = new Error('it broke');
    error.stack = 'Error: it broke\n  at f (https://chat.example.org/assets/a.js:1:2)';
    const report = reportOf(error, 'the list');
    expect(report).toContain('the list');
    expect(report).not.toContain('chat.example.org');
  });

  test('[U5] a note stays for its time, and longer while somebody reads it', () => {
    const clock = manualClock();
    const notes = new Notes(clock);
    const note = { id: 'a', text: 'A', forMs: 100 };
    notes.show(note);
    notes.show({ id: 'b', text: 'B' });
    clock.advance(99);
    notes.hold('a');
    clock.advance(1_000);
    expect(notes.all.get()).toHaveLength(2);
    notes.resume(note);
    clock.advance(100);
    expect(notes.all.get().map(({ id }) => id)).toEqual(['b']);
    notes.show({ id: 'b', text: 'B again' });
    expect(notes.all.get().map(({ text }) => text)).toEqual(['B again']);
  });

  test('[U10] times and sizes are said as people say them', () => {
    expect(ago(0, 90_000)).toMatch(/1 minute ago/);
    expect(ago(5, 0)).toMatch(/now/);
    expect(sizeOf(0)).toMatch(/0 byte/);
    expect(sizeOf(1_500_000)).toMatch(/1.5 MB/);
  });
});
