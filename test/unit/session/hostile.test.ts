// Single attacks that once hurt a reader, each by the rule it breaks.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { LaneWriter } from '../../../src/session/lane.ts';
import { limits } from '../../../src/session/limits.ts';
import { openSession, type Session } from '../../../src/session/session.ts';
import { rootsOf } from '../../../src/session/shape.ts';
import { idOf } from '../../../src/session/struct.ts';
import type { View } from '../../../src/session/view.ts';
import { freshView } from '../../support/read-everything.ts';
import { Stage } from '../../support/stage.ts';
import { expectSameView } from '../../support/view-text.ts';

const head = (id: string, more: object = {}): object => ({
  id,
  role: 'user',
  author: 'eve',
  parent: null,
  createdAt: 1,
  ...more,
});

const message = (stored: unknown, parts: unknown = []): Y.Map<unknown> =>
  new Y.Map<unknown>([
    ['head', stored],
    ['parts', parts],
  ]);

function nextHop(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  return copy;
}

const anew = (doc: Y.Doc): View => freshView(nextHop(doc));

/** A session with one message, and what a hostile peer writes beside it. */
function attacked(write: (session: Session) => void): Session {
  const { ann } = new Stage();
  ann.send('Hello', { agent: null });
  write(ann);
  return ann;
}

