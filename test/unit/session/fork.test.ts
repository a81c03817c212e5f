// A fork: copies of one path, quoted, and nothing else of the old session.

import { describe, expect, test } from 'vitest';
import { toModelMessages } from '../../../src/session/model-messages.ts';
import type { Session } from '../../../src/session/session.ts';
import { copyOf, held, person, stage } from '../../support/peers.ts';
import { messageMap } from '../../support/segments.ts';

const hash = 'ab'.repeat(32);

/** A session with a prompt and a reply of every kind of part, finished. */
function answered() {
  const scene = stage({ title: 'First', policy: 'steer' });
  const asked = held(scene);
  const { writer, run } = asked;
  writer.reasoning({ id: 'r1', step: 's1' }).append('Hm.');
  writer.text({ id: 't1' }).append(`${'long '.repeat(2_000)}😀`);
  const done = writer.tool('search', { id: 'c1' });
  done.input({ q: 1 });
  done.askApproval();
  done.decided({ approved: true, by: person });
  done.output({ hits: [1] });
  const broken = writer.tool('search', { id: 'c2' });
  broken.streamInput('{"q"');
  broken.fail('No JSON.');
  const denied = writer.tool('rm', { id: 'c3' });
  denied.input({ path: '/' });
  denied.decided({ approved: false });
  writer.tool('search', { id: 'c4' }).streamInput('{');
  writer.tool('search', { id: 'c5' }).input({ q: 2 });
  writer.file({ mediaType: 'image/png', size: 12, hash, name: 'a.png' }, { id: 'f1' });
  writer.source({ title: 'A', url: '/doc', snippet: 'that' }, { id: 'u1' });
  writer.data('weather', { now: null }, { id: 'd1' });
  writer.end();
  scene.keeper.finish(run);
  return { ...scene, ...asked };
}

const pathIds = (session: Session): readonly string[] => session.view.path.map(({ id }) => id);

const originsOf = (session: Session): readonly unknown[] =>
  session.view.path.map(({ from }) => from);

describe('a fork', () => {
  test('[S11] copies the words of the path, each saying where it comes from', () => {
    const { session, message, reply } = answered();
    const last = session.send('Thanks', { agent: null });
    session.send('Not this', { agent: null });
    const fork = session.fork(last.message, { id: 'session-two' });
    expect(fork.id).toBe('session-two');
    expect(originsOf(fork)).toEqual([
      { session: 'session-one', message, author: person, role: 'user' },
      { session: 'session-one', message: reply, author: 'agent:one', role: 'assistant' },
      { session: 'session-one', message: last.message, author: person, role: 'user' },
    ]);
    expect(fork.view.path.map(({ author }) => author)).toEqual([person, person, person]);
    expect(fork.view.path.map(({ parent }) => parent)).toEqual([
      null,
      ...pathIds(fork).slice(0, 2),
    ]);
    expect(pathIds(fork).some((id) => session.view.messages.has(id))).toBe(false);
    expect(fork.faults).toEqual([]);
    expect(fork.view.meta).toMatchObject({ title: 'First', policy: 'steer', agent: 'writer' });
  });

  test('[S11] copies what can be copied of every part, as it was', () => {
    const { session, reply } = answered();
    const fork = session.fork(reply);
    const parts = fork.view.path[1]?.parts;
    const of = (id: string): unknown => parts?.find((part) => part.id === id);
    const was = (id: string): unknown =>
      session.view.messages.get(reply)?.parts.find((part) => part.id === id);
    // Calls that were still under way are left out: nobody will ever end them.
    expect(parts?.map(({ id }) => id)).toEqual(['r1', 't1', 'c1', 'c2', 'c3', 'f1', 'u1', 'd1']);
    for (const id of ['f1', 'u1', 'd1']) expect(of(id)).toEqual(was(id));
    expect(of('r1')).toMatchObject({ type: 'reasoning', text: 'Hm.', step: 's1', state: 'done' });
    expect(of('t1')).toMatchObject({ text: `${'long '.repeat(2_000)}😀`, state: 'done' });
    expect(of('c1')).toMatchObject({
      name: 'search',
      state: 'output-available',
      input: { q: 1 },
      output: { hits: [1] },
      preliminary: false,
    });
    expect(of('c1')).not.toHaveProperty('approval');
    expect(of('c1')).not.toHaveProperty('decision');
    expect(of('c2')).toMatchObject({ state: 'output-error', error: 'No JSON.' });
    expect(of('c3')).toMatchObject({ state: 'output-denied', input: { path: '/' } });
    const stored = messageMap(fork.doc, pathIds(fork)[1] ?? '')?.get('parts');
    expect(Array.isArray(stored)).toBe(true);
  });

  test('[S11] has no run, request, right or choice of the old session, nor its bytes', () => {
    const { session, keeper, message, reply, run } = answered();
    session.annotate({ kind: 'message', message: reply }, 'helpful', { comment: 'quite' });
    session.introduce({ name: 'Ada', kind: 'person' });
    session.choose(reply, { share: true });
    session.cancel(run);
    keeper.settle();
    const fork = session.fork(reply);
    const { view } = fork;
    const tables = [view.runs, view.requests, view.annotations, view.participants];
    expect(tables.map(({ size }) => size)).toEqual([0, 0, 0, 0]);
    expect([...view.selection]).toEqual([]);
    expect(view.path.map((one) => [one.run, one.within, one.steers])).toEqual([
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ]);
    expect([...fork.doc.store.clients.keys()]).toEqual([fork.doc.clientID]);
    for (const client of session.doc.store.clients.keys()) {
      expect(fork.doc.store.clients.has(client)).toBe(false);
    }
    const before = session.view;
    fork.send('on');
    expect(session.view).toBe(before);
    expect(before.messages.get(message)?.deleted).toBe(false);
  });

  test('[S11] quotes a copied author, who is never a principal of it', () => {
    const { session, reply } = answered();
    const fork = session.fork(reply);
    const speakers = toModelMessages(fork.view).map(({ author, role }) => [role, author]);
    const quoted = { id: 'agent:one', kind: 'agent', name: 'agent:one', quoted: true };
    expect(speakers[0]?.[1]).toMatchObject({ id: person, quoted: true });
    expect(speakers[1]).toEqual(['assistant', quoted]);
    // Whoever copied is the author, and alone may take the words away again.
    fork.remove(pathIds(fork)[1] ?? '');
    expect(fork.view.path[1]).toMatchObject({ deleted: true, from: { author: 'agent:one' } });
  });

  test('[S11] of a fork keeps the first origin', () => {
    const { session, reply } = answered();
    const second = session.fork(reply, { id: 'session-two' });
    const own = second.send('Of the second', { agent: null });
    const third = second.fork(own.message, { id: 'session-three' });
    const fourth = third.fork(third.view.path.at(-1)?.id ?? '');
    expect(originsOf(fourth)).toEqual([
      ...originsOf(second).slice(0, 2),
      { session: 'session-two', message: own.message, author: person, role: 'user' },
    ]);
    expect(fourth.view.path[1]?.parts).toEqual(second.view.path[1]?.parts);
    expect(fourth.faults).toEqual([]);
  });
});

