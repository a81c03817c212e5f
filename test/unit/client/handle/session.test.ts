// Sessions of an app over real sockets: open, write, see one another.

import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/clock.ts';
import { sharedSync } from '../../../support/sync-stage.ts';
import type { SessionHandle } from '../../../../src/client/session-handle.ts';
import {
  ClientDevice,
  noNetwork,
  openPage,
  until,
  wordsOf,
} from '../../../support/client-stage.ts';

const allSent = ({ status }: SessionHandle): boolean =>
  status.connection.name === 'live' && status.unsent === 0;

describe('a session of an app', () => {
  const stage = sharedSync({ clock: systemClock });

  test('[C2] is made here, written to, and seen by another', async () => {
    const [ada, ben] = [await openPage(stage(), 'ada'), await openPage(stage(), 'ben')];
    const mine = ada.create({ title: 'Walks' });
    const sent = mine.send('Where to?', { agent: 'guide' });
    expect(mine.status.connection.name).not.toBe('live');
    await sent.reached('durable');
    const theirs = ben.open(mine.id);
    expect(theirs.view.path).toEqual([]);
    await until(theirs, 'the words', (handle) => wordsOf(handle).includes('Where to?'));
    expect(theirs.view.meta.title).toBe('Walks');
    await Promise.all([ada.close(), ben.close()]);
  });

  test('[C2] is read from the device with the server gone, and goes on from there', async () => {
    const device = new ClientDevice();
    const first = await openPage(stage(), 'ada', { device });
    const made = first.create();
    await made.send('One').reached('durable');
    await first.close();
    const gone = { device, platform: noNetwork };
    const again = await openPage(stage(), 'ada', gone);
    const offline = again.open(made.id);
    await offline.ready;
    expect(wordsOf(offline)).toEqual(['One']);
    await offline.send('Two').reached('stored');
    const new1 = again.create();
    await new1.send('Three').reached('stored');
    await again.close();
    const third = await openPage(stage(), 'ada', { device });
    const [old, new2] = [third.open(made.id), third.open(new1.id)];
    await Promise.all([old, new2].map((handle) => until(handle, 'all', allSent)));
    await third.close();
    const other = await openPage(stage(), 'ada');
    const seen = other.open(made.id);
    await until(seen, 'both', (handle) => wordsOf(handle).join() === 'One,Two');
    await until(other.open(new1.id), 'it', (handle) => wordsOf(handle).join() === 'Three');
    await other.close();
  });

  test('[C3] says how far each write has got', async () => {
    const device = new ClientDevice();
    const offline = await openPage(stage(), 'ada', { device, platform: noNetwork });
    const mine = offline.create();
    const sent = mine.send('Where to?', { agent: 'guide' });
    const states = [sent.state];
    sent.subscribe((state) => states.push(state));
    await sent.reached('stored');
    expect([sent.message, sent.run, sent.reply].map((id) => mine.saved(id ?? ''))).toEqual(
      Array(3).fill('stored'),
    );
    expect(mine.status.unsent).toBe(2);
    await offline.close();
    expect(states).toEqual(['local', 'stored']);
    const online = await openPage(stage(), 'ada', { device });
    const again = online.open(mine.id);
    await again.ready;
    expect(again.saved(sent.message)).toBe('stored');
    expect(again.status.unsent).toBe(2);
    await until(again, 'durable', (handle) => handle.saved(sent.message) === 'durable');
    expect(again.status.unsent).toBe(0);
    await online.close();
    const third = await openPage(stage(), 'ada', { device });
    const last = third.open(mine.id);
    await last.ready;
    expect(last.saved(sent.message)).toBeUndefined();
    await third.close();
  });
});
