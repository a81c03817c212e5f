// What people hand to a run that goes on: words that steer it, and decisions on its tool calls.

import { describe, expect, test } from 'vitest';
import { decidedBy } from '../../../src/session/bookkeeping.ts';
import type { Session } from '../../../src/session/session.ts';
import { argumentHash } from '../../../src/session/tool.ts';
import { Devices } from '../../support/devices.ts';
import { Picture, run as newRun } from '../../support/picture.ts';

describe('a steer', () => {
  /** A run that goes on, and words for it. */
  function steered() {
    const devices = new Devices();
    const first = devices.claim(devices.ada.send('tell me').run, 'ada');
    const reply = devices.ada.begin(first);
    reply.text().append('Well, ');
    reply.flush();
    devices.clock.advance(5);
    const sent = devices.open('bob').steer(first, 'shorter');
    devices.meet();
    return { devices, first, reply, sent, request: sent.request ?? '' };
  }

  test('[S28] is the run\u2019s once its holder acks it, and stands in the transcript', () => {
    const { devices, first, sent, request } = steered();
    expect(devices.ada.queue.map(({ id }) => id)).toEqual([sent.run]);
    devices.tell(first, { do: 'ack', request, state: 'accepted' });
    expect(devices.ada.queue).toEqual([]);
    expect(devices.run(sent.run).status).toMatchObject({
      state: 'cancelled',
      why: 'steered',
      run: first,
    });
    devices.tell(first, { do: 'complete' });
    expect(devices.ada.view.requests.get(request)?.state).toBe('settled');
    const shown = devices.ada.view.path.map(({ id }) => id);
    expect(shown.slice(-2)).toEqual([devices.run(first).reply, sent.message]);
    expect(devices.books.claim(sent.run ?? '', 'two').ok).toBe(false);
  });

  test('[S28] is an ordinary queued prompt where the run ends first, or the holder refuses it', () => {
    for (const how of ['ends', 'refuses'] as const) {
      const { devices, first, sent, request } = steered();
      if (how === 'refuses')
        devices.tell(first, { do: 'ack', request, state: 'refused', reason: 'no' });
      devices.tell(first, { do: 'complete' });
      const ack =
        how === 'ends'
          ? { state: 'void', reason: 'run-final' }
          : { state: 'refused', reason: 'no' };
      expect(devices.ada.view.requests.get(request)?.ack).toMatchObject(ack);
      devices.claim(sent.run, 'two');
      expect(devices.state(sent.run)).toBe('running');
      expect(devices.tell(first, { do: 'ack', request, state: 'accepted' })).toBe(false);
    }
  });

  test('[S28] waits for a successor where the claim is lost', () => {
    const { devices, first, sent, request } = steered();
    devices.lose(first);
    expect(devices.books.claim(sent.run ?? '', 'two').ok).toBe(false);
    devices.claim(first, 'two');
    expect(devices.tell(first, { do: 'ack', request, state: 'settled' })).toBe(true);
    expect(devices.run(sent.run).status).toMatchObject({ why: 'steered' });
  });

  test('[S28] is not lost by the policy of the session: rejected it is not', () => {
    const devices = new Devices({ policy: 'reject' });
    const first = devices.claim(devices.ada.send('tell me').run);
    const sent = devices.ada.steer(first, 'shorter');
    devices.books.settle();
    expect(devices.state(sent.run)).toBe('queued');
    devices.tell(first, { do: 'complete' });
    devices.claim(sent.run);
  });

  test('[S28] to a run that has ended is a prompt from the beginning', () => {
    const devices = new Devices();
    const first = devices.claim(devices.ada.send('tell me').run);
    devices.tell(first, { do: 'complete' });
    const sent = devices.ada.steer(first, 'shorter');
    expect(sent.request).toBeNull();
    expect(devices.ada.view.messages.get(sent.message)?.steers).toBeUndefined();
    devices.claim(sent.run);
  });

  test('[S26] [S28] with words that are elsewhere is answered, and takes nothing', () => {
    const devices = new Devices({ policy: 'concurrent', mayControl: (who) => who === 'ada' });
    const [first, begun] = ['a', 'b'].map((words) => devices.claim(devices.ada.send(words).run));
    const waits = devices.ada.send('c');
    const message = waits.message;
    const steer = { kind: 'steer', run: first, at: 1, message, queued: waits.run, by: 'ada' };
    const control = devices.ada.doc.getMap('control');
    control.set('late', {
      ...steer,
      id: 'late',
      queued: begun,
      message: devices.run(begun ?? '').message,
    });
    control.set('other', { ...steer, id: 'other', message: devices.run(first ?? '').message });
    control.set('theirs', { ...steer, id: 'theirs', by: 'eve' });
    control.set('self', { ...steer, id: 'self', run: waits.run });
    devices.books.settle();
    const answers = ['late', 'other', 'theirs', 'self'].map((id) => {
      const { state, reason } = devices.ada.view.requests.get(id)?.ack ?? {};
      return `${state} ${reason}`;
    });
    expect(answers).toEqual([
      'void words-started',
      'void other-words',
      'refused forbidden',
      'void circular',
    ]);
    expect([first, begun, waits.run].map((id) => devices.state(id ?? ''))).toEqual([
      'running',
      'running',
      'queued',
    ]);
  });
});

