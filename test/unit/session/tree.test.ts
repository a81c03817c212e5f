// One path through the tree: which sibling is shown, and what hangs on replies that never come.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Session, openSession } from '../../../src/session/session.ts';
import { connect, copyOf, held, peerOf, person, stage } from '../../support/peers.ts';

const idsOf = (session: Session): readonly string[] => session.view.path.map(({ id }) => id);

/** Three siblings at the root, each followed by one prompt. */
function threeBranches() {
  const { session, clock } = stage();
  const branches = ['One', 'Two', 'Three'].map((words) => {
    const { message } = session.send(words, { parent: null, agent: null });
    const next = session.send(`After ${words}`, { parent: message, agent: null });
    return [message, next.message] as const;
  });
  return { session, clock, branches };
}

describe('a view', () => {
  test('[S9] shows one path, through the newest siblings', () => {
    const { session, branches } = threeBranches();
    expect(idsOf(session)).toEqual(branches[2]);
    expect(session.view.messages.size).toBe(6);
    const other = peerOf(session, 'person:ben');
    other.send('Four', { parent: branches[0]?.[0] ?? null, agent: null });
    expect(idsOf(session)).toEqual(branches[2]);
  });

  test('[S9] shows a device what was written on it, whatever was chosen before', () => {
    const { session, branches } = threeBranches();
    const other = peerOf(session, 'person:ben');
    const [first] = branches[0] ?? [];
    session.choose(branches[1]?.[0] ?? '');
    const { message } = session.send('Four', { parent: first ?? null, agent: null });
    expect(idsOf(session)).toEqual([first, message]);
    expect(idsOf(other)).toEqual(branches[2]);
    const edit = session.edit(first ?? '', 'One, again', { agent: null });
    expect(idsOf(session)).toEqual([edit.message]);
    expect(idsOf(other)).toEqual([edit.message]);
  });

  test('[S9] takes this device before the shared selection, and that before the newest', () => {
    const { session, branches } = threeBranches();
    const other = peerOf(session, 'person:ben');
    const [one, two, three] = branches;
    session.choose(one?.[1] ?? '', { share: true });
    expect([idsOf(session), idsOf(other)]).toEqual([one, three]);
    other.followSelection(true);
    expect(idsOf(other)).toEqual(one);
    other.choose(two?.[0] ?? '');
    expect([idsOf(session), idsOf(other)]).toEqual([one, two]);
    other.followSelection(false);
    expect(idsOf(other)).toEqual(two);
    expect(session.view.selection.get('root')).toBe(one?.[0]);
  });

  test('[S9] that follows goes where somebody leads, and tells its subscribers', () => {
    const { session, branches } = threeBranches();
    const other = peerOf(session, 'person:ben');
    const seen: (readonly string[])[] = [];
    other.subscribe(
      (view) => view.path,
      () => void seen.push(idsOf(other)),
    );
    other.followSelection(true);
    for (const [message] of branches) session.choose(message, { share: true });
    expect(seen.slice(-3)).toEqual(branches);
  });

  test('[S9] asks no clock which sibling is the newest', () => {
    const { session, clock } = stage();
    const other = peerOf(session, 'person:ben', { clock: { ...clock, now: () => 5 } });
    const { message } = session.send('Late by its clock', { parent: null, agent: null });
    const newest = other.send('Early by its clock', { parent: null, agent: null });
    for (const one of [session, other]) {
      expect(idsOf(one)).toEqual([newest.message]);
      expect(one.view.tree.children.get('root')).toEqual([message, newest.message]);
    }
    const created = [message, newest.message].map((id) => session.view.messages.get(id)?.createdAt);
    expect(created).toEqual([1_000, 5]);
  });

  test('[S9] is the same on two devices that wrote at once', () => {
    const { session } = stage();
    const other = openSession(copyOf(session.doc), { principal: 'person:ben' });
    for (const one of [session, other]) {
      for (const words of ['a', 'b']) one.send(words, { parent: null, agent: null });
    }
    connect(session.doc, other.doc);
    const siblings = session.view.tree.children.get('root');
    expect(siblings).toHaveLength(4);
    expect(other.view.tree.children.get('root')).toEqual(siblings);
    expect([idsOf(session), idsOf(other)]).toEqual([[siblings?.at(-1)], [siblings?.at(-1)]]);
  });

  test('[S9] is not led astray by choices of messages that are not there', () => {
    const { session, branches } = threeBranches();
    const missing = expect.objectContaining({ code: 'not-found' });
    expect(() => session.choose('nobody')).toThrow(missing);
    session.pen.roots.selection.set('root', 'nobody');
    session.followSelection(true);
    expect(idsOf(session)).toEqual(branches[2]);
  });
});

/** Words on the path and, for what is only expected, a question mark. */
function pathOf(session: Session): readonly string[] {
  return session.view.path.map((message) =>
    message.expected
      ? '?'
      : message.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  );
}

