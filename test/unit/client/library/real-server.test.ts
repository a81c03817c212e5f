// The library, the desk and search of devices on a whole server.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signToken } from '../../../../server/access/tokens.ts';
import { createServer } from '../../../../server/server.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { memoryRecords } from '../../../../src/client/library/ports.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { createSession, type Session } from '../../../../src/session/session.ts';
import { claimsOf } from '../../../support/doorman.ts';
import { advancing } from '../../../support/http.ts';
import { withFolder } from '../../../support/folder.ts';
import { openApp, type App, type AppOptions } from '../../../support/library-app.ts';
import { withLibrary } from '../../../support/library-world.ts';
import { WirePeer } from '../../../support/wire-peer.ts';

const secret = 'a secret of tests that is long enough';
const session = 'session-0123456789abcd';

interface World {
  readonly app: (more?: Partial<AppOptions>) => Promise<App>;
  /** A session of Ada's, with a peer in it. */
  readonly write: (id: string, title: string, text: string) => Promise<Session>;
}

async function withWhole(act: (world: World) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const server = await createServer({ data: join(folder, 'data'), keys: { secret } });
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    const exp = Math.floor(systemClock.now() / 1_000) + 600;
    const token = (more?: Partial<Claims>): Promise<string> =>
      signToken(secret, claimsOf('ada', { exp, ...more }));
    const apps: App[] = [];
    const peers: WirePeer[] = [];
    try {
      await act({
        async app(more = {}) {
          const app = openApp({ url, token: () => token(), ...more });
          apps.push(app);
          await app.ready;
          await app.until(() => app.library.state === 'complete', 'the whole list');
          return app;
        },
        async write(id, title, text) {
          const written = createSession({ principal: 'ada', title, id });
          written.send(text);
          const peer = new WirePeer({ url, session: id, token: await token(), doc: written.doc });
          peers.push(peer);
          await peer.join();
          await peer.barrier();
          return written;
        },
      });
    } finally {
      await Promise.all(apps.map((app) => app.close()));
      await Promise.all(peers.map((peer) => peer.leave()));
      await server.close();
    }
  });
}

test('[C61] [C62] [C66] a list is live on every device, and offline what it was', () =>
  withWhole(async ({ app, write }) => {
    const records = memoryRecords();
    const one = await app({ records });
    const two = await app();
    await write(session, 'Walks', 'Where  to\ngo');
    await one.until(() => one.library.get(session)?.title === 'Walks', 'the session');
    await two.until(() => two.library.get(session)?.title === 'Walks', 'the session');
    expect(one.library.get(session)).toMatchObject({ preview: 'Where to go', unread: true });
    one.library.pin(session);
    one.library.markRead(session);
    await two.until(() => two.library.get(session)?.pinned === true, 'the pin');
    await two.until(() => two.library.get(session)?.unread === false, 'the read mark');
    await one.close();
    const again = openApp({ url: 'ws://127.0.0.1:1', token: async () => 'none', records });
    await again.ready;
    const { title, pinned, unread } = again.library.entries[0] ?? {};
    expect([title, pinned, unread]).toEqual(['Walks', true, false]);
    await again.close();
  }));

test('[C67] [C68] a draft goes from device to device, also when one was offline', () =>
  withWhole(async ({ app }) => {
    const one = await app();
    const two = await app();
    const typed = (device: App): string => device.desk.draft(session).text;
    one.desk.draft(session).set('begun on one');
    await two.until(() => typed(two) === 'begun on one', 'the draft');
    one.setNetwork(false);
    await one.until(() => one.link.state.name !== 'live', 'the loss');
    two.desk.draft(session).set('changed on two');
    await two.until(() => two.desk.unsent === 0, 'the write');
    one.desk.draft(session).set('went on on one');
    one.clock.advance(1_000);
    one.setNetwork(true);
    await one.until(() => one.link.state.name === 'live' && one.desk.unsent === 0, 'the way back');
    await two.until(() => typed(two) === 'went on on one', 'the later words');
    expect(one.desk.draft(session).alternative).toBe('changed on two');
    expect(two.desk.draft(session).alternative).toBe('changed on two');
  }));

test('[C64] [C65] a session deleted on one device is gone from all, and one taken back is not', () =>
  withWhole(async ({ app, write }) => {
    await write(session, 'To go', 'words');
    const kept = 'session-that-is-kept';
    await write(kept, 'To stay', 'words');
    const one = await app();
    const two = await app();
    await one.until(() => one.library.entries.length === 2, 'both');
    await two.until(() => two.library.entries.length === 2, 'both');
    one.library.delete(session);
    one.library.delete(kept);
    expect(one.library.entries).toEqual([]);
    expect(one.library.undo(kept)).toBe(true);
    one.setNetwork(false);
    await one.until(() => one.link.state.name !== 'live', 'the loss');
    one.clock.advance(11_000);
    expect(one.library.deletions[0]?.state).toBe('waiting');
    expect(two.library.entries).toHaveLength(2);
    one.setNetwork(true);
    await one.until(() => one.library.deletions.length === 0, 'the deletion');
    await two.until(() => two.library.entries.length === 1, 'the news');
    expect(two.library.entries[0]?.id).toBe(kept);
    expect([one.forgotten, two.forgotten]).toEqual([[session], [session]]);
  }));

test('[C61] a list of five hundred is read to its end, in order', () =>
  withLibrary(async (world) => {
    const { log, url } = world;
    const all = Array.from({ length: 500 }, (_, at) => ({
      session: `session-number-${String(at).padStart(6, '0')}`,
      activity: 1_000 + ((at * 7) % 500),
      json: '{}',
    }));
    const owner = { principal: 'ada', role: 'owner' };
    await Promise.all(all.map((one) => log.create(one.session, owner)));
    await log.summaries.put(all);
    const one = openApp({ url: new URL(url).origin, token: () => world.token(claimsOf('ada')) });
    await one.until(() => one.library.state === 'complete', 'the whole list');
    expect(one.library.entries).toHaveLength(500);
    const times = one.library.entries.map(({ lastActivity }) => lastActivity);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    await one.close();
  }));

test('[C70] [C71] [C66] what was never opened here can be read, found and named without a network', () =>
  withWhole(async ({ app, write }) => {
    await write(session, 'Walks', 'Through the Königsforst');
    const one = await app({ keepOffline: { sessions: 5 } });
    await one.until(() => one.library.get(session)?.title === 'Walks', 'the session');
    one.clock.advance(6_000);
    await one.until(() => one.library.download.progress.done === 1, 'the download');
    one.setNetwork(false);
    expect(one.sessions.get(session)?.view.path[0]?.author).toBe('ada');
    one.search.start();
    one.clock.advance(1_000);
    await advancing(one.clock, 1, one.search.query('konigsforst'));
    const after = await advancing(one.clock, 1, one.search.query('konigsforst'));
    const text = 'Through the Königsforst';
    expect(after.hits).toMatchObject([{ session, snippet: { text } }]);
    await one.library.rename(session, 'Walks in woods');
    expect(one.library.get(session)).toMatchObject({ title: 'Walks in woods', unsent: 1 });
  }));
