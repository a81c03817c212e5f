// What happens to a new prompt while a run is active or queued: the table of S23, row by row.

import { describe, expect, test } from 'vitest';
import { decidePolicy, policies, type Policy } from '../../../src/session/policy.ts';
import { Devices } from '../../support/devices.ts';

type Ahead = 'nothing' | 'active' | 'queued';

/** A session with somebody's run ahead, and then bob's prompt. */
function arrive(policy: Policy, ahead: Ahead, mayControl = true) {
  const devices = new Devices({ policy: 'enqueue', mayControl: () => mayControl });
  const first = ahead === 'nothing' ? null : devices.ada.send('first').run;
  devices.books.settle();
  if (ahead === 'active') devices.claim(first);
  devices.ada.setPolicy(policy);
  const bob = devices.open('bob');
  devices.clock.advance(10);
  const sent = bob.send('second');
  devices.meet();
  const offered = devices.books.claim(sent.run ?? '', 'two').ok;
  return { devices, first, sent, offered };
}

/** What became of both, as the table says it. */
function fates(policy: Policy, ahead: Ahead, mayControl = true): string {
  const { devices, first, sent, offered } = arrive(policy, ahead, mayControl);
  const asked = [...devices.ada.view.requests].map(({ kind, run, state, by }) => {
    expect({ run, by }).toEqual({ run: first, by: 'bob' });
    return `${kind} ${state}`;
  });
  const { status } = devices.run(sent.run);
  const why = status.state === 'failed' ? ` ${status.error.code}` : '';
  const before = first === null ? [] : [`first ${devices.state(first)}`];
  return [...before, `second ${offered ? 'starts' : status.state}${why}`, ...asked].join(', ');
}

