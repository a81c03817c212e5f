// The tools that talk to a server, on a double of one: that they see what happens, and wait for it.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { fileURLToPath } from 'node:url';
import { heartbeatFrame } from '../../../src/protocol/frame.ts';
import { withFolder } from '../../support/folder.ts';
import { within } from '../../support/hang.ts';
import {
  makeToken,
  refusedStart,
  runCommand,
  type ServerProcess,
  startServer,
  withServer,
} from '../../support/server-process.ts';
import { withStockPeer } from '../../support/stock-peer.ts';
import { connect, refusedUpgrade } from '../../support/wire-client.ts';
import { untilDocument, WirePeer } from '../../support/wire-peer.ts';

const program = fileURLToPath(new URL('../../support/stub-server.ts', import.meta.url));
const session = 'session-0123456789';

function withStub<T>(act: (server: ServerProcess) => Promise<T>): Promise<T> {
  return withFolder((folder) => withServer({ folder, program }, act));
}

test('a wire client sends, takes what matches, and keeps the rest', () =>
  withStub(async ({ url }) => {
    const one = await connect({ url, session });
    const other = await connect({ url, session });
    const first = await one.next('sync-step-1');
    expect(Y.decodeStateVector(first.stateVector).size).toBe(0);
    await other.next('sync-step-1');
    const doc = new Y.Doc();
    doc.getMap('meta').set('title', 'words');
    one.send({ type: 'update', update: Y.encodeStateAsUpdate(doc) });
    one.send(heartbeatFrame);
    // In another order than they came.
    await other.next('awareness');
    const { update } = await other.next('update', (frame) => frame.update.length > 2);
    expect(Buffer.from(update).includes('words')).toBe(true);
    await one.barrier();
    expect([other.count('update'), one.count('update'), one.count('barrier')]).toEqual([1, 0, 1]);
    expect(one.sent.frames).toBe(3);
    expect(other.got.frames).toBe(3);
  }));

test('a wire client brings its token in each of four ways', () =>
  withStub(async ({ url }) => {
    const hello = await connect({ url, session, token: 'ada', by: 'hello' });
    const ready = await hello.command(({ type }) => type === 'ready');
    expect(ready).toMatchObject({ re: 1, principal: 'ada' });
    expect(await hello.ask({ type: 'hello', token: 'eve' })).toMatchObject({ principal: 'eve' });
    const by = await connect({ url, session, token: 'ada', by: 'subprotocol' });
    expect(by.subprotocol).toBe('holdfast');
    expect((await connect({ url, session, token: 'ada', by: 'header' })).isOpen).toBe(true);
    const query = await connect({ url, session, token: 'bad', by: 'query' });
    expect(await query.closed).toEqual({ code: 4401, reason: 'sign in' });
    await expect(query.next('barrier')).rejects.toThrow('the connection ended with 4401 sign in');
  }));

test('a wire client sees why it was refused, and why it was ended', () =>
  withStub(async (server) => {
    const { url } = server;
    const headers = { origin: 'https://elsewhere.example' };
    expect(await refusedUpgrade({ url, session, headers })).toMatchObject({ status: 403 });
    await expect(refusedUpgrade({ url, session })).rejects.toThrow('was not refused');
    await expect(connect({ url: 'http://127.0.0.1:1', session })).rejects.toThrow('with 0');
    const hostile = await connect({ url, session });
    hostile.send(new Uint8Array([99]));
    expect(await hostile.closed).toEqual({ code: 4403, reason: 'frame-type' });
    const left = await connect({ url, session });
    const waiting = left.next('barrier');
    await Promise.all([expect(waiting).rejects.toThrow('1006'), server.kill()]);
  }));

test('a wire client that is forgetful or slow still hears', () =>
  withStub(async ({ url }) => {
    let heard = 0;
    const slow = await connect({ url, session, forgetful: true, onFrame: () => heard++ });
    const other = await connect({ url, session });
    await slow.barrier();
    slow.pause();
    other.send(heartbeatFrame);
    await other.barrier();
    slow.resume();
    await slow.barrier();
    expect([heard, slow.received]).toEqual([4, []]);
    expect((await slow.close()).code).toBe(1000);
  }));

