// Control in documents: requests from devices that were offline, answers that everybody reads, and
// a successor that goes on where another stopped. Every order of things is interleaving.test.ts.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { cancelReaching, type HolderCommand } from '../../../src/session/bookkeeping.ts';
import { limits } from '../../../src/session/limits.ts';
import { isFinal } from '../../../src/session/run.ts';
import type { Session } from '../../../src/session/session.ts';
import { Devices } from '../../support/devices.ts';
import { Picture, run as newRun } from '../../support/picture.ts';

/** The words of a message as a device shows them. */
const textOf = (session: Session, message: string | null): string =>
  (session.view.messages.get(message ?? '')?.parts ?? [])
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('|');

describe('a run that stalled', () => {
  test('[S22] goes on in the same reply and the same text, without a seam', () => {
    const devices = new Devices();
    const sent = devices.ada.send('tell me');
    devices.books.settle();
    const [one, two, bob] = [devices.open('one'), devices.open('two'), devices.open('bob')];
    devices.claim(sent.run, 'one');
    devices.meet();
    const first = one.begin(sent.run ?? '');
    first.text({ id: 't' }).append('Once upon \ud83d\ude00');
    first.flush();
    devices.meet();
    devices.lose(sent.run);
    expect(devices.state(sent.run)).toBe('stalled');
    devices.claim(sent.run, 'two');
    devices.meet();
    const second = two.begin(sent.run ?? '');
    const text = second.continueText('t');
    expect(text.chars).toBe('Once upon \ud83d\ude00'.length);
    text.append(' a time');
    second.end();
    devices.meet();
    devices.tell(sent.run, { do: 'complete' });
    devices.meet();
    for (const session of [devices.ada, one, two, bob]) {
      expect(session.view.path.map(({ id }) => id)).toEqual([sent.message, sent.reply]);
      expect(textOf(session, sent.reply)).toBe('Once upon \ud83d\ude00 a time');
      expect(session.view.runs.get(sent.run ?? '')).toMatchObject({
        status: { state: 'complete' },
        claim: { holder: 'two', epoch: 2 },
      });
    }
  });

  test('[S20] keeps what was written, however it ends', () => {
    for (const command of ENDS) {
      const devices = new Devices();
      const sent = devices.ada.send('tell me');
      const run = devices.claim(sent.run, 'ada');
      const reply = devices.ada.begin(run);
      reply.text().append('half a');
      reply.flush();
      devices.tell(run, command);
      const ended = devices.run(run);
      expect(isFinal(ended.status.state)).toBe(true);
      devices.ada.cancel(run);
      devices.books.abandon(run, { code: 'crashed', message: '' });
      devices.books.settle();
      expect(devices.run(run)).toBe(ended);
      expect(textOf(devices.ada, sent.reply)).toBe('half a');
    }
  });
});

const ENDS: readonly Parameters<Devices['tell']>[1][] = [
  { do: 'complete' },
  { do: 'cancelled' },
  { do: 'fail', error: { code: 'own', message: 'x'.repeat(limits.sentenceCharsMax + 1) } },
];

