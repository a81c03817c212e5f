// The list, the files and the library behind a whole server, with a real peer that writes.

import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { signToken } from '../../../../server/access/tokens.ts';
import { createServer } from '../../../../server/server.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { createSession } from '../../../../src/session/session.ts';
import { claimsOf } from '../../../support/doorman.ts';
import { hashOf } from '../../../support/file-world.ts';
import { withFolder } from '../../../support/folder.ts';
import { filesWith } from '../../../support/log-folder.ts';
import { Device } from '../../../support/library-world.ts';
import { WirePeer } from '../../../support/wire-peer.ts';

const secret = 'a secret of tests that is long enough';
const session = 'session-0123456789abcd';

interface World {
  readonly url: string;
  readonly folder: string;
  readonly token: (more?: Partial<Claims>) => Promise<string>;
  readonly library: () => Promise<Device>;
}

async function withWhole(act: (world: World) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const server = await createServer({ data: folder, keys: { secret } });
    const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
    const exp = Math.floor(systemClock.now() / 1_000) + 600;
    const token: World['token'] = (more) => signToken(secret, claimsOf('ada', { exp, ...more }));
    const library = async (): Promise<Device> => {
      const device = new Device(new WebSocket(`${url.replace('http', 'ws')}/library`));
      await once(device.socket, 'open');
      device.send({ type: 'hello', token: await token(), rowsAfter: 0 });
      await device.next('rows');
      return device;
    };
    try {
      await act({ url, folder, token, library });
    } finally {
      await server.close();
    }
  });
}

test('[W145] [W143] what a peer writes is in the list, live and for who asks', () =>
  withWhole(async ({ url, token, library }) => {
    const device = await library();
    const written = createSession({ principal: 'ada', title: 'Walks' });
    written.send('Where to go');
    const peer = new WirePeer({ url, session, token: await token(), doc: written.doc });
    await peer.join();
    await peer.barrier();
    const news = [];
    while (news.at(-1)?.title !== 'Walks') news.push(...(await device.next('changed')).sessions);
    expect(news.at(-1)).toMatchObject({ session, preview: 'Where to go', running: false });
    const headers = { authorization: `Bearer ${await token()}` };
    const listed = await fetch(`${url}/api/sessions`, { headers });
    expect(await listed.json()).toMatchObject({ sessions: [{ session, title: 'Walks' }] });
    const state = await fetch(`${url}/api/sessions/${session}?format=markdown`, { headers });
    expect(await state.text()).toContain('Where to go');
    await peer.leave();
    await device.leave();
  }));

test('[W135] [W140] a session that is deleted leaves no word, no file and nobody in it', () =>
  withWhole(async ({ url, folder, token, library }) => {
    const words = 'words that nobody may find';
    const written = createSession({ principal: 'ada', title: words });
    written.send(words);
    const peer = new WirePeer({ url, session, token: await token(), doc: written.doc });
    await peer.join();
    await peer.barrier();
    const device = await library();
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'text/plain' };
    const address = `${url}/api/sessions/${session}`;
    const file = `${address}/files/${hashOf(words)}`;
    expect((await fetch(file, { method: 'PUT', body: words, headers })).status).toBe(201);
    expect(filesWith(join(folder, 'files'), words)).toHaveLength(1);
    expect((await fetch(address, { method: 'DELETE', headers })).status).toBe(204);
    expect(filesWith(folder, words)).toEqual([]);
    expect((await peer.wire.closed).code).toBe(4404);
    expect(await device.next('gone')).toMatchObject({ sessions: [session] });
    await device.leave();
  }));

test('[W144] [W131] there is one address of the library, and it is no page', () =>
  withWhole(async ({ url }) => {
    const wrong = new WebSocket(`${url.replace('http', 'ws')}/library/more`);
    const [error] = (await once(wrong, 'error')) as [Error];
    expect(error.message).toContain('404');
    const page = await fetch(`${url}/library`);
    expect(page.status).toBe(426);
  }));
