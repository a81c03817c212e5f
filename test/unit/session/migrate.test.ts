// Schemas older, newer and unknown, at the door and when they come later.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentDigest } from '../../../src/session/digest.ts';
import { checkSchema, type Migration } from '../../../src/session/migrate.ts';
import { createSession, openSession, type Session } from '../../../src/session/session.ts';
import { SCHEMA } from '../../../src/session/shape.ts';
import { copyOf, connect, held, otherAgent, person, stage, wordsOf } from '../../support/peers.ts';

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

/** A document of another schema: what it holds is as this one writes it. */
function ofSchema(schema: unknown): Y.Doc {
  const { session } = stage({ title: 'Old' });
  session.send('Hello');
  const doc = copyOf(session.doc);
  doc.getMap('meta').set('schema', schema);
  return doc;
}

/** Everything that a person can write. */
function verbsOf(session: Session): readonly (() => unknown)[] {
  const message = session.view.path[0]?.id ?? 'm1';
  const run = [...session.view.runs][0]?.id ?? 'r1';
  return [
    () => session.send('more'),
    () => session.edit(message, 'other'),
    () => session.regenerate(message),
    () => session.remove(message),
    () => session.cancel(run),
    () => session.steer(run, 'left'),
    () => session.pause(run),
    () => session.rename('Title'),
    () => session.setPolicy('reject'),
    () => session.setAgent('other'),
    () => session.introduce({ name: 'Ada', kind: 'person' }),
    () => session.annotate({ kind: 'message', message }, 'helpful', { score: 1 }),
    () => session.retract({ kind: 'message', message }, 'helpful'),
    () => session.choose(message, { share: true }),
    () => session.begin(run),
  ];
}

const wrong: readonly [string, unknown][] = [
  ['schema-newer', SCHEMA + 1],
  ['schema-newer', 2 ** 40],
  ['schema-unknown', 0],
  ['schema-unknown', -1],
  ['schema-unknown', 1.5],
  ['schema-unknown', '1'],
  ['schema-unknown', null],
  ['schema-unknown', { schema: 1 }],
];

describe('a document of another schema', () => {
  test.each(wrong)('[S2] is refused with %s: %j', (refused, schema) => {
    const doc = ofSchema(schema);
    const before = documentDigest(doc);
    expect(() => openSession(doc, { principal: person })).toThrow(code(refused));
    expect(documentDigest(doc)).toBe(before);
  });

  test.each(wrong)(
    '[S2] that arrives while it is open is read and not written: %s %j',
    (refused, schema) => {
      const session = openSession(new Y.Doc(), { principal: person });
      connect(ofSchema(schema), session.doc);
      const before = documentDigest(session.doc);
      expect(session.faults).toContainEqual(expect.objectContaining({ code: refused }));
      expect(session.view.path).toHaveLength(2);
      expect(session.view.meta.title).toBe('Old');
      for (const verb of verbsOf(session)) expect(verb).toThrow(code(refused));
      expect(documentDigest(session.doc)).toBe(before);
      expect(session.view.path[0]?.parts[0]).toMatchObject({ text: 'Hello' });
    },
  );

  test('[S2] stops a reply that is under way, with all it had not handed on', () => {
    const scene = stage();
    const { writer, holder, reply } = held(scene);
    const text = writer.text({ id: 't1' });
    text.append('before');
    writer.flush();
    text.append(' after');
    scene.session.doc.getMap('meta').set('schema', SCHEMA + 1);
    const before = documentDigest(holder.doc);
    for (const write of [
      () => text.append('more'),
      () => writer.text(),
      () => writer.data('d', 1),
      () => writer.flush(),
      () => writer.end(),
    ]) {
      expect(write).toThrow(code('schema-newer'));
    }
    expect(documentDigest(holder.doc)).toBe(before);
    expect(wordsOf(scene.session, reply, 't1')).toBe('before');
  });

  test('[S2] is seen behind any number of other faults', () => {
    const { session } = stage();
    for (let at = 0; at < 150; at++) session.doc.getMap('control').set(`c${at}`, 'no request');
    session.doc.getMap('meta').set('schema', SCHEMA + 1);
    expect(session.faults).toHaveLength(100);
    expect(() => session.send('more')).toThrow(code('schema-newer'));
  });

  test('[S2] may still be forked, into a session of this one', () => {
    const { session } = stage();
    const { message } = session.send('Hello');
    session.doc.getMap('meta').set('schema', SCHEMA + 1);
    const fork = session.fork(message);
    expect(fork.view.meta.schema).toBe(SCHEMA);
    expect(fork.send('on').message).toBe(fork.view.path.at(1)?.id);
  });
});