describe('a new prompt', () => {
  test.each(policies)('[S23] starts where nothing is ahead: %s', (policy) => {
    expect(fates(policy, 'nothing')).toBe('second starts');
    expect(fates(policy, 'nothing', false)).toBe('second starts');
  });

  test.each<[Policy, Ahead, string, string]>([
    ['enqueue', 'active', 'first running, second queued', 'first running, second queued'],
    ['enqueue', 'queued', 'first queued, second queued', 'first queued, second queued'],
    ['concurrent', 'active', 'first running, second starts', 'first running, second starts'],
    ['concurrent', 'queued', 'first queued, second starts', 'first queued, second starts'],
    [
      'reject',
      'active',
      'first running, second failed rejected',
      'first running, second failed rejected',
    ],
    [
      'reject',
      'queued',
      'first queued, second failed rejected',
      'first queued, second failed rejected',
    ],
    [
      'interrupt',
      'active',
      'first running, second queued, cancel requested',
      'first running, second queued',
    ],
    [
      'interrupt',
      'queued',
      'first cancelled, second starts, cancel settled',
      'first queued, second queued',
    ],
    [
      'steer',
      'active',
      'first running, second queued, steer requested',
      'first running, second queued',
    ],
    ['steer', 'queued', 'first queued, second queued', 'first queued, second queued'],
  ])(
    '[S23] by %s with one %s ahead: with the right to control %s, without %s',
    (policy, ahead, may, mayNot) => {
      expect(fates(policy, ahead)).toBe(may);
      expect(fates(policy, ahead, false)).toBe(mayNot);
    },
  );

  test('[S23] interrupts, and starts once what was interrupted has stopped', () => {
    const { devices, first, sent } = arrive('interrupt', 'active');
    expect(devices.ada.view.requests.size).toBe(1);
    devices.tell(first, { do: 'cancelled' });
    expect(devices.state(first)).toBe('cancelled');
    devices.claim(sent.run, 'two');
    expect([...devices.ada.view.requests].map(({ state, reason }) => [state, reason])).toEqual([
      ['settled', 'interrupted'],
    ]);
  });

  test('[S23] steers the newest of several that are active, with rights over that one alone', () => {
    const rights = new Set<string>();
    const mayControl = (principal: string, run: { id: string }) =>
      principal === 'bob' && rights.has(run.id);
    const devices = new Devices({ policy: 'concurrent', mayControl });
    const runs = ['a', 'b', 'c'].map((words) => devices.ada.send(words).run ?? '');
    const [newest = '', oldest = '', middle = ''] = runs;
    for (const run of [oldest, middle, newest]) {
      devices.claim(run);
      devices.clock.advance(10);
    }
    devices.ada.setPolicy('steer');
    const bob = devices.open('bob');
    bob.send('too early');
    devices.meet();
    expect(devices.ada.view.requests.size).toBe(0);
    rights.add(newest);
    devices.clock.advance(10);
    const sent = bob.send('more');
    devices.meet();
    expect([...devices.ada.view.requests]).toMatchObject([
      { kind: 'steer', run: newest, by: 'bob', message: sent.message, queued: sent.run },
    ]);
  });

  test.each(policies)(
    '[S23] of two devices that were offline is met in one order by all: %s',
    (policy) => {
      const devices = new Devices({ policy });
      const [bob, eve] = [devices.open('bob'), devices.open('eve')];
      const second = bob.send('mine');
      devices.clock.advance(5);
      const third = eve.send('mine too');
      devices.meet();
      const states = [second, third].map(({ run }) => devices.state(run));
      const expected: Record<Policy, readonly string[]> = {
        enqueue: ['queued', 'queued'],
        concurrent: ['queued', 'queued'],
        reject: ['queued', 'failed'],
        interrupt: ['cancelled', 'queued'],
        steer: ['queued', 'queued'],
      };
      expect(states).toEqual(expected[policy]);
      const claims = [third, second].map(({ run }) => devices.books.claim(run ?? '', 'one').ok);
      expect(claims).toEqual(
        {
          enqueue: [false, true],
          concurrent: [true, true],
          reject: [false, true],
          interrupt: [true, false],
          steer: [false, true],
        }[policy],
      );
      devices.meet();
      for (const { view } of [bob, eve]) {
        expect([...view.runs].toSorted(byId)).toEqual([...devices.ada.view.runs].toSorted(byId));
      }
    },
  );

  test('[S23] is admitted once: another policy later changes what waits, not what was decided', () => {
    const devices = new Devices({ policy: 'enqueue' });
    const first = devices.claim(devices.ada.send('first').run);
    const waits = devices.ada.send('second').run ?? '';
    const alsoWaits = devices.ada.send('third').run ?? '';
    devices.books.settle();
    for (const policy of ['reject', 'interrupt', 'steer'] as const) {
      devices.ada.setPolicy(policy);
      devices.books.settle();
      expect([first, waits, alsoWaits].map((run) => devices.state(run))).toEqual([
        'running',
        'queued',
        'queued',
      ]);
      expect(devices.ada.view.requests.size).toBe(0);
    }
    devices.ada.setPolicy('concurrent');
    devices.claim(alsoWaits, 'two');
    devices.ada.setPolicy('enqueue');
    expect(devices.books.claim(waits, 'two')).toEqual({ ok: false, code: 'not-offered' });
    devices.tell(first, { do: 'complete' });
    expect(devices.books.claim(waits, 'two').ok).toBe(false);
    devices.tell(alsoWaits, { do: 'complete' });
    devices.claim(waits, 'two');
  });

  test('[S23] of an agent inside a run is outside the policy, whatever it is', () => {
    for (const policy of policies) {
      const devices = new Devices({ policy });
      const first = devices.claim(devices.ada.send('first').run);
      const sub = devices.ada.sendWithin(first, 'helper', 'look this up').run;
      devices.claim(sub, 'two');
      expect([devices.state(first), devices.state(sub)]).toEqual(['running', 'running']);
    }
  });

  test('[S23] decides from what is ahead alone', () => {
    const nothing = { active: [], queued: [], mayControl: true };
    const much = { active: ['a', 'b'], queued: ['c'], mayControl: true };
    for (const policy of policies) expect(decidePolicy(policy, nothing)).toEqual({ do: 'start' });
    expect(decidePolicy('interrupt', much)).toEqual({ do: 'interrupt', runs: ['a', 'b', 'c'] });
    expect(decidePolicy('steer', much)).toEqual({ do: 'steer', run: 'b' });
    expect(decidePolicy('steer', { ...much, active: [] })).toEqual({ do: 'wait' });
  });
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
