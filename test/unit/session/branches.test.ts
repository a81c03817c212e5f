// What a device shows where messages fork: its own choices, the shared ones, and
// always what was written on it.

import { describe, expect, test } from 'vitest';
import { createSession, openSession } from '../../../src/session/session.ts';
import * as Y from 'yjs';

const shownTexts = (session: ReturnType<typeof createSession>): readonly string[] =>
  session.view.path.map(({ parts }) => (parts[0]?.type === 'text' ? parts[0].text : ''));

describe('branches', () => {
  test('[S9] an edit is shown to its writer although an older sibling was chosen', () => {
    const session = createSession({ principal: 'ann' });
    const first = session.send('one');
    session.edit(first.message, 'two');
    session.choose(first.message);
    expect(shownTexts(session)).toEqual(['one']);
    session.edit(first.message, 'three');
    expect(shownTexts(session)).toEqual(['three']);
  });

  test('[S9] what is sent below an older branch is shown, and only that fork is chosen', () => {
    const session = createSession({ principal: 'ann' });
    const first = session.send('one');
    session.edit(first.message, 'two');
    session.send('below one', { parent: first.message });
    expect(shownTexts(session)).toEqual(['one', 'below one']);
    const below = session.view.path.at(-1)?.id ?? '';
    session.edit(below, 'below one again');
    expect(shownTexts(session)).toEqual(['one', 'below one again']);
  });

  test('[S9] what others send below a chosen branch is shown when it comes', () => {
    const session = createSession({ principal: 'ann' });
    const first = session.send('one');
    session.edit(first.message, 'two');
    session.choose(first.message);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(session.doc));
    const other = openSession(doc, { principal: 'bob' });
    other.send('an answer', { parent: first.message });
    Y.applyUpdate(session.doc, Y.encodeStateAsUpdate(doc));
    expect(shownTexts(session)).toEqual(['one', 'an answer']);
  });

  test('[S9] a shared choice is shown to those who follow, where they chose nothing', () => {
    const ann = createSession({ principal: 'ann' });
    const first = ann.send('one');
    const second = ann.edit(first.message, 'two');
    ann.choose(first.message, { share: true });
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(ann.doc));
    const bob = openSession(doc, { principal: 'bob' });
    expect(shownTexts(bob)).toEqual(['two']);
    bob.followSelection(true);
    expect(shownTexts(bob)).toEqual(['one']);
    bob.choose(second.message);
    expect(shownTexts(bob)).toEqual(['two']);
  });
});
