// A view never changes, and the next one shares with it all that did not change.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { TextWriter } from '../../../src/session/part-writer.ts';
import type { ReplyWriter } from '../../../src/session/reply.ts';
import { Table } from '../../../src/session/table.ts';
import type { View } from '../../../src/session/view.ts';
import { goldenDocuments } from '../../support/golden.ts';
import { freshView } from '../../support/read-everything.ts';
import { Stage } from '../../support/stage.ts';
import { viewText } from '../../support/view-text.ts';

interface Scene {
  readonly stage: Stage;
  readonly run: string;
  readonly reply: string;
  readonly writer: ReplyWriter;
  readonly text: TextWriter;
}

/** Some messages, and a reply of three parts whose middle one grows. */
function scene(): Scene {
  const stage = new Stage();
  for (let at = 0; at < 5; at++) stage.ann.send(`Prompt ${at}`, { agent: null });
  stage.ann.introduce({ name: 'Ann', kind: 'person' });
  const { run, reply, message } = stage.ann.send('And now?');
  stage.ann.annotate({ kind: 'message', message }, 'good', { score: 1 });
  stage.claim(run);
  stage.ann.cancel(run ?? '');
  stage.settle();
  const writer = stage.begin(run);
  writer.reasoning({ id: 'first' }).append('so');
  const text = writer.text({ id: 'second', lane: stage.lane() });
  text.append('word');
  writer.tool('search', { id: 'third' }).streamInput('{');
  writer.flush();
  return { stage, run: run ?? '', reply: reply ?? '', writer, text };
}

/** The ids of those that are other objects now. */
function changed(before: Iterable<{ id: string }>, after: Iterable<{ id: string }>): string[] {
  const known = new Set<object>(before);
  return [...after].filter((value) => !known.has(value)).map(({ id }) => id);
}

const tables = ['messages', 'runs', 'requests', 'participants', 'annotations'] as const;

/** What is another object in the later view, by table. */
const differences = (before: View, after: View): Record<string, string[]> =>
  Object.fromEntries(
    tables
      .map((name) => [name, changed(before[name], after[name])] as const)
      .filter(([, ids]) => ids.length > 0),
  );

