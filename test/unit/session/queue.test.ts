// The queue: who comes next, who is moved where, and what an edit of a waiting prompt does.

import fc from 'fast-check';
import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import { seededChance } from '../../../src/base/chance.ts';
import { placeAt, placeOf, queueOf } from '../../../src/session/queue.ts';
import type { Run } from '../../../src/session/run.ts';
import { runs } from '../../support/count.ts';
import { Devices } from '../../support/devices.ts';
import { Picture, run } from '../../support/picture.ts';

/** A session with so many prompts waiting, one millisecond after the other. */
function waiting(count: number, apart = 1): { devices: Devices; ids: string[] } {
  const devices = new Devices();
  const ids = Array.from({ length: count }, () => {
    const sent = devices.ada.send('words');
    devices.clock.advance(apart);
    return sent.run ?? '';
  });
  devices.books.settle();
  return { devices, ids };
}

const idsOf = (queue: readonly Run[]): string[] => queue.map(({ id }) => id);

describe('queued runs', () => {
  test('[S24] start in their order, one at a time', () => {
    const { devices, ids } = waiting(4);
    for (const [at, id] of ids.entries()) {
      for (const later of ids.slice(at + 1))
        expect(devices.books.claim(later, 'one').ok).toBe(false);
      devices.claim(id);
      devices.tell(id, { do: 'complete' });
    }
  });

  test('[S24] wait for what is stalled, and go on once it is abandoned', () => {
    const { devices, ids } = waiting(2);
    const [first = '', second = ''] = ids;
    devices.claim(first);
    devices.lose(first);
    expect(devices.books.claim(second, 'one').ok).toBe(false);
    devices.books.abandon(first, { code: 'crashed', message: 'Nobody took it.' });
    devices.claim(second);
  });

  test('[S24] are moved before and after others, and start in the new order', () => {
    const { devices, ids } = waiting(4);
    const [a = '', b = '', c = '', d = ''] = ids;
    devices.ada.reorder(d, { before: a });
    expect(idsOf(devices.ada.queue)).toEqual([d, a, b, c]);
    devices.ada.reorder(a, { after: c });
    expect(idsOf(devices.ada.queue)).toEqual([d, b, c, a]);
    devices.ada.reorder(c, { before: c });
    devices.ada.reorder(c, { before: b });
    expect(idsOf(devices.ada.queue)).toEqual([d, c, b, a]);
    for (const id of [d, c, b, a]) {
      devices.claim(id);
      devices.tell(id, { do: 'complete' });
    }
  });

  test('[S24] can be moved between two neighbours for ever', () => {
    const { devices, ids } = waiting(3);
    const low = ids[0] ?? '';
    let [, high = '', moved = ''] = ids;
    let spread = 0;
    devices.ada.doc.on('update', (update: Uint8Array) => {
      if (Y.decodeUpdate(update).structs.length >= 3) spread++;
    });
    for (let round = 0; round < 200; round++) {
      devices.ada.reorder(moved, { after: low });
      expect(idsOf(devices.ada.queue)).toEqual([low, moved, high]);
      [high, moved] = [moved, high];
    }
    expect(spread).toBeGreaterThan(1);
    const later = devices.ada.send('a new one').run ?? '';
    expect(idsOf(devices.ada.queue).at(-1)).toBe(later);
  });

  test('[S24] that were all sent at one moment are spread before what is sent next', () => {
    const { devices, ids } = waiting(3, 0);
    const [first = '', second = '', third = ''] = idsOf(devices.ada.queue);
    expect(ids.toSorted()).toEqual([first, second, third]);
    devices.ada.reorder(third, { after: first });
    const later = devices.ada.send('a new one').run;
    expect(idsOf(devices.ada.queue)).toEqual([first, third, second, later]);
  });

  test('[S24] keep one order wherever they are moved, whatever numbers peers gave them', () => {
    const numbers = fc.oneof(fc.nat(3), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const queues = fc.array(numbers, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(queues, fc.nat(), fc.nat(), fc.nat(2e12), (orders, from, to, now) => {
        const queue = queueOf(orders.map((order, at) => run(`r${at}`, 7, { order })));
        const moved = queue[from % queue.length];
        const others = queue.filter((one) => one !== moved);
        const at = to % queue.length;
        const wanted = others.toSpliced(at, 0, ...(moved === undefined ? [] : [moved]));
        const places = moved === undefined ? [] : placeAt(others, moved, at, now);
        const orderOf = new Map(places.map((place) => [place.run, place.order]));
        const after = queue.map((one) => ({ ...one, order: orderOf.get(one.id) ?? one.order }));
        expect(idsOf(queueOf(after))).toEqual(idsOf(wanted));
        for (const { order } of after) expect(Number.isFinite(order)).toBe(true);
      }),
      runs(500, 50_000),
    );
  });

  test('[S24] are replaced in their very place, also among others of the same moment', () => {
    const orders = fc.array(fc.nat(2), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(orders, fc.nat(), fc.integer({ min: 0, max: 9 }), (numbers, which, at) => {
        const queue = queueOf(numbers.map((order, id) => run(`r${id}`, order)));
        const former = queue[which % queue.length];
        if (former === undefined) return;
        const edited = run('new', at);
        const places = placeOf([...queue, edited], former, edited, 1_000);
        const orderOf = new Map(places.map((place) => [place.run, place.order]));
        const after = [...queue, edited]
          .filter((one) => one !== former)
          .map((one) => ({ ...one, order: orderOf.get(one.id) ?? one.order }));
        const wanted = idsOf(queue).map((id) => (id === former.id ? 'new' : id));
        expect(idsOf(queueOf(after))).toEqual(wanted);
      }),
      runs(500, 50_000),
    );
  });

  test('[S24] that left the queue, or never stood in it, are not moved', () => {
    const { devices, ids } = waiting(3);
    const [first = '', second = '', third = ''] = ids;
    devices.claim(first);
    const sub = devices.ada.sendWithin(first, 'helper', 'look this up').run ?? '';
    devices.books.settle();
    expect(idsOf(devices.ada.queue)).toEqual([second, third]);
    const before = devices.ada.view;
    for (const [moved, anchor] of [
      [first, second],
      [second, first],
      [sub, second],
      [second, sub],
    ]) {
      expect(() => devices.ada.reorder(moved ?? '', { after: anchor ?? '' })).toThrow(
        expect.objectContaining({ code: 'run-state' }),
      );
    }
    expect(() => devices.ada.reorder('nobody', { after: third })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
    expect(devices.ada.view).toBe(before);
  });

  test('[S20] [S24] that are moved by a device that was late stay as they ended', () => {
    const { devices, ids } = waiting(2);
    const [first = '', second = ''] = ids;
    const bob = devices.open('bob');
    bob.reorder(first, { after: second });
    devices.claim(first);
    devices.tell(first, { do: 'complete' });
    const ended = devices.run(first);
    devices.meet();
    expect(devices.run(first)).toBe(ended);
    expect(bob.view.runs.get(first)).toEqual(ended);
  });

  test('[S24] are withdrawn, and what is behind them comes next', () => {
    const { devices, ids } = waiting(3);
    const [first = '', second = '', third = ''] = ids;
    devices.ada.cancel(second);
    devices.books.settle();
    expect(devices.run(second).status).toMatchObject({ state: 'cancelled', why: 'withdrawn' });
    devices.claim(first);
    devices.tell(first, { do: 'complete' });
    devices.claim(third);
  });
});

describe('an edit of a waiting prompt', () => {
  test('[S24] stands in its place', () => {
    const { devices } = waiting(1);
    const sent = devices.ada.send('draft');
    devices.clock.advance(5);
    const last = devices.ada.send('last').run ?? '';
    devices.clock.advance(5);
    const edited = devices.ada.edit(sent.message, 'better');
    devices.books.settle();
    expect(devices.run(sent.run).status).toMatchObject({ why: 'replaced', run: edited.run });
    expect(idsOf(devices.ada.queue).slice(1)).toEqual([edited.run, last]);
    expect(devices.run(edited.run).order).toBe(devices.run(sent.run).createdAt);
    expect([...devices.ada.view.requests]).toMatchObject([{ kind: 'replace', state: 'settled' }]);
  });

  test('[S24] that comes too late is an ordinary prompt, under the policy', () => {
    for (const [policy, expected] of [
      ['enqueue', 'queued'],
      ['reject', 'failed'],
    ] as const) {
      const devices = new Devices({ policy });
      const sent = devices.ada.send('draft');
      const bob = devices.open('bob');
      const edited = bob.edit(sent.message, 'better');
      devices.claim(sent.run);
      devices.meet();
      expect([devices.state(sent.run), devices.state(edited.run)]).toEqual(['running', expected]);
      expect([...devices.ada.view.requests]).toMatchObject([
        { state: 'void', ack: { reason: 'run-started' } },
      ]);
    }
  });

  test('[S24] by somebody without the right is refused, and waits behind', () => {
    const devices = new Devices({ mayControl: (principal) => principal === 'eve' });
    const first = devices.claim(devices.ada.send('first').run);
    const sent = devices.ada.send('draft');
    devices.clock.advance(5);
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    const mine = bob.edit(sent.message, 'mine');
    devices.meet();
    expect(devices.state(sent.run)).toBe('queued');
    expect([...bob.view.requests]).toMatchObject([
      { state: 'refused', ack: { reason: 'forbidden' } },
    ]);
    expect(idsOf(devices.ada.queue)).toEqual([sent.run, mine.run]);
    const hers = eve.edit(sent.message, 'hers');
    devices.meet();
    expect(idsOf(devices.ada.queue)).toEqual([hers.run, mine.run]);
    expect(devices.state(first)).toBe('running');
  });

  test('[S24] by two devices at once stands once in its place; the other one waits behind', () => {
    const { devices } = waiting(1);
    const sent = devices.ada.send('draft');
    devices.clock.advance(5);
    const last = devices.ada.send('last').run ?? '';
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    devices.clock.advance(5);
    const one = bob.edit(sent.message, 'one');
    devices.clock.advance(5);
    const two = eve.edit(sent.message, 'two');
    devices.meet();
    expect(idsOf(devices.ada.queue).slice(1)).toEqual([one.run, last, two.run]);
  });

  test('[S24] takes a place in the queue only from the queue, and below a run only from there', () => {
    const picture = new Picture([run('a', 1), run('sub', 2, { parentRun: 'a' })], []);
    picture.ask({ id: 'x', kind: 'replace', run: 'a', with: 'sub' });
    picture.ask({ id: 'y', kind: 'replace', run: 'sub', with: 'a' });
    picture.settle();
    expect(['x', 'y'].map((id) => picture.requests.get(id)?.state)).toEqual(['void', 'void']);
    expect(['a', 'sub'].map((id) => picture.stateOf(id))).toEqual(['queued', 'queued']);
  });

  test('[S24] takes no place that its author could not give', () => {
    const devices = new Devices({ mayControl: () => false });
    const [bob, eve] = [devices.open('bob'), devices.open('eve')];
    const [mine, hers] = [bob.send('mine'), eve.send('hers')];
    const id = 'q'.repeat(22);
    const request = { id, kind: 'replace', run: mine.run, with: hers.run, by: 'bob', at: 1 };
    bob.doc.getMap('control').set(id, request);
    devices.meet();
    expect(bob.view.requests.get(id)).toMatchObject({
      state: 'refused',
      ack: { reason: 'forbidden' },
    });
    expect([devices.state(mine.run), devices.state(hers.run)]).toEqual(['queued', 'queued']);
  });

  test('ids that tell nothing of time make no difference to the order', () => {
    const chance = seededChance(5);
    const queue = Array.from({ length: 20 }, (_, at) => run(`r${chance.uint32()}`, at));
    expect(queueOf(queue.toReversed())).toEqual(queue);
  });
});
