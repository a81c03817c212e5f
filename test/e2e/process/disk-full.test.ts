// A real server whose files may not grow any more, as on a full disk, and then may again. The
// limit is put on the running process (RLIMIT_FSIZE by util-linux), which only Linux has.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { withFolder } from '../../support/folder.ts';
import { makeToken, startServer, withServer } from '../../support/server-process.ts';
import { untilDocument, WirePeer } from '../../support/wire-peer.ts';

const PRLIMIT = '/usr/bin/prlimit';
const SESSION = 'disk-full-0123456789';

/** What the soft limit of the size of each file is from now on. */
function limit(pid: number, bytes: string): void {
  execFileSync(PRLIMIT, ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

const open: WirePeer[] = [];
const join = async (url: string, token: string, doc = new Y.Doc()): Promise<WirePeer> => {
  const peer = new WirePeer({ url, session: SESSION, token, doc });
  open.push(peer);
  await peer.join();
  return peer;
};
afterEach(async () => {
  for (const peer of open.splice(0)) if (peer.isOpen) await peer.leave();
});

const say = (peer: WirePeer, words: string): void => {
  peer.doc.getArray('messages').push([new Y.Map([['head', { words }]])]);
};
const heard = ({ doc }: WirePeer): unknown[] =>
  doc.getArray<Y.Map<{ words: string }>>('messages').map((entry) => entry.get('head')?.words);

test.skipIf(!existsSync(PRLIMIT))(
  '[F10] while the disk is full readers go on, writers are told, nothing is acknowledged, and it heals',
  async () => {
    await withFolder(async (folder) => {
      const token = await makeToken(folder, { sub: 'ann' });
      const kept = new Y.Doc();
      await withServer({ folder }, async (server) => {
        const writer = await join(server.url, token, kept);
        const reader = await join(server.url, token);
        say(writer, 'before');
        await writer.barrier();
        await untilDocument(reader.doc, () => heard(reader).length === 1);

        limit(server.pid, '1');
        say(writer, 'meanwhile');
        const barrier = writer.barrier().then(
          () => 'durable',
          () => 'not durable',
        );
        const { code } = await writer.wire.closed;
        expect([code, await barrier]).toEqual([4503, 'not durable']);
        expect([reader.isOpen, heard(reader)]).toEqual([true, ['before']]);
        const late = await join(server.url, token);
        expect(heard(late)).toEqual(['before']);

        limit(server.pid, 'unlimited');
        await writer.join();
        await writer.barrier();
        await untilDocument(reader.doc, () => heard(reader).length === 2);
        expect(heard(reader)).toEqual(['before', 'meanwhile']);
        await server.kill();
      });
      const again = await startServer({ folder });
      const witness = await join(again.url, token);
      expect(heard(witness)).toEqual(['before', 'meanwhile']);
      expect(await again.stop()).toEqual({ code: 0, signal: null });
    });
  },
);
