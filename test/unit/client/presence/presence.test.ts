// Who is here: what is sent and how often, and what is believed of what comes.

import { describe, expect, test } from 'vitest';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { manualClock, systemClock } from '../../../../src/base/clock.ts';
import { readDevice } from '../../../../src/client/presence/person.ts';
import { AwarenessPresence } from '../../../../src/client/presence/presence.ts';
import { openPage, until } from '../../../support/client-stage.ts';
import { sharedSync } from '../../../support/sync-stage.ts';

const stamped = { principal: 'ben', name: 'Ben', kind: 'person' };

describe('presence', () => {
  const stage = sharedSync({ clock: systemClock });

  test('[C46] shows people with their devices and what they do, and nobody who has left', async () => {
    const [ada, ben, more] = [
      await openPage(stage(), 'ada'),
      await openPage(stage(), 'ben', { claims: { name: 'Ben' } }),
      await openPage(stage(), 'ben', { claims: { name: 'Ben' } }),
    ];
    const mine = ada.create();
    await mine.send('Hi').reached('durable');
    const theirs = ben.open(mine.id);
    theirs.presence.set({ typing: true, colour: '#00ff00', read: 'm1', fields: { at: 'top' } });
    await until(mine, 'ben', (one) => one.presence.others[0]?.typing === true);
    expect(mine.presence.others).toEqual([
      {
        ...stamped,
        colour: '#00ff00',
        devices: 1,
        typing: true,
        read: 'm1',
        fields: { at: 'top' },
      },
    ]);
    more.open(mine.id);
    await until(mine, 'both', (one) => one.presence.others[0]?.devices === 2);
    await until(theirs, 'ada', (one) => one.presence.others.length === 1);
    await ben.close();
    await until(mine, 'one', (one) => one.presence.others[0]?.devices === 1);
    await more.close();
    await until(mine, 'nobody', (one) => one.presence.others.length === 0);
    await ada.close();
  });

  test('[C46] is sent at once, then at most every 100 ms, the last word last', () => {
    const clock = manualClock();
    const presence = new AwarenessPresence(clock, () => 'ada');
    const awareness = new Awareness(new Y.Doc());
    presence.attach(awareness);
    const sent: unknown[] = [];
    awareness.on('update', () => sent.push(awareness.getLocalState()?.['read']));
    for (const read of ['a', 'b', 'c']) presence.set({ read });
    expect(sent).toEqual(['a']);
    clock.advance(99);
    expect(sent).toEqual(['a']);
    clock.advance(1);
    expect(sent).toEqual(['a', 'c']);
    clock.advance(1_000);
    expect(sent).toEqual(['a', 'c']);
    presence.set({ typing: true });
    clock.advance(8_200);
    expect(awareness.getLocalState()).toEqual({ read: 'c', typing: false });
    presence.close();
    expect(() => presence.set({ typing: true })).toThrow(
      expect.objectContaining({ code: 'closed' }),
    );
    awareness.destroy();
  });

  test('[C46] goes on over another document with what was said', () => {
    const presence = new AwarenessPresence(manualClock(), () => 'ada');
    const [first, second] = [new Awareness(new Y.Doc()), new Awareness(new Y.Doc())];
    presence.attach(first);
    presence.set({ read: 'm1' });
    presence.attach(second);
    expect(second.getLocalState()).toEqual({ read: 'm1' });
    const other = new Awareness(new Y.Doc());
    other.setLocalState({ ...stamped });
    const bytes = encodeAwarenessUpdate(other, [other.clientID]);
    applyAwarenessUpdate(first, bytes, 'wire');
    expect(presence.others).toEqual([]);
    applyAwarenessUpdate(second, bytes, 'wire');
    expect(presence.others).toMatchObject([{ principal: 'ben', devices: 1 }]);
    presence.close();
    for (const one of [first, second, other]) one.destroy();
  });

  test('[C47] believes of a state who it is by the stamp, and nothing that does not fit', () => {
    for (const state of [null, 1, 'ben', [], {}, { ...stamped, kind: 'god' }, { name: 'Ben' }]) {
      expect(readDevice(1, state)).toBeUndefined();
    }
    const deep: { next?: object } = {};
    for (let at = deep, depth = 0; depth < 100; depth++) at = at.next = {};
    const hostile = {
      ...stamped,
      name: 'x'.repeat(10_000),
      colour: 'url(javascript:alert(1))',
      typing: 'yes',
      read: '<img>',
      fields: deep,
    };
    expect(readDevice(1, hostile)).toEqual({
      ...stamped,
      client: 1,
      name: 'x'.repeat(200),
      colour: null,
      typing: false,
      read: null,
      fields: {},
    });
    const presence = new AwarenessPresence(manualClock(), () => 'ada');
    expect(() => presence.set({ fields: { big: 'x'.repeat(5_000) } })).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    );
  });
});