describe('a prompt after a reply that is still to come', () => {
  test('[S10] follows it, and stays in its place when it comes', () => {
    const scene = stage();
    const { session, keeper } = scene;
    const one = session.send('A');
    const two = session.send('B');
    expect(session.view.messages.get(two.message)?.parent).toBe(one.reply);
    expect(pathOf(session)).toEqual(['A', '?', 'B', '?']);
    keeper.claim(one.run ?? '', 'agent:x');
    const writer = peerOf(session, 'agent:x').begin(one.run ?? '');
    writer.text().append('a');
    writer.end();
    expect(pathOf(session)).toEqual(['A', 'a', 'B', '?']);
    expect(session.faults).toEqual([]);
  });

  test('[S10] hangs on the prompt where the run was withdrawn', () => {
    const { session, keeper } = stage();
    const one = session.send('A');
    const two = session.send('B');
    session.cancel(one.run ?? '');
    keeper.settle();
    expect(session.view.runs.get(one.run ?? '')?.status.state).toBe('cancelled');
    expect(pathOf(session)).toEqual(['A', 'B', '?']);
    expect(session.view.tree.parents.get(two.message)).toBe(one.message);
  });

  test('[S10] hangs on the prompt where the run was refused by the policy', () => {
    const scene = stage({ policy: 'reject' });
    const { session, keeper } = scene;
    held(scene);
    const refused = session.send('B');
    session.send('C', { agent: null });
    keeper.settle();
    expect(session.view.runs.get(refused.run ?? '')?.status.state).toBe('failed');
    expect(pathOf(session)).toEqual(['Go on.', '?', 'B', 'C']);
  });

  test('[S10] hangs on the steering message where the words were steered', () => {
    const scene = stage();
    const { session, keeper } = scene;
    const { run, holder, reply } = held(scene);
    const steer = session.steer(run, 'left');
    session.send('C', { parent: steer.reply, agent: null });
    const epoch = keeper.view.runs.get(run)?.claim?.epoch ?? 0;
    const ack = { run, epoch, do: 'ack', request: steer.request ?? '', state: 'accepted' } as const;
    expect(keeper.obey(holder.principal, ack).ok).toBe(true);
    expect(session.view.runs.get(steer.run ?? '')?.status).toMatchObject({ why: 'steered' });
    expect(session.view.path.map(({ id }) => id).slice(1, 3)).toEqual([reply, steer.message]);
    expect(pathOf(session).slice(2)).toEqual(['left', 'C']);
  });

  test('[S10] hangs on the reply of the run that replaced it, however often', () => {
    for (const times of [1, 3, 63, 64, 65, 200]) {
      const { session, keeper } = stage();
      let prompt = session.send('A');
      const { message: after } = session.send('B', { agent: null });
      const first = prompt.message;
      for (let at = 0; at < times; at++) {
        prompt = session.edit(prompt.message, `A${at}`);
        keeper.settle();
      }
      expect(session.faults).toEqual([]);
      const parent = session.view.tree.parents.get(after);
      // A reader follows 64 replacements; beyond them the words hang on a prompt of the same place.
      const roots = session.view.tree.children.get('root') ?? [];
      expect(times < 64 ? [prompt.reply] : [...roots, prompt.reply]).toContain(parent);
      expect(roots).toContain(first);
      expect(roots.at(-1)).toBe(prompt.message);
    }
  });

  test('[S10] of a run that replaced and was withdrawn itself hangs on its prompt', () => {
    const { session, keeper } = stage();
    const one = session.send('A');
    session.send('B', { agent: null });
    const two = session.edit(one.message, 'A2');
    keeper.settle();
    session.cancel(two.run ?? '');
    keeper.settle();
    expect(pathOf(session)).toEqual(['A2', 'B']);
  });

  test('[S10] is a chain of any length, withdrawn in any order, of which nothing is lost', () => {
    const { session, keeper } = stage();
    const chain = ['A', 'B', 'C', 'D', 'E'].map((words) => session.send(words));
    for (const at of [2, 0, 3]) {
      session.cancel(chain[at]?.run ?? '');
      keeper.settle();
    }
    expect(pathOf(session)).toEqual(['A', 'B', '?', 'C', 'D', 'E', '?']);
    expect(session.faults).toEqual([]);
  });

  test('[S10] stays where it is when the run began and ended without a word', () => {
    const { session, keeper } = stage();
    const one = session.send('A');
    session.send('B', { agent: null });
    keeper.claim(one.run ?? '', 'agent:x');
    keeper.finish(one.run ?? '', 'cancelled');
    expect(pathOf(session)).toEqual(['A', '?', 'B']);
  });

  test('[S10] that arrives before its run is found once that is there', () => {
    const { session } = stage();
    const before = Y.encodeStateVector(session.doc);
    session.send('A');
    const other = openSession(new Y.Doc(), { principal: person });
    connect(session.doc, other.doc);
    session.send('B');
    expect(pathOf(other)).toEqual(['A', '?', 'B', '?']);
    expect(Y.encodeStateVector(other.doc)).not.toEqual(before);
  });
});
