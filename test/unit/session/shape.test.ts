// What a session begins as, and what cannot become one.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentDigest } from '../../../src/session/digest.ts';
import { createSession, openSession } from '../../../src/session/session.ts';
import { SCHEMA } from '../../../src/session/shape.ts';
import { copyOf, person, stage } from '../../support/peers.ts';

const roots = ['annotations', 'control', 'messages', 'meta', 'participants', 'runs', 'selection'];

const refusal = expect.objectContaining({ code: 'not-a-session' });

describe('a new session', () => {
  test('[S1] has the roots of the schema and no others, in every document that gets it', () => {
    const { session } = stage({ title: 'A title', policy: 'concurrent' });
    const { clock } = session.pen;
    expect([...session.doc.share.keys()].toSorted()).toEqual(roots);
    const other = copyOf(session.doc);
    expect([...other.share.keys()]).toEqual(['meta']);
    expect(other.getMap('meta').toJSON()).toEqual({
      schema: SCHEMA,
      createdAt: clock.now(),
      createdBy: person,
      title: 'A title',
      agent: 'writer',
      policy: 'concurrent',
    });
    expect(openSession(other, { principal: person }).view.meta).toEqual(session.view.meta);
  });

  test('[S1] keeps to these roots, whatever is done in it', () => {
    const { session, keeper } = stage();
    const sent = session.send('Hello');
    session.introduce({ name: 'Ada', kind: 'person' });
    session.annotate({ kind: 'message', message: sent.message }, 'helpful', { score: 1 });
    session.cancel(sent.run ?? '');
    session.choose(sent.message, { share: true });
    keeper.settle();
    expect([...copyOf(session.doc).share.keys()].toSorted()).toEqual(roots);
  });

  test('[S1] is not begun where something is already', () => {
    const worlds: readonly ((doc: Y.Doc) => void)[] = [
      (doc) => doc.getText('essay').insert(0, 'words'),
      (doc) => doc.getMap('meta').set('title', 'mine'),
      (doc) => doc.getArray('messages').push([1]),
      (doc) => createSession({ doc, principal: person }).close(),
      // Words that were deleted leave a document that is not empty either.
      (doc) => {
        doc.getText('essay').insert(0, 'words');
        doc.getText('essay').delete(0, 5);
      },
    ];
    for (const make of worlds) {
      const doc = new Y.Doc();
      make(doc);
      const before = documentDigest(doc);
      const names = [...doc.share.keys()];
      expect(() => createSession({ doc, principal: person })).toThrow(refusal);
      expect(documentDigest(doc)).toBe(before);
      expect([...doc.share.keys()]).toEqual(names);
    }
  });

  test('[S1] is not begun where something is on its way', () => {
    const other = new Y.Doc();
    other.getText('essay').insert(0, 'first');
    const seen = Y.encodeStateVector(other);
    other.getText('essay').insert(5, ' second');
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, seen));
    expect(() => createSession({ doc, principal: person })).toThrow(refusal);
  });
});

describe('a document whose names are taken', () => {
  const takers: readonly [string, (doc: Y.Doc) => unknown][] = [
    ['meta', (doc) => doc.getArray('meta')],
    ['messages', (doc) => doc.getMap('messages')],
    ['messages', (doc) => doc.getText('messages')],
    ['runs', (doc) => doc.getXmlFragment('runs')],
    ['control', (doc) => doc.getText('control')],
    ['participants', (doc) => doc.getArray('participants')],
    ['annotations', (doc) => doc.getArray('annotations')],
    ['selection', (doc) => doc.getText('selection')],
  ];

  test.each(takers)('[S1] is refused and left as it is, whichever it is: %s', (name, take) => {
    for (const open of [
      (doc: Y.Doc) => createSession({ doc, principal: person }),
      (doc: Y.Doc) => openSession(doc, { principal: person }),
    ]) {
      const doc = new Y.Doc();
      const taken = take(doc);
      expect(() => open(doc)).toThrow(refusal);
      expect([...doc.share]).toEqual([[name, taken]]);
      expect(doc.store.clients.size).toBe(0);
      // The app still has all other names for itself.
      for (const other of roots) if (other !== name) doc.getText(other);
      expect(doc.share.size).toBe(roots.length);
    }
  });

  test('[S1] is no document where an app has asked for the same types, or for none', () => {
    const doc = new Y.Doc();
    doc.getMap('meta');
    doc.getArray('messages');
    doc.get('runs');
    expect(createSession({ doc, principal: person }).view.meta.schema).toBe(SCHEMA);
  });
});