test('peers with documents meet, leave and come again, and tell what they were shown', () =>
  withStub(async ({ url }) => {
    const one = new WirePeer({ url, session });
    const other = new WirePeer({ url, session });
    one.doc.getMap('meta').set('before', 1);
    await one.join();
    await other.join();
    one.doc.getMap('meta').set('after', 2);
    await untilDocument(other.doc, (doc) => doc.getMap('meta').get('after') === 2);
    expect([...other.shown]).toEqual([[one.doc.clientID, 2]]);
    expect([...one.shown]).toEqual([]);
    await one.leave();
    one.doc.getMap('meta').set('offline', 3);
    await one.join();
    await one.barrier();
    await untilDocument(other.doc, (doc) => doc.getMap('meta').get('offline') === 3);
    expect(() => new WirePeer({ url, session }).wire).toThrow('never joined');
    await expect(new WirePeer({ url, session, token: 'bad' }).join()).rejects.toThrow('4401');
  }));

test('the stock provider tells when it is synced, offline, and done', () =>
  withStub(async ({ url }) => {
    const doc = new Y.Doc();
    doc.getMap('meta').set('title', 'stock');
    await withStockPeer({ url, session, doc }, async (one) => {
      await one.untilSynced();
      expect(one.synced).toBe(true);
      await withStockPeer({ url, session, token: 'a', by: 'subprotocol' }, async (other) => {
        await untilDocument(other.doc, (its) => its.getMap('meta').get('title') === 'stock');
        await other.untilStatus('connected');
        other.disconnect();
        await other.untilStatus('disconnected');
        other.connect();
        await other.untilSynced();
        const told = 'connecting connected disconnected connecting connected';
        expect(other.statuses.join(' ')).toBe(told);
      });
    });
    await withStockPeer({ url, session, token: 'bad' }, async (refused) => {
      expect(await refused.untilClosed()).toEqual({ code: 4401, reason: 'sign in' });
      expect(refused.closes).toEqual([{ code: 4401, reason: 'sign in' }]);
    });
  }));

test('a server process is started, stopped, killed, and started again where it was', () =>
  withFolder(async (folder) => {
    const server = await startServer({ folder, program });
    const peer = new WirePeer({ url: server.url, session });
    await peer.join();
    peer.doc.getMap('meta').set('title', 'kept');
    await peer.barrier();
    expect(await server.kill()).toEqual({ code: null, signal: 'SIGKILL' });
    const again = await server.restart();
    expect([again.url, again.pid === server.pid]).toEqual([server.url, false]);
    const reader = new WirePeer({ url: again.url, session });
    await reader.join();
    expect(reader.doc.getMap('meta').get('title')).toBe('kept');
    expect(await again.stop()).toEqual({ code: 0, signal: null });
    const point = await again.restart({ env: { HOLDFAST_KILL_AT: 'after-commit:1' } });
    peer.doc.getMap('meta').set('title', 'dies here');
    await peer.join({ url: point.url }).catch(() => undefined);
    expect(await point.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await makeToken(folder, { sub: 'ada' }, { program })).toBe('a-token');
    expect(await runCommand(['token'], { program })).toBe('a-token\n');
    const fails = runCommand(['serve', '--port', 'taken'], { program });
    await expect(fails).rejects.toThrow('ended with 1: the port is taken');
  }));

test('a start that is refused is told with its own words', () =>
  withFolder(async (folder) => {
    const options = { folder, program, args: ['--port', 'taken'] };
    expect(await refusedStart(options)).toMatchObject({ code: 1, errors: 'the port is taken\n' });
    await expect(startServer(options)).rejects.toThrow('(1): the port is taken');
    await expect(refusedStart({ folder, program })).rejects.toThrow('the server started');
    const [taken, other] = [await startServer({ folder, program }), { folder, program }];
    const { port } = taken;
    await taken.kill();
    await withServer({ ...other, port }, async () => {
      // Its port is gone, so it comes back on another.
      const again = await taken.restart();
      expect(again.port).not.toBe(port);
      await again.kill();
    });
  }));

test('what never comes is named', async () => {
  await expect(within(new Promise(() => undefined), 'a bus', 1)).rejects.toThrow('for a bus');
});
