// A session that is deleted over HTTP from a real server: nobody can bring it back, and none of
// its words is in any file, while the server runs, after it stopped and after it started again.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { withFolder } from '../../support/folder.ts';
import { filesWith } from '../../support/log-folder.ts';
import { makeToken, startServer } from '../../support/server-process.ts';
import { WirePeer } from '../../support/wire-peer.ts';

const SESSION = 'deleted-0123456789';
const WORDS = 'words-that-nobody-may-find-again';
const OTHERS = 'words-of-another-session-which-stay';

const say = ({ doc }: WirePeer, words: string): void => {
  doc.getArray('messages').push([new Y.Map([['head', { words }]])]);
};

test('[F102] [W102] a session that is deleted leaves no word in any file, and does not come back', async () => {
  await withFolder(async (folder) => {
    let server = await startServer({ folder });
    const token = await makeToken(folder, { sub: 'ann' });
    const authorization = `Bearer ${token}`;
    const peer = new WirePeer({ url: server.url, session: SESSION, token });
    const other = new WirePeer({ url: server.url, session: 'other-0123456789', token });
    await Promise.all([peer.join(), other.join()]);
    for (let at = 0; at < 20; at++) say(peer, `${WORDS} ${at}`);
    say(other, OTHERS);
    await Promise.all([peer.barrier(), other.barrier()]);
    const body = `a file with ${WORDS}`;
    const hash = createHash('sha256').update(body).digest('hex');
    const address = `${server.url}/api/sessions/${SESSION}`;
    const headers = { authorization, 'content-type': 'text/plain' };
    const put = await fetch(`${address}/files/${hash}`, { method: 'PUT', headers, body });
    expect([put.ok, filesWith(folder, WORDS).length > 1]).toEqual([true, true]);

    const gone = await fetch(address, { method: 'DELETE', headers: { authorization } });
    expect([gone.status, (await peer.wire.closed).code]).toEqual([204, 4404]);
    expect(filesWith(folder, WORDS)).toEqual([]);
    expect(filesWith(folder, OTHERS)).not.toEqual([]);
    await expect(peer.join()).rejects.toThrow('4404');
    expect((await fetch(address, { headers: { authorization } })).status).toBe(404);

    await server.stop();
    expect(filesWith(folder, WORDS)).toEqual([]);
    server = await startServer({ folder });
    const back = new WirePeer({ url: server.url, session: SESSION, token, doc: peer.doc });
    await expect(back.join()).rejects.toThrow('4404');
    await server.stop();
    expect(filesWith(folder, WORDS)).toEqual([]);
  });
});