describe('a steer that its holder reads before anything else is decided', () => {
  const read = (picture: Picture) =>
    picture.obey('one', { do: 'ack', run: 'a', epoch: 1, request: 's', state: 'accepted' });

  /** A run that goes on beside words that wait, and a steer that nobody has looked at. */
  function asked(message = 'm-q'): Picture {
    const picture = new Picture([newRun('a', 1), newRun('q', 2)], [], { policy: 'concurrent' });
    picture.settle();
    picture.claim('a', 'one');
    picture.ask({ id: 's', kind: 'steer', run: 'a', message, queued: 'q' });
    return picture;
  }

  test('[S28] takes the words, which are offered to nobody until it is answered', () => {
    const picture = asked();
    expect(picture.claim('q', 'two')).toEqual({ ok: false, code: 'not-offered' });
    const refused = picture.clone();
    refused.obey('one', { do: 'ack', run: 'a', epoch: 1, request: 's', state: 'refused' });
    expect(refused.claim('q', 'two').ok).toBe(true);
    expect(read(picture).ok).toBe(true);
    expect(picture.stateOf('q')).toBe('cancelled');
  });

  test('[S28] takes no words that were withdrawn, or are another message\u2019s', () => {
    const withdrawn = asked();
    withdrawn.ask({ id: 'c', kind: 'cancel', run: 'q', scope: 'run' });
    for (const picture of [withdrawn, asked('m-other')]) {
      expect(read(picture)).toEqual({ ok: false, code: 'already-answered' });
      picture.settle();
      expect(picture.requests.get('s')?.state).toBe('void');
    }
    expect(withdrawn.runs.get('q')?.status).toMatchObject({ why: 'withdrawn' });
  });
});