describe('what a holder says', () => {
  const longest: { readonly [words: string]: Parameters<Devices['tell']>[1] } = {
    wait: { do: 'wait', for: 'x'.repeat(9_999) },
    fail: { do: 'fail', error: { code: 'x'.repeat(9_999), message: '\ud83d\ude00'.repeat(9_999) } },
    title: { do: 'title', title: 'x'.repeat(9_999) },
  };

  test.each(Object.keys(longest))('[S20] is cut where it is too long to be read: %s', (words) => {
    const devices = new Devices();
    const run = devices.claim(devices.ada.send('tell me').run);
    const command = longest[words];
    expect(command !== undefined && devices.tell(run, command)).toBe(true);
    expect(devices.ada.faults).toEqual([]);
    expect(devices.state(run)).toBe({ wait: 'waiting', fail: 'failed', title: 'running' }[words]);
  });

  test('[S20] is refused where no peer could read it, and changes nothing', () => {
    const devices = new Devices();
    const run = devices.claim(devices.ada.send('tell me').run);
    const request = devices.ada.pause(run);
    const { view } = devices.ada;
    const place = { message: 'no id' };
    const unreadable: Omit<HolderCommand & { do: 'ack' }, 'run' | 'epoch'> = {
      do: 'ack',
      request,
      state: 'accepted',
      place,
    };
    expect(devices.tell(run, unreadable)).toBe(false);
    const usage = { tokens: 'x'.repeat(limits.valueBytesMax) };
    expect(devices.tell(run, { do: 'usage', usage })).toBe(false);
    expect(devices.ada.view).toBe(view);
  });

  test('[S24] about a replacement is not asked: it came too late, whatever its holder says', () => {
    const picture = new Picture([newRun('a', 1), newRun('b', 2)], []);
    picture.settle();
    picture.claim('a', 'one');
    picture.ask({ id: 'x', kind: 'replace', run: 'a', with: 'b' });
    const said = picture.obey('one', {
      do: 'ack',
      run: 'a',
      epoch: 1,
      request: 'x',
      state: 'settled',
    });
    expect(said).toEqual({ ok: false, code: 'no-such-request' });
    picture.settle();
    expect([picture.requests.get('x')?.state, picture.stateOf('b')]).toEqual(['void', 'queued']);
  });
});

describe('a cancel', () => {
  test('[S27] from a device that was offline works before the run is claimed, and twice', () => {
    const devices = new Devices();
    const sent = devices.ada.send('tell me');
    devices.books.settle();
    const bob = devices.open('bob');
    const requests = [bob.cancel(sent.run ?? ''), bob.cancel(sent.run ?? '')];
    devices.meet();
    expect(bob.view.runs.get(sent.run ?? '')?.status).toMatchObject({
      state: 'cancelled',
      why: 'withdrawn',
    });
    expect(requests.map((id) => bob.view.requests.get(id)?.state)).toEqual(['settled', 'settled']);
    expect(devices.books.claim(sent.run ?? '', 'one')).toEqual({ ok: false, code: 'not-offered' });
  });

  test('[S26] [S27] that arrives before its run is kept for it', () => {
    const devices = new Devices();
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    const sent = bob.send('tell me');
    const request = eve.cancel(sent.run ?? '');
    devices.books.settle();
    expect(eve.view.requests.get(request)?.state).toBe('requested');
    devices.meet();
    expect(devices.state(sent.run)).toBe('cancelled');
    expect(eve.view.requests.get(request)?.state).toBe('settled');
  });

  test('[S27] of a held run is settled where its holder says that it stopped', () => {
    const devices = new Devices();
    const sent = devices.ada.send('tell me');
    const run = devices.claim(sent.run);
    const request = devices.ada.cancel(run);
    devices.books.settle();
    expect(devices.state(run)).toBe('running');
    const place = { message: sent.reply ?? '', part: 't', chars: 7 };
    devices.tell(run, { do: 'ack', request, state: 'accepted', place });
    devices.tell(run, { do: 'ack', request, state: 'settled', place });
    devices.tell(run, { do: 'cancelled' });
    const found = devices.ada.view.requests.get(request);
    expect(found).toMatchObject({ state: 'settled', ack: { by: 'one', place } });
    expect(devices.run(run).status).toMatchObject({ state: 'cancelled', why: 'asked' });
  });

  test('[S25] [S27] reaches the tree below, held and waiting, now and later, unless its scope is the run', () => {
    for (const scope of ['tree', 'run'] as const) {
      const devices = new Devices();
      const top = devices.claim(devices.ada.send('tell me').run);
      const held = devices.claim(devices.ada.sendWithin(top, 'helper', 'a').run, 'two');
      const waits = devices.ada.sendWithin(held, 'helper', 'b').run;
      devices.books.settle();
      devices.ada.cancel(top, { scope });
      devices.books.settle();
      const reached = scope === 'tree';
      expect(devices.state(held)).toBe('running');
      expect(cancelReaching(devices.ada.view, held) !== undefined).toBe(reached);
      expect(devices.state(waits)).toBe(reached ? 'cancelled' : 'queued');
      devices.tell(top, { do: 'cancelled' });
      const late = devices.ada.sendWithin(top, 'helper', 'c').run;
      devices.books.settle();
      expect(devices.state(late)).toBe(reached ? 'cancelled' : 'queued');
      devices.lose(held);
      expect(devices.state(held)).toBe(reached ? 'cancelled' : 'stalled');
    }
  });

  test('[S26] of a run that is final already is void, and reaches nobody', () => {
    const devices = new Devices();
    const top = devices.claim(devices.ada.send('tell me').run);
    const sub = devices.claim(devices.ada.sendWithin(top, 'helper', 'a').run, 'two');
    devices.tell(top, { do: 'complete' });
    const request = devices.ada.cancel(top);
    devices.books.settle();
    expect(devices.ada.view.requests.get(request)).toMatchObject({
      state: 'void',
      ack: { reason: 'run-final' },
    });
    expect([devices.state(top), devices.state(sub)]).toEqual(['complete', 'running']);
  });
});

