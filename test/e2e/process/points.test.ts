// A server that dies in the middle of what it does seldom: while a log is merged, and while a
// session is deleted. Started again, it has done that whole or not at all, and all else is there.

import { expect, test } from 'vitest';
import { createSession, openSession, type Session } from 'holdfast/session';
import { withFolder } from '../../support/folder.ts';
import { filesWith } from '../../support/log-folder.ts';
import {
  makeToken,
  runCommand,
  type ServerProcess,
  startServer,
} from '../../support/server-process.ts';
import { WirePeer } from '../../support/wire-peer.ts';

const ONE = 'point-one-0123456789';
const OTHER = 'point-two-0123456789';
const GONE = 'words-that-were-taken-away';
const KEPT = 'words-that-must-be-there';

interface Scene {
  readonly server: ServerProcess;
  readonly token: string;
  readonly session: Session;
  readonly gone: string;
  readonly one: WirePeer;
}

/** Two sessions, of which both say what must be kept, and one what will be taken away. */
async function scene(folder: string, point: string): Promise<Scene> {
  const server = await startServer({ folder, env: { HOLDFAST_KILL_AT: `${point}:1` } });
  const token = await makeToken(folder, { sub: 'ann' });
  const enter = async (id: string): Promise<[WirePeer, Session]> => {
    const peer = new WirePeer({ url: server.url, session: id, token });
    await peer.join();
    return [peer, createSession({ doc: peer.doc, principal: 'ann' })];
  };
  const [one, session] = await enter(ONE);
  const [other, beside] = await enter(OTHER);
  session.send(KEPT, { agent: null });
  const { message } = session.send(GONE, { agent: null });
  beside.send(KEPT, { agent: null });
  await Promise.all([one.barrier(), other.barrier()]);
  return { server, token, session, gone: message, one };
}

async function textOf(server: ServerProcess, token: string, session: string): Promise<string> {
  const reader = new WirePeer({ url: server.url, session, token });
  await reader.join();
  const { messages } = openSession(reader.doc, { principal: 'ann' }).view;
  await reader.leave();
  return JSON.stringify([...messages]);
}

test('[F7] [W160] killed while a log is merged, it has all that was kept and serves nothing that was taken away', () =>
  withFolder(async (folder) => {
    const { server, token, session, gone, one } = await scene(folder, 'in-compaction');
    session.remove(gone);
    // The removal is durable before the merge that it asks for.
    await one.barrier();
    expect((await server.ended).signal).toBe('SIGKILL');
    const again = await server.restart({ env: {} });
    const text = await textOf(again, token, ONE);
    expect([text.includes(KEPT), text.includes(GONE)]).toEqual([true, false]);
    expect(await textOf(again, token, OTHER)).toContain(KEPT);
    await again.stop();
    expect(filesWith(folder, GONE)).toEqual([]);
    await runCommand(['verify', '--data', folder]);
  }));

test.each([
  ['in-deletion', 200, [true, true]],
  ['before-erasure', 404, 'the session is gone for good'],
] as const)(
  '[F7] [F102] killed at %s, a session is there whole or gone from every file',
  (point, status, found) =>
    withFolder(async (folder) => {
      const { server, token } = await scene(folder, point);
      const address = (url: string): string => `${url}/api/sessions/${ONE}`;
      const headers = { authorization: `Bearer ${token}` };
      await expect(fetch(address(server.url), { method: 'DELETE', headers })).rejects.toThrow(
        'fetch failed',
      );
      expect((await server.ended).signal).toBe('SIGKILL');
      const again = await server.restart({ env: {} });
      expect((await fetch(address(again.url), { headers })).status).toBe(status);
      expect(await wordsOrEnd(again, token)).toEqual(found);
      expect(filesWith(folder, GONE).length > 0).toBe(status === 200);
      expect(await textOf(again, token, OTHER)).toContain(KEPT);
      await again.stop();
      await runCommand(['verify', '--data', folder]);
    }),
);

async function wordsOrEnd(
  server: ServerProcess,
  token: string,
): Promise<readonly boolean[] | string> {
  try {
    const text = await textOf(server, token, ONE);
    return [text.includes(KEPT), text.includes(GONE)];
  } catch (error) {
    if (String(error).includes('4404')) return 'the session is gone for good';
    throw error;
  }
}