describe('the path that is copied', () => {
  const wordsOf = (session: Session): readonly string[] =>
    session.view.path.map((one) =>
      one.deleted
        ? '(deleted)'
        : one.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    );

  test('[S11] is the way to the message, on whatever branch it stands', () => {
    const { session, clock } = stage();
    const one = session.send('One', { agent: null });
    const two = session.send('Two', { agent: null });
    session.edit(one.message, 'Other', { agent: null });
    clock.advance(5);
    const fork = session.fork(two.message);
    expect(wordsOf(fork)).toEqual(['One', 'Two']);
    expect(fork.view.path[0]?.createdAt).toBe(1_005);
    expect(() => session.fork('nobody')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  test('[S11] has no place for prompts that were withdrawn or replaced, nor for replies that are only expected', () => {
    const { session, keeper } = stage();
    const withdrawn = session.send('Withdrawn');
    const replaced = session.send('Replaced');
    const expected = session.send('Expected');
    const end = session.send('End', { agent: null });
    session.cancel(withdrawn.run ?? '');
    keeper.settle();
    const instead = session.edit(replaced.message, 'Instead');
    keeper.settle();
    expect(session.view.runs.get(replaced.run ?? '')?.status).toMatchObject({ why: 'replaced' });
    const fork = session.fork(end.message);
    expect(wordsOf(fork)).toEqual(['Instead', 'Expected', 'End']);
    expect(fork.view.path.map(({ from }) => from?.message)).toEqual([
      instead.message,
      expected.message,
      end.message,
    ]);
    expect(wordsOf(session.fork(expected.reply ?? ''))).toEqual(wordsOf(fork).slice(0, 2));
    expect(wordsOf(session.fork(withdrawn.message))).toEqual(['Withdrawn']);
  });

  test('[S11] passes through a refused prompt and through one that was steered', () => {
    const scene = stage({ policy: 'reject' });
    const { session, keeper } = scene;
    const { run, writer, holder } = held(scene);
    writer.text().append('First half');
    writer.flush();
    const refused = session.send('Refused');
    const afterRefusal = session.send('After', { agent: null });
    keeper.settle();
    expect(session.view.runs.get(refused.run ?? '')?.status.state).toBe('failed');
    const steer = session.steer(run, 'Steer');
    const afterSteer = session.send('After', { parent: steer.reply, agent: null });
    const epoch = keeper.view.runs.get(run)?.claim?.epoch ?? 0;
    const request = steer.request ?? '';
    keeper.obey(holder.principal, { run, epoch, do: 'ack', request, state: 'settled' });
    expect(session.view.runs.get(steer.run ?? '')?.status).toMatchObject({ why: 'steered' });
    const words = ['Go on.', 'First half'];
    expect(wordsOf(session.fork(afterRefusal.message))).toEqual([...words, 'Refused', 'After']);
    const fork = session.fork(afterSteer.message);
    expect(wordsOf(fork)).toEqual([...words, 'Steer', 'After']);
    expect(fork.view.path[2]).not.toHaveProperty('steers');
  });

  test('[S11] keeps the place of a deleted message, without its words', () => {
    const { session } = stage();
    const gone = session.send('Gone-for-ever', { agent: null });
    const last = session.send('Last', { agent: null });
    session.remove(gone.message);
    const fork = session.fork(last.message);
    expect(wordsOf(fork)).toEqual(['(deleted)', 'Last']);
  });

  test('[S11] may hold a reply of thousands of parts and values', () => {
    const scene = stage();
    const { writer, reply } = held(scene);
    const values = Array.from({ length: 9_000 }, (_, at) => at);
    for (let at = 0; at < 4; at++) writer.data('many', values, { id: `d${at}` });
    for (let at = 0; at < 3_000; at++) writer.text({ id: `t${at}` }).append('word');
    writer.end();
    const fork = scene.session.fork(reply);
    expect(fork.view.path[1]?.parts).toHaveLength(3_004);
    expect(fork.view.path[1]?.parts[3]).toMatchObject({ data: values });
    expect(fork.faults).toEqual([]);
    expect(copyOf(fork.doc).getArray('messages')).toHaveLength(2);
  });
});
