// Messages stay as they were sent; what is deleted is gone.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Message } from '../../../src/session/message.ts';
import type { Session } from '../../../src/session/session.ts';
import { copyOf, held, peerOf, person, stage } from '../../support/peers.ts';
import { messageMap } from '../../support/segments.ts';

const code = (wanted: string): unknown => expect.objectContaining({ code: wanted });

/** What the document holds of a message, and what the view shows of it. */
const stateOf = (session: Session, id: string): readonly unknown[] => [
  messageMap(session.doc, id)?.toJSON(),
  session.view.messages.get(id),
];

const wordsOf = (message: Message | undefined): string =>
  (message?.parts ?? [])
    .map((part) => (part.type === 'text' ? part.text : `[${part.type}]`))
    .join('');

const idsOf = (session: Session): readonly string[] => session.view.path.map(({ id }) => id);

describe('a message', () => {
  test('[S7] is not changed by an edit, which is a sibling', () => {
    const scene = stage();
    const { session, keeper } = scene;
    const first = session.send('One');
    const before = stateOf(session, first.message);
    const second = session.edit(first.message, 'Two');
    keeper.settle();
    const third = session.edit(second.message, [{ type: 'text', text: 'Three' }]);
    keeper.settle();
    expect(stateOf(session, first.message)).toEqual(before);
    expect(session.view.messages.get(first.message)).toBe(before[1]);
    const siblings = [first, second, third].map(({ message }) => message);
    expect(session.view.tree.children.get('root')).toEqual(siblings);
    expect(siblings.map((id) => wordsOf(session.view.messages.get(id)))).toEqual([
      'One',
      'Two',
      'Three',
    ]);
    expect(idsOf(session)).toEqual([third.message, third.reply]);
  });

  test('[S7] is not changed by a regeneration, which is a sibling reply', () => {
    const scene = stage({ policy: 'concurrent' });
    const { session, keeper } = scene;
    const first = held(scene);
    first.writer.text({ id: 't1' }).append('First answer.');
    first.writer.end();
    keeper.finish(first.run);
    const before = stateOf(session, first.reply);
    const again = session.regenerate(first.reply);
    expect(again.message).toBe(first.message);
    const byPrompt = session.regenerate(first.message, { agent: 'other' });
    keeper.claim(again.run ?? '', 'agent:new');
    const writer = peerOf(session, 'agent:new').begin(again.run ?? '');
    writer.text().append('Second answer.');
    writer.end();
    expect(stateOf(session, first.reply)).toEqual(before);
    expect(session.view.messages.get(first.reply)).toBe(before[1]);
    expect(session.view.tree.children.get(first.message)).toEqual([
      first.reply,
      again.reply,
      byPrompt.reply,
    ]);
    const runs = [again, byPrompt].map(({ run }) => session.view.runs.get(run ?? ''));
    expect(runs.map((run) => run?.agent)).toEqual(['writer', 'other']);
  });

  test('[S7] can not be edited where it is a reply', () => {
    const scene = stage();
    const { reply, writer } = held(scene);
    writer.end();
    expect(() => scene.session.edit(reply, 'other')).toThrow(code('bad-input'));
  });

  test('[S7] that a view handed out can be changed by nobody', () => {
    const scene = stage();
    const { reply, writer } = held(scene);
    writer.data('d', { deep: [1] });
    writer.end();
    const part = scene.session.view.messages.get(reply)?.parts[0];
    const data = part?.type === 'data' ? (part.data as { deep: number[] }) : undefined;
    expect(() => data?.deep.push(2)).toThrow(TypeError);
    expect(() => Object.assign(part ?? {}, { id: 'other' })).toThrow(TypeError);
  });
});

/** Words that stand nowhere else, in every part that a prompt can have. */
const secret = 'Xyzzy-plugh-42';
const secretPrompt = [
  { type: 'text', text: `Say ${secret}` },
  { type: 'data', name: 'd', data: { [secret]: secret } },
  { type: 'source', title: secret, url: `https://example.org/${secret}` },
] as const;

/** Whether the words are in the bytes of a document, whatever they stand in. */
const holds = (doc: Y.Doc, words: string): boolean =>
  Buffer.from(Y.encodeStateAsUpdate(doc)).includes(words);