describe('a hostile document', () => {
  test('[S37] with a message or a reply that is named like the root has an end', () => {
    const session = attacked(({ pen }) => {
      pen.roots.messages.push([message(head('root')), message(head('b', { parent: 'root' }))]);
      const run = {
        id: 'r',
        agent: 'a',
        message: 'root',
        reply: 'root',
        createdBy: 'eve',
        createdAt: 1,
      };
      pen.roots.runs.set(
        'r',
        new Y.Map<unknown>([
          ['head', run],
          ['acks', new Y.Map()],
        ]),
      );
    });
    expect(session.view.path).toHaveLength(1);
    expect(session.view.faults.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'malformed messages',
      'orphan messages/b',
      'malformed runs/r',
    ]);
  });

  test('[S37] lists at most 100 faults, the last of them counting the others', () => {
    const session = attacked(({ pen }) => {
      pen.roots.messages.push(
        Array.from({ length: 250 }, (_, at) => message(head(`m${at}`, { parent: 'x' }))),
      );
    });
    expect(session.view.faults).toHaveLength(limits.faultsListedMax);
    expect(session.view.faults.at(-1)).toMatchObject({
      where: 'faults',
      message: '151 further faults',
    });
  });

  test('[S33] reads on every peer as on the first, where an update carries a prototype', () => {
    const inherited: unknown = JSON.parse('{"__proto__":{"role":"user"},"id":"a","author":"eve"}');
    const enemy = nextHop(attacked(() => undefined).doc);
    const more: unknown = JSON.parse('{"__proto__":{"a":1},"name":"Eve","kind":"person"}');
    rootsOf(enemy).messages.push([message(inherited)]);
    rootsOf(enemy).participants.set('eve', more);
    const first = openSession(nextHop(enemy), { principal: 'ben' });
    expect(first.view.messages.has('a')).toBe(false);
    expect(first.view.participants.get('eve')).toEqual({ id: 'eve', name: 'Eve', kind: 'person' });
    expect(Reflect.get({}, 'role')).toBeUndefined();
    expectSameView(first.view, anew(first.doc), 'the next peer');
  });

  test('[S33] has no fault for a root that was only asked for', () => {
    const { doc } = attacked(({ pen }) => pen.doc.getMap('notes'));
    const session = openSession(doc, { principal: 'ben' });
    expect(session.view.faults).toEqual([]);
    doc.getMap('notes').set('a', 1);
    expect(session.view.faults).toMatchObject([{ code: 'unknown-root', where: 'notes' }]);
    expectSameView(session.view, anew(doc), 'anew');
  });

  test('[S33] shows the first of two messages with one id, also when the second one changes', () => {
    const session = attacked(({ pen }) => {
      const part = (text: string): unknown => [{ head: { type: 'text', id: 'p' }, text }];
      pen.roots.messages.push([message(head('a'), part('one')), message(head('a'), part('two'))]);
    });
    const deltas: unknown[] = [];
    session.follow((delta) => deltas.push(delta));
    expect(session.view.messages.get('a')?.parts).toMatchObject([{ text: 'one' }]);
    const { messages } = session.pen.roots;
    const second = messages.get(2);
    if (second instanceof Y.Map) second.set('parts', 'no parts');
    expectSameView(session.view, anew(session.doc), 'the second changed');
    expect(deltas).toEqual([]);
    messages.delete(1);
    expect(session.view.messages.get('a')?.parts).toEqual([]);
    expectSameView(session.view, anew(session.doc), 'the first went');
  });

  test('[S33] is read where one entry came in the middle and another went in one step', () => {
    const session = attacked(({ pen }) =>
      pen.roots.messages.push([message(head('a')), message(head('b'))]),
    );
    session.doc.transact(() => {
      session.pen.roots.messages.delete(1, 1);
      session.pen.roots.messages.insert(1, [message(head('c'))]);
    });
    expect(session.view.messages.has('c')).toBe(true);
    expectSameView(session.view, anew(session.doc), 'anew');
  });

  test('[S33] is read where the last entry was cut in two and others came before it', () => {
    const session = attacked(({ pen }) => pen.roots.messages.push([1, 2, 3]));
    session.doc.transact(() => {
      const { messages } = session.pen.roots;
      messages.insert(2, [message(head('x'))]);
      messages.insert(0, [message(head('c')), message(head('d'))]);
    });
    expect(session.view.messages.has('c')).toBe(true);
    expectSameView(session.view, anew(session.doc), 'anew');
  });

  test('[S33] counts what is no part alike, in however many pieces it came', () => {
    const parts = new Y.Array<unknown>();
    const session = attacked(({ pen }) => pen.roots.messages.push([message(head('a'), parts)]));
    const lane = new LaneWriter({ client: 7, clock: 0 });
    const last = lane.begin(idOf(parts), 'one');
    for (const words of ['', 'two']) {
      if (words !== '') lane.append(last, words);
      Y.applyUpdate(session.doc, lane.flush() ?? new Uint8Array());
      expectSameView(session.view, anew(session.doc), words);
    }
    expect(session.view.faults).toMatchObject([
      { message: '6 entries of the reply are no parts.' },
    ]);
  });

  test('[S33] expects a reply as its run says now', () => {
    const session = attacked((one) => one.send('Ask', { agent: 'helper' }));
    expect(session.view.path.at(-1)).toMatchObject({ expected: true, author: 'helper' });
    const [run] = session.pen.roots.runs.values();
    const stored: unknown = run instanceof Y.Map ? run.get('head') : undefined;
    if (run instanceof Y.Map) run.set('head', { ...Object(stored), agent: 'other' });
    expect(session.view.path.at(-1)).toMatchObject({ expected: true, author: 'other' });
    expectSameView(session.view, anew(session.doc), 'anew');
  });

  test('[S33] loses a fault where what was too long is short again', () => {
    const stage = new Stage();
    const { run } = stage.ann.send('Hello');
    stage.claim(run);
    const writer = stage.begin(run);
    writer.text().append('words');
    writer.flush();
    const entry = stage.agent.pen.roots.messages.get(1);
    const parts: unknown = entry instanceof Y.Map ? entry.get('parts') : undefined;
    const part: unknown = parts instanceof Y.Array ? parts.get(0) : undefined;
    const body: unknown = part instanceof Y.Map ? part.get('body') : undefined;
    const segment: unknown = body instanceof Y.Array ? body.get(0) : undefined;
    if (!(segment instanceof Y.Text)) throw new Error('no segment');
    segment.insert(5, 'x'.repeat(limits.segmentReadCharsMax));
    expect(stage.agent.view.faults).toMatchObject([{ code: 'wrong-type' }]);
    segment.delete(5, 100);
    expect(stage.agent.view.faults).toEqual([]);
    expectSameView(stage.agent.view, anew(stage.agent.doc), 'anew');
  });
});
