// What `npm start` runs, as the processes it makes: the bootstrap, and the server under it.

import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import WebSocket from 'ws';
import { withFolder } from '../../../support/folder.ts';
import { bootstrap, holdfast, Program } from '../../../support/program.ts';

const start = (folder: string, ...args: readonly string[]): Program =>
  new Program([bootstrap, holdfast, 'start', '--port', '0', '--data', folder, ...args]);

/** The status of an upgrade: 101 where it was let through. */
function upgrade(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = new WebSocket(url, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.once('unexpected-response', (request, { statusCode = 0 }) => {
      resolve(statusCode);
      request.destroy();
    });
    socket.once('error', reject);
  });
}

test('[W125] it says where it is, shows a page there, and Ctrl-C ends it with 0', () =>
  withFolder(async (folder) => {
    const data = join(folder, 'new', 'data');
    const program = start(data);
    const [, url = ''] = await program.prints(/Here +(http:\/\/localhost:\d+)\n.*Ctrl-C/s);
    expect(program.printed.out).toContain(`Data      ${data}\n`);
    expect(program.printed.out).not.toContain('#token=');
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(await program.interrupt()).toEqual({ code: 0, signal: null });
    expect(program.printed.err).toBe('');
  }));

test('[W125] [W126] on the network it prints a link that signs in, and keeps its secret to itself', () =>
  withFolder(async (folder) => {
    const program = start(folder, '--lan', '--qr');
    const [, link = ''] = await program.prints(/\n(http:\/\/\S+\/#token=\S+)\n[^]*█[^]*link --sub/);
    const { out, err } = program.printed;
    const secret = readFileSync(join(folder, 'secret'), 'utf8').trim();
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(out + err).not.toContain(secret);
    const [, port = ''] = /:(\d+)\//.exec(link) ?? [];
    const token = link.slice(link.indexOf('#token=') + 7);
    const socket = `ws://127.0.0.1:${port}/sync/session-of-the-lan?token=${token}`;
    const named = `192.0.2.7:${port}`;
    const statuses = await Promise.all([
      upgrade(socket, { host: named, origin: `http://${named}` }),
      upgrade(socket, { host: `desk.local:${port}`, origin: `http://desk.local:${port}` }),
      upgrade(socket, { host: named, origin: 'http://elsewhere.example' }),
    ]);
    expect(statuses).toEqual([101, 101, 403]);
    const whoami = await fetch(`http://127.0.0.1:${port}/api/sessions/session-of-the-lan`);
    expect(whoami.status).toBe(401);
    expect(await program.interrupt()).toEqual({ code: 0, signal: null });
  }));

test('[W120] [W125] a port that is taken is one sentence, and the folder is free again', () =>
  withFolder(async (folder) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const refused = start(folder, '--port', port);
    expect(await refused.ended).toEqual({ code: 1, signal: null });
    expect(refused.printed.out).toBe('');
    expect(refused.printed.err).toMatch(new RegExp(`^holdfast: Port ${port} is taken [^\\n]+\\n$`));
    other.close();
    const again = start(folder, '--json');
    const [line = ''] = await again.prints(/^.+\n/);
    expect(JSON.parse(line)).toMatchObject({ event: 'listening' });
    expect(again.printed.out).toBe(line);
    expect(await again.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }));