describe('an older document', () => {
  /** Two steps on: a new key with a plain value, then another name for it. */
  const steps: readonly Migration[] = [
    { from: SCHEMA, migrate: (roots) => void roots.meta.set('tone', 'plain') },
    {
      from: SCHEMA + 1,
      migrate: (roots) => {
        roots.meta.set('voice', roots.meta.get('tone'));
        roots.meta.delete('tone');
      },
    },
  ];
  const current = SCHEMA + 2;

  function old(): Y.Doc {
    const { session } = stage({ title: 'Old' });
    session.send('Hello');
    const { meta, participants, runs } = session.pen.roots;
    meta.set('unknown', { kept: [1, null] });
    participants.set(otherAgent, { name: 'Two', kind: 'agent', hat: 'red' });
    const run = [...runs.values()][0];
    if (run instanceof Y.Map) run.set('later', 'kept');
    return session.doc;
  }

  test('[S2] is brought up to date in place, step by step, and keeps what nobody knows', () => {
    const doc = old();
    const before = doc.toJSON();
    const { clientID } = doc;
    expect(checkSchema(doc, steps, current)).toBe(SCHEMA);
    const { meta, ...rest } = doc.toJSON();
    const { meta: metaBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    expect(meta).toEqual({ ...metaBefore, schema: current, voice: 'plain' });
    expect(doc.clientID).toBe(clientID);
    const digest = documentDigest(doc);
    expect(checkSchema(doc, steps, current)).toBe(current);
    expect(documentDigest(doc)).toBe(digest);
  });

  test('[S2] that two devices bring up to date at once is one document', () => {
    const one = old();
    const other = copyOf(one);
    for (const doc of [one, other]) checkSchema(doc, steps, current);
    connect(one, other);
    expect(documentDigest(one)).toBe(documentDigest(other));
    expect(one.getMap('meta').toJSON()).toMatchObject({ schema: current, voice: 'plain' });
    expect(one.getArray('messages')).toHaveLength(1);
  });

  test('[S2] to which no way leads all through is refused before the first step', () => {
    const doc = old();
    const before = documentDigest(doc);
    expect(() => checkSchema(doc, steps.slice(0, 1), current)).toThrow(code('schema-unknown'));
    expect(() => checkSchema(doc, steps.slice(1), current)).toThrow(code('schema-unknown'));
    expect(documentDigest(doc)).toBe(before);
  });

  test('[S2] of this very schema keeps what nobody knows, also when it is written', () => {
    const doc = old();
    const session = openSession(doc, { principal: person });
    expect(session.faults).toEqual([]);
    session.rename('New');
    session.send('more');
    expect(doc.getMap('meta').toJSON()).toMatchObject({
      title: 'New',
      unknown: { kept: [1, null] },
    });
    expect(doc.getMap('participants').get(otherAgent)).toMatchObject({ hat: 'red' });
  });
});

describe('a document of which nothing has arrived', () => {
  test('[S3] opens with an empty view, which writes nothing', () => {
    const doc = new Y.Doc();
    const session = openSession(doc, { principal: person });
    const { view } = session;
    expect(view.meta).toMatchObject({ schema: null, title: '', createdAt: null, agent: null });
    expect(view.path).toEqual([]);
    for (const table of [view.messages, view.runs, view.requests, view.participants]) {
      expect(table.size).toBe(0);
    }
    expect(session.faults).toEqual([]);
    expect(doc.store.clients.size).toBe(0);
  });

  test('[S3] refuses every verb, and takes it from the moment that the session arrives', () => {
    const session = openSession(new Y.Doc(), { principal: 'person:ben' });
    for (const verb of verbsOf(session)) expect(verb).toThrow(code('session-empty'));
    expect(session.doc.store.clients.size).toBe(0);
    const views: unknown[] = [];
    session.subscribe(
      (view) => view.meta.title,
      (title) => views.push(title),
    );
    const first = createSession({ principal: person, title: 'Here' });
    connect(first.doc, session.doc);
    expect(views).toEqual(['Here']);
    const { message } = session.send('Hello');
    expect(first.view.path.map(({ id }) => id)).toEqual([message]);
  });

  test('[S3] is empty still while what arrives cannot be put in its place', () => {
    const first = createSession({ principal: person });
    const seen = Y.encodeStateVector(first.doc);
    first.send('Hello', { agent: null });
    const session = openSession(new Y.Doc(), { principal: 'person:ben' });
    Y.applyUpdate(session.doc, Y.encodeStateAsUpdate(first.doc, seen));
    expect(() => session.send('more')).toThrow(code('session-empty'));
    Y.applyUpdate(session.doc, Y.encodeStateAsUpdate(first.doc));
    session.send('more', { agent: null });
    expect(session.view.path).toHaveLength(2);
  });
});