describe('an approval', () => {
  /** A run of ada's own that asks whether it may; bob and eve see the question. */
  function asking() {
    const devices = new Devices();
    const sent = devices.ada.send('clean up');
    const run = devices.claim(sent.run, 'ada');
    const reply = devices.ada.begin(run);
    const tool = reply.tool('delete', { id: 'call' });
    const input = { path: '/tmp', all: true };
    tool.input(input);
    const hash = tool.askApproval({ reason: 'It cannot be undone.' });
    reply.flush();
    devices.tell(run, { do: 'wait', for: 'approval' });
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    return { devices, run, reply, tool, hash, input, bob, eve };
  }

  const answer = (session: Session, request: string) => session.view.requests.get(request)?.state;

  test('[S29] names the hash of the arguments that were shown', () => {
    const { run, hash, input, bob } = asking();
    const request = bob.approve(run, 'call', 'go on');
    expect(hash).toBe(argumentHash({ all: true, path: '/tmp' }));
    expect(bob.view.requests.get(request)).toMatchObject({
      kind: 'approve',
      call: 'call',
      hash: argumentHash(input),
      by: 'bob',
      reason: 'go on',
    });
    expect(argumentHash({ ...input, path: '/' })).not.toBe(hash);
  });

  test('[S29] is not given to a call that does not ask, or is not there', () => {
    const { devices, run, reply, tool } = asking();
    const { ada } = devices;
    expect(() => ada.approve(run, 'nothing')).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    tool.decided({ approved: true });
    reply.flush();
    const { size } = ada.view.requests;
    expect(() => ada.deny(run, 'call')).toThrow(expect.objectContaining({ code: 'part-state' }));
    expect(ada.view.requests.size).toBe(size);
  });

  test('[S29] is won by the decision that the holder acks; all devices see the others as void', () => {
    const { devices, run, bob, eve } = asking();
    const no = bob.deny(run, 'call');
    devices.clock.advance(5);
    const [yes, again] = [eve.approve(run, 'call'), eve.approve(run, 'call')];
    devices.meet();
    expect([bob, eve].map((session) => answer(session, no))).toEqual(['requested', 'requested']);
    devices.tell(run, { do: 'ack', request: yes, state: 'accepted' });
    expect(devices.tell(run, { do: 'ack', request: no, state: 'accepted' })).toBe(false);
    devices.meet();
    for (const session of [devices.ada, bob, eve]) {
      expect([yes, no, again].map((id) => answer(session, id))).toEqual([
        'accepted',
        'void',
        'void',
      ]);
      expect(decidedBy(session.view, run, 'call')?.id).toBe(yes);
    }
    const late = bob.deny(run, 'call');
    devices.meet();
    expect(bob.view.requests.get(late)?.ack).toMatchObject({ state: 'void', reason: 'decided' });
  });

  test('[S29] is found decided by a successor, which cannot decide again', () => {
    const { devices, run, bob, eve } = asking();
    const no = bob.deny(run, 'call');
    devices.meet();
    devices.tell(run, { do: 'ack', request: no, state: 'accepted' });
    const yes = eve.approve(run, 'call');
    devices.lose(run);
    devices.meet();
    devices.claim(run, 'two');
    expect(decidedBy(devices.ada.view, run, 'call')).toMatchObject({ id: no, kind: 'deny' });
    expect(devices.tell(run, { do: 'ack', request: yes, state: 'accepted' })).toBe(false);
    expect(devices.tell(run, { do: 'ack', request: no, state: 'settled' })).toBe(true);
    expect(answer(devices.ada, yes)).toBe('void');
  });

  test('[S29] of one call decides nothing about another', () => {
    const { devices, run, reply, bob } = asking();
    const other = reply.tool('delete', { id: 'other' });
    other.input({ path: '/tmp', all: true });
    other.askApproval();
    reply.flush();
    devices.meet();
    const [one, two] = [bob.approve(run, 'call'), bob.deny(run, 'other')];
    devices.meet();
    devices.tell(run, { do: 'ack', request: one, state: 'accepted' });
    expect(answer(devices.ada, two)).toBe('requested');
    expect(devices.tell(run, { do: 'ack', request: two, state: 'accepted' })).toBe(true);
  });

  test('[S26] [S29] that nobody read is void once the run has ended', () => {
    const { devices, run, bob } = asking();
    const request = bob.approve(run, 'call');
    devices.meet();
    devices.tell(run, { do: 'fail', error: { code: 'own', message: 'It broke.' } });
    expect(devices.ada.view.requests.get(request)?.ack).toMatchObject({
      state: 'void',
      reason: 'run-final',
    });
  });
});

test('[S26] a pause of a run that has not begun is refused, of one that goes on its holder\u2019s to answer', () => {
  const devices = new Devices();
  const sent = devices.ada.send('tell me');
  const early = devices.ada.pause(sent.run ?? '');
  devices.books.settle();
  expect(devices.ada.view.requests.get(early)?.ack).toMatchObject({
    state: 'refused',
    reason: 'not-running',
  });
  const run = devices.claim(sent.run);
  const requests = [devices.ada.pause(run), devices.ada.resume(run)];
  devices.books.settle();
  devices.tell(run, { do: 'ack', request: requests[0] ?? '', state: 'accepted' });
  devices.tell(run, { do: 'complete' });
  expect(requests.map((id) => devices.ada.view.requests.get(id)?.state)).toEqual([
    'settled',
    'void',
  ]);
});
