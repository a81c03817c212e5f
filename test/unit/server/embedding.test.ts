// A server inside another program, which has an HTTP server of its own.

import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { signToken } from '../../../server/access/tokens.ts';
import { createServer } from '../../../server/embedding.ts';
import { ListenError } from '../../../server/listen-error.ts';
import { rights } from '../../../src/protocol/token.ts';
import { withFolder } from '../../support/folder.ts';
import { WirePeer } from '../../support/wire-peer.ts';

const keys = { secret: 'a secret of more than thirty-two bytes' };

test('[W110] [W131] it answers what it is handed, and takes the sockets', () =>
  withFolder(async (data) => {
    const inner = await createServer({ data, keys });
    const http = createHttpServer((request, response) => {
      if (request.url === '/own') response.end('mine');
      else inner.request(request, response);
    });
    inner.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
    expect(await text('/own')).toBe('mine');
    expect(JSON.parse(await text('/readyz'))).toEqual({ ok: true });
    const token = await signToken(keys.secret, {
      sub: 'ann',
      name: 'Ann',
      kind: 'agent',
      rights: [...rights],
      sessions: ['*'],
      exp: 4_000_000_000,
    });
    const peer = new WirePeer({ url, session: 'session-of-a-program-1', token });
    await peer.join();
    peer.doc.getMap('meta').set('schema', 1);
    await peer.barrier();
    expect(inner.connections).toBe(1);
    const closed = peer.wire.closed;
    await inner.close();
    expect((await closed).code).toBe(4503);
    expect(await text('/own')).toBe('mine');
    http.close();
    http.closeAllConnections();
  }));

test('[W120] a port that is taken is an error with a code', () =>
  withFolder(async (data) => {
    const other = createHttpServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const server = await createServer({ data, keys });
    const refused: unknown = await server
      .listen({ host: '127.0.0.1', port })
      .catch((error) => error);
    expect(refused).toBeInstanceOf(ListenError);
    expect(refused).toMatchObject({ code: 'port-taken', facts: { port } });
    await server.close();
    other.close();
  }));