describe('a sub-run', () => {
  test('[S25] writes beside the main line, which it does not hold up', () => {
    const devices = new Devices();
    const sent = devices.ada.send('tell me');
    const top = devices.claim(sent.run, 'ada');
    const sub = devices.ada.sendWithin(top, 'helper', 'look this up');
    devices.claim(sub.run, 'ada');
    const reply = devices.ada.begin(sub.run ?? '');
    reply.text().append('found');
    reply.end();
    const { view } = devices.ada;
    expect(view.path.map(({ id }) => id)).toEqual([sent.message, sent.reply]);
    expect(view.tree.within.get(top)).toEqual([sub.message]);
    expect(textOf(devices.ada, sub.reply)).toBe('found');
    expect(devices.ada.queue).toEqual([]);
    devices.tell(top, { do: 'complete' });
    const next = devices.ada.send('next').run;
    devices.claim(next, 'two');
  });

  test('[S25] waits for the run that it is below; in a circle, or too deep, it is rejected', () => {
    const picture = new Picture([newRun('sub', 2, { parentRun: 'top' })], []);
    picture.settle();
    expect(picture.claim('sub', 'one')).toEqual({ ok: false, code: 'not-offered' });
    picture.arrive(newRun('top', 1));
    picture.settle();
    expect(picture.claim('sub', 'one').ok).toBe(true);
    picture.arrive(newRun('x', 3, { parentRun: 'y' }));
    picture.arrive(newRun('y', 3, { parentRun: 'x' }));
    picture.arrive(newRun('self', 3, { parentRun: 'self' }));
    const depths = Array.from({ length: limits.runDepthMax + 2 }, (_, depth) => depth);
    for (const depth of depths) {
      picture.arrive(newRun(`d${depth}`, 4, depth === 0 ? {} : { parentRun: `d${depth - 1}` }));
    }
    picture.settle();
    expect(['x', 'y', 'self'].map((id) => picture.stateOf(id))).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    const failed = depths.filter((depth) => picture.stateOf(`d${depth}`) === 'failed');
    expect(failed).toEqual([limits.runDepthMax + 1]);
  });
});

test('[S26] a run without a map of acks is no run: no answer to it could be kept', () => {
  const devices = new Devices();
  const head = {
    id: 'x',
    agent: 'helper',
    message: 'm',
    reply: 'r',
    createdBy: 'eve',
    createdAt: 1,
  };
  devices.ada.doc.getMap('runs').set('x', new Y.Map([['head', head]]));
  const request = devices.ada.cancel('x');
  expect(devices.books.settle()).toBe(0);
  expect(devices.ada.view.runs.get('x')).toBeUndefined();
  expect(devices.ada.view.requests.get(request)?.state).toBe('requested');
  expect(devices.ada.faults).toMatchObject([{ code: 'wrong-type', where: 'runs/x/acks' }]);
});
