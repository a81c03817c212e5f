// What happens to a session of an app after a refusal: against a real server, which refuses.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { systemClock } from '../../../../src/base/clock.ts';
import { encodeIntent } from '../../../../src/client/intent.ts';
import type { Client } from '../../../../src/client/client-options.ts';
import type { SessionHandle } from '../../../../src/client/session-handle.ts';
import {
  ClientDevice,
  noNetwork,
  openPage,
  until,
  wordsOf,
} from '../../../support/client-stage.ts';
import { withLastingServer } from '../../../support/lasting-server.ts';
import { sharedSync, type SyncStage } from '../../../support/sync-stage.ts';

const inStep = ({ status }: SessionHandle): boolean =>
  status.connection.name === 'live' && status.unsent === 0;

const faultsOf = ({ view }: SessionHandle): readonly string[] =>
  view.faults.map(({ code }) => code);

/** A session that a server has, with a message in it. */
async function made(
  stage: Pick<SyncStage, 'url' | 'token'>,
  device: ClientDevice,
): Promise<string> {
  const page = await openPage(stage, 'ada', { device });
  const handle = page.create();
  await handle.send('Hello').reached('durable');
  await page.close();
  return handle.id;
}

/** Writes with no network, on a page of its own. */
async function offline(
  stage: Pick<SyncStage, 'url' | 'token'>,
  device: ClientDevice,
  session: string,
  act: (handle: SessionHandle) => void,
): Promise<void> {
  const page = await openPage(stage, 'ada', { device, platform: noNetwork });
  const handle = page.open(session);
  await handle.ready;
  act(handle);
  await page.close();
}

/** Puts an update that no server takes into the outbox of a device. */
async function plant(
  url: string,
  device: ClientDevice,
  session: string,
  words: string,
): Promise<void> {
  const store = device.store(url, 'ada');
  const local = store.open(session);
  const { base, outbox } = await local.load();
  const doc = new Y.Doc();
  for (const update of [...base, ...outbox.map((entry) => entry.update)])
    Y.applyUpdate(doc, update);
  let update = new Uint8Array();
  doc.on('update', (bytes: Uint8Array) => void (update = Uint8Array.from(bytes)));
  doc.getMap('elsewhere').set('k', words);
  const intent = encodeIntent({ verb: 'send', ids: ['m1'], refs: [], roots: [], content: words });
  local.own({ id: `planted-${words}`, at: 5, client: doc.clientID, update, intent });
  await local.close();
  await store.close();
}

/** What somebody else sees of it. */
async function seenBy(
  stage: Pick<SyncStage, 'url' | 'token'>,
  session: string,
  what: (handle: SessionHandle) => boolean,
): Promise<SessionHandle> {
  const page: Client = await openPage(stage, 'eve');
  const handle = page.open(session);
  await until(handle, 'what was sent', (one) => inStep(one) && what(one));
  await page.close();
  return handle;
}

