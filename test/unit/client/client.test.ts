// A client's own life: who it is, what it is refused, signing out, tabs, and what is not
// possible where it runs.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../../src/base/clock.ts';
import { createClient } from '../../../src/client/client.ts';
import { manualWake } from '../../../src/client/connection/wake.ts';
import { type Platform, systemPlatform } from '../../../src/client/platform.ts';
import type { SessionHandle } from '../../../src/client/session-handle.ts';
import type { OfflineStore } from '../../../src/client/store/offline.ts';
import { hasTwoYjs } from '../../../src/client/two-yjs.ts';
import { ClientDevice, noNetwork, openPage, until, wordsOf } from '../../support/client-stage.ts';
import { overriding } from '../../support/guarded.ts';
import { withLastingServer } from '../../support/lasting-server.ts';
import { sharedSync } from '../../support/sync-stage.ts';

const live = ({ status }: SessionHandle): boolean => status.connection.name === 'live';

describe('a client', () => {
  const stage = sharedSync({ clock: systemClock });

  test('[C4] gives one handle for one session, until everybody has given it back', async () => {
    const ada = await openPage(stage(), 'ada');
    const made = ada.create();
    const [first, second] = [ada.open(made.id), ada.open(made.id)];
    expect(first).toBe(made);
    expect(second).toBe(made);
    await made.send('Hi').reached('durable');
    made.close();
    first.close();
    expect(wordsOf(second)).toEqual(['Hi']);
    expect(second.send('More').state).toBe('local');
    await ada.close();
    expect(() => second.send('Too late')).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(wordsOf(second)).toEqual(['Hi', 'More']);
    expect(() => ada.open(made.id)).toThrow(expect.objectContaining({ code: 'closed' }));
  });

  test('[C5] who only looks leaves no trace in the document', async () => {
    const [ada, ben] = [await openPage(stage(), 'ada'), await openPage(stage(), 'ben')];
    const mine = ada.create();
    await mine.send('Hi').reached('durable');
    const theirs = ben.open(mine.id);
    await until(theirs, 'it', (one) => live(one) && wordsOf(one).length === 1);
    theirs.presence.set({ read: mine.view.path[0]?.id ?? null });
    theirs.choose(mine.view.path[0]?.id ?? '');
    theirs.followSelection(true);
    await until(mine, 'ben', (one) => one.presence.others.length === 1);
    expect(theirs.status.unsent).toBe(0);
    await Promise.all([ada.close(), ben.close()]);
    const eve = await openPage(stage(), 'eve');
    const seen = eve.open(mine.id);
    await until(seen, 'it', live);
    expect(seen.view.participants.size).toBe(0);
    await eve.close();
  });

  test('[C33] gives its part in storing away while its page stands still', async () => {
    const device = new ClientDevice();
    const wake = manualWake();
    const told: string[] = [];
    const openStore: Platform['openStore'] = ({ url, principal }) => {
      const store = device.store(url, principal);
      const tell = (what: 'freeze' | 'thaw') => () => {
        told.push(what);
        store[what]();
      };
      return overriding<OfflineStore>(store, { freeze: tell('freeze'), thaw: tell('thaw') });
    };
    const ada = await openPage(stage(), 'ada', { device, platform: { wake, openStore } });
    const other = await openPage(stage(), 'ada', { device });
    const made = ada.create();
    await made.send('Hi').reached('stored');
    wake.signal('visible');
    expect(told).toEqual([]);
    wake.signal('frozen');
    const theirs = other.open(made.id);
    await theirs.ready;
    await theirs.send('More').reached('stored');
    wake.signal('page-restored');
    wake.signal('visible');
    expect(told).toEqual(['freeze', 'thaw']);
    await made.send('Again').reached('stored');
    await Promise.all([ada.close(), other.close()]);
    wake.signal('frozen');
    expect(told).toHaveLength(2);
  });

  test('[C6] signing out leaves nothing here, in no tab', async () => {
    const device = new ClientDevice();
    const [one, two] = [
      await openPage(stage(), 'ada', { device }),
      await openPage(stage(), 'ada', { device }),
    ];
    const made = one.create();
    await made.send('Secret').reached('durable');
    await until(two.open(made.id), 'it', (handle) => wordsOf(handle).length === 1);
    const gone = new Promise<void>((resolve) => {
      two.subscribeStatus(({ isSignedOut }) => isSignedOut && resolve());
    });
    await one.signOut();
    await gone;
    expect(one.status).toMatchObject({ isSignedOut: true, principal: null });
    const store = device.store(stage().url, 'ada');
    expect(await store.sessions()).toEqual([]);
    expect(await store.records.entries('')).toEqual([]);
    await store.close();
    await two.close();
    // Nobody is known here any more, and there is no network to ask.
    const token = (): Promise<string> => Promise.reject(new Error('no network'));
    const next = await openPage(stage(), 'ada', { device, token, platform: noNetwork });
    expect(next.principal).toBeNull();
    await next.close();
  });

  test('[C7] starts without a network as whoever was here last', async () => {
    const device = new ClientDevice();
    const first = await openPage(stage(), 'ada', { device });
    const made = first.create();
    await made.send('Hi').reached('durable');
    await first.close();
    const token = (): Promise<string> => Promise.reject(new Error('no network'));
    const cold = await openPage(stage(), 'ada', { device, token, platform: noNetwork });
    expect(cold.principal).toBe('ada');
    const handle = cold.open(made.id);
    await handle.ready;
    expect(wordsOf(handle)).toEqual(['Hi']);
    await cold.close();
  });

  test('[C7] waits for a token where nobody was here, and says so', async () => {
    const given = await stage().token('ada');
    let asked = 0;
    const token = (): Promise<string> =>
      ++asked === 1 ? Promise.reject(new Error('no network')) : Promise.resolve(given);
    const fresh = await openPage(stage(), 'ada', { token });
    const handle = fresh.create();
    expect(() => handle.send('Hi')).toThrow(expect.objectContaining({ code: 'not-ready' }));
    await new Promise<void>((resolve) => {
      fresh.subscribeStatus(({ notice }) => notice?.code === 'no-principal' && resolve());
    });
    fresh.renew(token);
    await handle.ready;
    expect(fresh.principal).toBe('ada');
    expect(fresh.status.notice).toBeNull();
    await handle.send('Hi').reached('durable');
    await fresh.close();
  });

  test('[C8] says what ended a connection for good, and goes on with another token', async () => {
    const device = new ClientDevice();
    const page = await openPage(stage(), 'ada', { device, claims: { exp: 1 } });
    const made = page.create();
    made.send('Hi');
    await until(made, 'refusal', ({ status }) => status.notice?.code === 'token');
    expect(made.status.connection).toMatchObject({ name: 'refused', reason: { code: 'token' } });
    page.renew(await stage().token('ada'));
    await until(made, 'live', (one) => live(one) && one.status.unsent === 0);
    expect(made.status.notice).toBeNull();
    await page.close();
    const stranger = await openPage(stage(), 'ben', { claims: { sessions: ['other*'] } });
    const closed = stranger.open(made.id);
    await until(closed, 'refusal', ({ status }) => status.notice?.code === 'no-session');
    await stranger.close();
  });

  test('[C9] says what is not possible without a secure context', () => {
    const codes = systemPlatform({}).limits.map(({ code }) => code);
    expect(codes).toEqual([
      'no-websocket',
      'no-storage',
      'no-locks',
      'no-subtle',
      'not-persistent',
    ]);
  });

  test('[C9] works where there is nothing but a document', async () => {
    const bare = systemPlatform({});
    const client = createClient({
      url: 'http://127.0.0.1:9',
      token: await stage().token('ada'),
      platform: { ...bare, clock: systemClock },
    });
    const handle = client.create({ title: 'Bare' });
    handle.send('Hi');
    expect(wordsOf(handle)).toEqual(['Hi']);
    expect(handle.status.storage.state).toBe('memory');
    expect(client.status.limits.length).toBeGreaterThan(3);
    await client.close();
  });

  test('[C50] two copies of Yjs are found', () => {
    expect(hasTwoYjs()).toBe(false);
    const foreign = (doc: Y.Doc, update: Uint8Array): void => {
      Y.applyUpdate(doc, update);
      for (const structs of doc.store.clients.values()) {
        for (const struct of structs) Object.setPrototypeOf(struct, {});
      }
    };
    expect(hasTwoYjs(foreign)).toBe(true);
  });

  test('[C51] words of a tab that crashed are sent by another', async () => {
    const device = new ClientDevice();
    const made = await (async () => {
      const page = await openPage(stage(), 'ada', { device });
      const handle = page.create();
      await handle.send('One').reached('durable');
      await page.close();
      return handle.id;
    })();
    const dying = await openPage(stage(), 'ada', { device, platform: noNetwork });
    const healthy = await openPage(stage(), 'ada', { device });
    const [there, here] = [dying.open(made), healthy.open(made)];
    await Promise.all([there.ready, until(here, 'live', live)]);
    there.send('Two');
    // It has no network and is never heard of again.
    await until(here, 'sent', (one) => wordsOf(one).length === 2 && one.status.unsent === 0);
    const ben = await openPage(stage(), 'ben');
    const seen = ben.open(made);
    await until(seen, 'both', (one) => wordsOf(one).join() === 'One,Two');
    expect(seen.view.faults).toEqual([]);
    await Promise.all([ben.close(), healthy.close(), dying.close()]);
  });

  test('[C51] a server that was killed and comes back costs nothing', () =>
    withLastingServer(async (server) => {
      const [ada, ben] = [await openPage(server, 'ada'), await openPage(server, 'ben')];
      const mine = ada.create();
      await mine.send('One').reached('durable');
      const theirs = ben.open(mine.id);
      await until(theirs, 'one', (one) => wordsOf(one).length === 1);
      await server.stop();
      const two = mine.send('Two');
      const three = theirs.send('Three');
      expect([two.state, three.state]).not.toContain('durable');
      await server.start();
      await Promise.all([two.reached('durable'), three.reached('durable')]);
      for (const handle of [mine, theirs]) {
        await until(handle, 'all', ({ view }) => view.messages.size === 3);
        expect(handle.view.faults).toEqual([]);
      }
      await Promise.all([ada.close(), ben.close()]);
    }));

  test('[C52] the list and the search know what was made here, with no network', async () => {
    const device = new ClientDevice();
    const ada = await openPage(stage(), 'ada', { device, platform: noNetwork });
    const made = ada.create({ title: 'Walks' });
    await made.send('Where to go in autumn').reached('stored');
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (ada.library.get(made.id)?.title === 'Walks') resolve();
      };
      ada.library.subscribe(look);
      look();
    });
    expect(ada.library.get(made.id)).toMatchObject({ preview: 'Where to go in autumn', unsent: 2 });
    const found = await new Promise<readonly unknown[]>((resolve) => {
      const ask = async (): Promise<void> => {
        const { hits } = await ada.search.query('autumn');
        if (hits.length > 0) resolve(hits);
      };
      ada.search.subscribe(() => void ask());
      void ask();
    });
    expect(found).toMatchObject([{ session: made.id }]);
    await ada.library.rename(made.id, 'Long walks');
    expect(made.view.meta.title).toBe('Long walks');
    await ada.close();
  });
});