describe('a deleted message', () => {
  test('[S8] has left the documents of its author and of everybody who had it', () => {
    const { session } = stage();
    const peer = peerOf(session, 'person:ben');
    const { message } = session.send(secretPrompt, { agent: null });
    const next = session.send('And then?', { agent: null });
    const late = copyOf(session.doc);
    const docs = [session.doc, peer.doc];
    expect([...docs, late].map((doc) => holds(doc, secret))).toEqual([true, true, true]);
    session.remove(message);
    expect(docs.map((doc) => holds(doc, secret))).toEqual([false, false]);
    Y.applyUpdate(late, Y.encodeStateAsUpdate(session.doc, Y.encodeStateVector(late)));
    expect(holds(late, secret)).toBe(false);
    expect(holds(copyOf(session.doc), secret)).toBe(false);
    for (const one of [session, peer]) {
      expect(one.view.messages.get(message)).toMatchObject({
        id: message,
        author: person,
        deleted: true,
        parts: [],
      });
      expect(idsOf(one)).toEqual([message, next.message]);
      expect(one.faults).toEqual([]);
    }
  });

  test('[S8] may be a reply, of which every word and key is gone', () => {
    const scene = stage();
    const { writer, reply, holder } = held(scene);
    const tool = writer.tool('search');
    tool.streamInput(`{"${secret}`);
    tool.input({ [secret]: 1 });
    tool.output(secret);
    writer.text().append(`${'x'.repeat(5_000)} ${secret} `.repeat(3));
    writer.end();
    const docs = [scene.session.doc, holder.doc];
    expect(docs.map((doc) => holds(doc, secret))).toEqual([true, true]);
    holder.remove(reply);
    expect(docs.map((doc) => holds(doc, secret) || holds(doc, 'xxx'))).toEqual([false, false]);
    expect(scene.session.view.messages.get(reply)).toMatchObject({ deleted: true, parts: [] });
    expect(scene.session.view.path.at(-1)?.id).toBe(reply);
  });

  test('[S8] is deleted by its author alone', () => {
    const scene = stage();
    const { message, reply, writer } = held(scene);
    writer.text().append(secret);
    writer.end();
    const other = peerOf(scene.session, 'person:ben');
    expect(() => other.remove(message)).toThrow(code('not-author'));
    expect(() => scene.session.remove(reply)).toThrow(code('not-author'));
    expect(() => scene.session.remove('nobody')).toThrow(code('not-found'));
    expect(holds(other.doc, secret)).toBe(true);
    expect(scene.session.view.messages.get(message)?.deleted).toBe(false);
  });

  test('[S8] is not waited for: every run of it that is still queued is withdrawn', () => {
    const scene = stage();
    const { session, keeper } = scene;
    const ahead = held(scene);
    const waiting = session.send(secretPrompt);
    const again = session.regenerate(waiting.message);
    const other = session.send('Something else');
    keeper.settle();
    session.remove(waiting.message);
    keeper.settle();
    const statusOf = (run: string | null): unknown => session.view.runs.get(run ?? '')?.status;
    const withdrawn = expect.objectContaining({ state: 'cancelled', why: 'withdrawn' });
    expect([statusOf(waiting.run), statusOf(again.run)]).toEqual([withdrawn, withdrawn]);
    expect(statusOf(ahead.run)).toMatchObject({ state: 'running' });
    expect(statusOf(other.run)).toMatchObject({ state: 'queued' });
    expect(session.queue.map(({ id }) => id)).toEqual([other.run]);
    expect(idsOf(session).slice(-3)).toEqual([waiting.message, other.message, other.reply]);
  });

  test('[S8] whose run has begun is answered all the same', () => {
    const scene = stage();
    const { run, message, writer, reply } = held(scene);
    scene.session.remove(message);
    scene.keeper.settle();
    expect(scene.session.view.requests.size).toBe(0);
    writer.text().append('An answer.');
    writer.end();
    scene.keeper.finish(run);
    expect(wordsOf(scene.session.view.messages.get(reply))).toBe('An answer.');
  });

  test('[S8] may be deleted twice, on two devices at once', () => {
    const { session } = stage();
    const { message } = session.send(secretPrompt, { agent: null });
    const docs = [copyOf(session.doc), session.doc];
    const other = peerOf(session, person);
    session.remove(message);
    other.remove(message);
    session.remove(message);
    Y.applyUpdate(docs[0] as Y.Doc, Y.encodeStateAsUpdate(session.doc));
    expect(docs.map((doc) => holds(doc, secret))).toEqual([false, false]);
    expect(session.view.messages.get(message)?.deleted).toBe(true);
  });
});