describe('after a refusal', () => {
  const stage = sharedSync({ clock: systemClock });

  test('[C41] a write that is refused never blocks a later one, and is kept as a draft', async () => {
    const device = new ClientDevice();
    const session = await made(stage(), device);
    await offline(stage(), device, session, (handle) => void handle.send('before'));
    await plant(stage().url, device, session, 'bad');
    await offline(stage(), device, session, (handle) => void handle.send('after'));
    const page = await openPage(stage(), 'ada', { device });
    const handle = page.open(session);
    await handle.ready;
    let told = '';
    handle.subscribe(
      (view) => view.path.length,
      () => (told = wordsOf(handle).join()),
    );
    expect(handle.status.unsent).toBe(3);
    await until(handle, 'recovery', (one) => one.kept.length === 1 && inStep(one));
    expect(handle.kept).toMatchObject([{ content: 'bad', rule: 'root', verb: 'send', at: 5 }]);
    expect(handle.status.notice?.code).toBe('recovered');
    expect(wordsOf(handle)).toEqual(['Hello', 'before', 'after']);
    expect(faultsOf(handle)).toEqual([]);
    expect(handle.saved('m1')).toBe('refused');
    const more = handle.send('and on');
    await more.reached('durable');
    expect(told).toBe('Hello,before,after,and on');
    await page.close();
    const seen = await seenBy(stage(), session, (one) => wordsOf(one).length === 4);
    expect(wordsOf(seen)).toEqual(['Hello', 'before', 'after', 'and on']);
    expect(faultsOf(seen)).toEqual([]);
    const again = await openPage(stage(), 'ada', { device, platform: noNetwork });
    const kept = again.open(session);
    await kept.ready;
    expect(kept.kept).toMatchObject([{ content: 'bad' }]);
    kept.dismiss(kept.kept[0]?.id ?? '');
    expect(kept.kept).toEqual([]);
    await again.close();
  });

  test('[C42] what is beyond the rights that were left becomes drafts, and the rest goes on', async () => {
    const device = new ClientDevice();
    const session = await made(stage(), device);
    await offline(stage(), device, session, (handle) => {
      const [message] = handle.view.path;
      handle.send('one');
      handle.send('two');
      handle.annotate({ kind: 'message', message: message?.id ?? '' }, 'good', { score: 1 });
    });
    const claims = { rights: ['read', 'annotate'] } as const;
    const page = await openPage(stage(), 'ada', { device, claims });
    const handle = page.open(session);
    await until(handle, 'recovery', (one) => one.kept.length === 2 && inStep(one));
    expect(handle.kept.map(({ content }) => content)).toEqual(['one', 'two']);
    expect(wordsOf(handle)).toEqual(['Hello']);
    expect([...handle.view.annotations].map(({ name }) => name)).toEqual(['good']);
    expect(handle.status).toMatchObject({ readOnly: true, rights: ['read', 'annotate'] });
    expect(() => handle.send('three')).toThrow(expect.objectContaining({ code: 'read-only' }));
    expect(handle.status.unsent).toBe(0);
    await page.close();
    const seen = await seenBy(stage(), session, (one) => one.view.annotations.size === 1);
    expect(wordsOf(seen)).toEqual(['Hello']);
  });

  test('[C42] whoever may only read any more keeps all that was unsent as drafts', async () => {
    const device = new ClientDevice();
    const session = await made(stage(), device);
    await offline(stage(), device, session, (handle) => void handle.send('one'));
    const page = await openPage(stage(), 'ada', { device, claims: { rights: ['read'] } });
    const handle = page.open(session);
    await until(handle, 'recovery', (one) => one.kept.length === 1 && one.status.unsent === 0);
    expect(handle.kept).toMatchObject([{ content: 'one', rule: 'read-only' }]);
    expect(wordsOf(handle)).toEqual(['Hello']);
    await page.close();
  });

  test('[C43] two tabs that are refused issue again once between them', async () => {
    const device = new ClientDevice();
    const session = await made(stage(), device);
    await offline(stage(), device, session, (handle) => void handle.send('before'));
    await plant(stage().url, device, session, 'bad');
    await offline(stage(), device, session, (handle) => void handle.send('after'));
    const pages = [
      await openPage(stage(), 'ada', { device }),
      await openPage(stage(), 'ada', { device }),
    ];
    const handles = pages.map((page) => page.open(session));
    for (const handle of handles) {
      await until(handle, 'recovery', (one) => one.kept.length === 1 && inStep(one));
      await until(handle, 'all', (one) => wordsOf(one).length === 3);
    }
    handles.forEach((handle, at) => void handle.send(`tab ${at}`));
    for (const handle of handles)
      await until(handle, 'more', (one) => one.view.messages.size === 5);
    for (const handle of handles) await until(handle, 'sent', inStep);
    for (const handle of handles) expect(faultsOf(handle)).toEqual([]);
    await Promise.all(pages.map((page) => page.close()));
    const seen = await seenBy(stage(), session, (one) => one.view.messages.size === 5);
    expect(faultsOf(seen)).toEqual([]);
  });
});

describe('after a restored backup', () => {
  test('[C44] the session is what the server has, with what was unsent issued again', () =>
    withLastingServer(async (server) => {
      const device = new ClientDevice();
      const session = await made(server, device);
      await server.stop();
      server.backUp();
      await server.start();
      const page = await openPage(server, 'ada', { device });
      const handle = page.open(session);
      await until(handle, 'live', inStep);
      await handle.send('lost by the server').reached('durable');
      const words: string[] = [];
      handle.follow(({ delta }) => words.push('append' in delta ? delta.append : delta.replace));
      await server.stop();
      await server.putBack();
      const [first] = handle.view.path;
      handle.annotate({ kind: 'message', message: first?.id ?? '' }, 'good', { score: 1 });
      await server.start();
      await until(
        handle,
        'recovery',
        (one) => one.status.notice?.code === 'restored' && inStep(one),
      );
      expect(wordsOf(handle)).toEqual(['Hello']);
      expect([...handle.view.annotations].map(({ name }) => name)).toEqual(['good']);
      expect(handle.kept.map(({ content }) => content)).toEqual(['lost by the server']);
      await handle.send('again').reached('durable');
      expect(words.join()).toContain('again');
      await page.close();
      const seen = await seenBy(server, session, (one) => wordsOf(one).length === 2);
      expect(wordsOf(seen)).toEqual(['Hello', 'again']);
      const cold = await openPage(server, 'ada', { device, platform: noNetwork });
      const kept = cold.open(session);
      await kept.ready;
      expect(wordsOf(kept)).toEqual(['Hello', 'again']);
      expect(kept.kept).toHaveLength(1);
      await cold.close();
    }));
});
