// Subscriptions: once per batch, only for another value, and no listener can hurt.

import { afterEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { manualClock } from '../../../src/base/clock.ts';
import { seededChance } from '../../../src/base/chance.ts';
import { createSession, openSession, type Session } from '../../../src/session/session.ts';

const begin = (): Session =>
  createSession({ principal: 'ann', clock: manualClock(), chance: seededChance(1) });

const titleOf = (session: Session): string => session.view.meta.title;

afterEach(() => vi.unstubAllGlobals());

/** Errors that would be thrown on a later turn, where the platform reports them. */
function reported(): unknown[] {
  const errors: unknown[] = [];
  vi.stubGlobal('queueMicrotask', (callback: () => void) => {
    try {
      callback();
    } catch (error) {
      errors.push(error);
    }
  });
  return errors;
}

describe('a subscriber', () => {
  test('[S34] is called once for a batch, however many changes it holds', () => {
    const session = begin();
    const heard: number[] = [];
    session.subscribe(
      (view) => view.messages.size,
      (size) => heard.push(size),
    );
    session.doc.transact(() => {
      for (let at = 0; at < 5; at++) session.send(`Prompt ${at}`, { agent: null });
    });
    expect(heard).toEqual([5]);
    session.send('Another', { agent: null });
    expect(heard).toEqual([5, 6]);
  });

  test('[S34] is called once for an update that many people wrote', () => {
    const session = begin();
    const reader = openSession(new Y.Doc(), { principal: 'ben' });
    for (let at = 0; at < 5; at++) session.send(`Prompt ${at}`);
    const heard: number[] = [];
    reader.subscribe(
      (view) => view.path.length,
      (length) => heard.push(length),
    );
    Y.applyUpdate(reader.doc, Y.encodeStateAsUpdate(session.doc));
    expect(heard).toEqual([5]);
  });

  test('[S34] is not called while what it selects is the same', () => {
    const session = begin();
    const first = session.send('First', { agent: null }).message;
    const [messages, titles, lists]: [unknown[], unknown[], unknown[]] = [[], [], []];
    session.subscribe(
      (view) => view.messages.get(first),
      (value) => messages.push(value),
    );
    session.subscribe(
      (view) => view.meta.title,
      (value) => titles.push(value),
    );
    const same = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();
    session.subscribe(
      (view) => [view.meta.title],
      (value) => lists.push(value),
      same,
    );
    session.send('Second', { agent: null });
    session.introduce({ name: 'Ann', kind: 'person' });
    expect([messages, titles, lists]).toEqual([[], [], []]);
    session.rename('New');
    session.rename('New');
    expect([messages, titles, lists]).toEqual([[], ['New'], [['New']]]);
  });

  test('[S34] hears of another branch, and of nothing after it has left', () => {
    const session = begin();
    const [one, two] = ['One', 'Two'].map(
      (text) => session.send(text, { parent: null, agent: null }).message,
    );
    const heard: unknown[] = [];
    const leave = session.subscribe(
      (view) => view.path.at(-1)?.id,
      (id) => heard.push(id),
    );
    session.choose(one ?? '');
    session.choose(two ?? '');
    leave();
    leave();
    session.choose(one ?? '');
    expect(heard).toEqual([one, two]);
  });

  test('[S34] that throws disturbs neither the others nor the document', () => {
    const errors = reported();
    const session = begin();
    const fails = (): void => {
      throw new Error('a broken listener');
    };
    const [heard, updates]: [string[], Uint8Array[]] = [[], []];
    session.subscribe((view) => view.meta.title, fails);
    session.follow(fails);
    let broken = false;
    session.subscribe((view) => (broken ? fails() : view.meta.title), fails);
    session.subscribe(
      (view) => view.meta.title,
      (title) => heard.push(title),
    );
    session.doc.on('update', (update) => updates.push(update));
    broken = true;
    for (const title of ['One', 'Two', 'Three']) session.rename(title);
    expect(heard).toEqual(['One', 'Two', 'Three']);
    expect(updates).toHaveLength(3);
    expect(errors).toHaveLength(6);
    const copy = openSession(new Y.Doc(), { principal: 'ben' });
    Y.applyUpdate(copy.doc, Y.encodeStateAsUpdate(session.doc));
    expect(titleOf(copy)).toBe('Three');
  });

  test('[S34] is never told what was true before, where another one writes in its turn', () => {
    const session = begin();
    const heard: string[] = [];
    session.subscribe(
      (view) => view.meta.title,
      (title) => {
        if (title === 'One') session.rename('Two');
      },
    );
    session.subscribe(
      (view) => view.meta.title,
      (title) => heard.push(title),
    );
    session.rename('One');
    expect(titleOf(session)).toBe('Two');
    expect(heard.at(-1)).toBe('Two');
    expect(heard).toHaveLength(1);
  });

  test('[S34] hears nothing of a session that was closed', () => {
    const session = begin();
    const heard: string[] = [];
    session.subscribe(
      (view) => view.meta.title,
      (title) => heard.push(title),
    );
    const other = openSession(session.doc, { principal: 'ben' });
    session.close();
    other.rename('After');
    expect(heard).toEqual([]);
    expect(titleOf(other)).toBe('After');
  });
});