describe('the next view', () => {
  test('[S32] after a token has one new part and one new message, and nothing else', () => {
    const { stage, reply, writer, text } = scene();
    const before = stage.agent.view;
    text.append(' more');
    writer.flush();
    const after = stage.agent.view;
    expect(differences(before, after)).toEqual({ messages: [reply] });
    const parts = (view: View): Iterable<{ id: string }> => view.messages.get(reply)?.parts ?? [];
    expect(changed(parts(before), parts(after))).toEqual(['second']);
    for (const same of ['meta', 'tree', 'faults', 'selection', 'runs', 'requests'] as const) {
      expect(after[same], same).toBe(before[same]);
    }
    expect(after.path.map((message, at) => message === before.path[at])).toEqual([
      ...Array.from({ length: 6 }, () => true),
      false,
    ]);
  });

  test('[S32] after any change of one record has that record new, and nothing else', () => {
    const { stage, run, reply } = scene();
    const { agent, ann } = stage;
    const message = ann.view.path.at(-2)?.id ?? '';
    const last = (name: 'messages' | 'requests', view: View): string =>
      [...view[name]].at(-1)?.id ?? '';
    const acts: readonly (readonly [() => void, (view: View) => Record<string, string[]>])[] = [
      [() => agent.introduce({ name: 'H', kind: 'agent' }), () => ({ participants: ['helper-1'] })],
      [
        () => ann.annotate({ kind: 'message', message }, 'good', { score: 2 }),
        (view) => ({ annotations: [...view.annotations].map(({ id }) => id) }),
      ],
      [() => stage.obey(run, { do: 'wait', for: 'answer' }), () => ({ runs: [run] })],
      [() => ann.pause(run), (view) => ({ requests: [last('requests', view)] })],
      [
        () => ann.send('One more', { agent: null }),
        (view) => ({ messages: [last('messages', view)] }),
      ],
      [() => ann.rename('Another title'), () => ({})],
      [() => ann.remove(message), () => ({ messages: [message] })],
    ];
    for (const [act, expected] of acts) {
      stage.sync();
      const before = agent.view;
      act();
      stage.sync();
      expect(differences(before, agent.view), act.toString()).toEqual(expected(agent.view));
    }
    expect(agent.view.messages.get(reply)).toBe(agent.view.path.find(({ id }) => id === reply));
  });

  test('[S32] is the same object while nothing changes, and shares what is written again as it was', () => {
    const { stage } = scene();
    const { ann } = stage;
    expect(ann.view).toBe(ann.view);
    const before = ann.view;
    const { participants, messages } = ann.pen.roots;
    participants.set('ann', { ...(participants.get('ann') as object) });
    const entry = messages.get(0);
    if (entry instanceof Y.Map) entry.set('mood', 'a key of a later version');
    expect(differences(before, ann.view)).toEqual({});
    expect(ann.view.messages.get(before.path[0]?.id ?? '')).toBe(before.path[0]);
  });

  test('[S32] leaves the earlier one as it was', () => {
    const { stage, writer, text } = scene();
    const before = stage.agent.view;
    const then = viewText(before);
    const unread = stage.agent.view;
    text.append(' more');
    stage.ann.send('And more');
    stage.ann.remove(stage.ann.view.path[0]?.id ?? '');
    writer.end();
    stage.settle();
    expect(viewText(stage.agent.view)).not.toBe(then);
    expect(viewText(before)).toBe(then);
    expect(unread.path.map(({ id }) => id)).toEqual(before.path.map(({ id }) => id));
  });
});

/** Every object and array that a view leads to, tables and maps walked through. */
function* reached(value: unknown, seen = new Set<object>()): Generator<object> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (!(value instanceof Map)) yield value;
  const inner: Iterable<unknown> =
    value instanceof Map
      ? value.values()
      : value instanceof Table
        ? (value as Table<unknown>)
        : Object.values(value);
  for (const one of inner) yield* reached(one, seen);
}

function dataOf(view: View): object {
  const parts = [...view.messages].flatMap((message) => message.parts);
  const data = parts.find((part) => part.type === 'data')?.data;
  return typeof data === 'object' && data !== null ? data : {};
}

describe('a view', () => {
  test('[S32] is frozen with all that it leads to', () => {
    const views = goldenDocuments().map(({ doc }) => freshView(doc));
    const all = views.flatMap((view) => [...reached(view)]);
    expect(all.length).toBeGreaterThan(200);
    const open = all.filter((value) => !(value instanceof Table) && !Object.isFrozen(value));
    expect(open.map((value) => JSON.stringify(value)).slice(0, 3)).toEqual([]);
  });

  test('[S32] throws where somebody writes into it, and the document stays as it was', () => {
    const [, tour] = goldenDocuments();
    const doc = tour?.doc ?? new Y.Doc();
    const view = freshView(doc);
    const then = viewText(view);
    const writes: readonly (() => void)[] = [
      () => Object.assign(view, { path: [] }),
      () => (view.path as unknown[]).push(1),
      () => Object.assign(view.path[0] ?? {}, { author: 'eve' }),
      () => Object.assign(dataOf(view), { lat: 0 }),
      () =>
        Object.assign([...view.runs].find(({ usage }) => usage !== null)?.usage ?? {}, { a: 1 }),
      () => Object.assign([...view.requests][0]?.ack ?? {}, { state: 'void' }),
      () => Object.assign(view.meta, { title: 'Eve' }),
      () => (view.tree.children.get('root') as unknown[]).pop(),
    ];
    for (const write of writes) expect(write, write.toString()).toThrow(TypeError);
    expect(viewText(freshView(doc))).toBe(then);
  });
});
