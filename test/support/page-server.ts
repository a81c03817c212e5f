// Gives a bundled page to a browser, on a port of 127.0.0.1: for tests that need no server
// of ours. A page that talks to a real server is better given by that server, from its web
// folder (`writePage`).

import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll } from 'vitest';
import { defined } from '../../src/base/assert.ts';
import { within } from './hang.ts';
import { bundlePage, type BundleOptions, type PageFiles } from './page-bundle.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

class PageServer {
  readonly url: string;
  #server: Server;

  constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await within(promise, 'the end of a page server');
  }
}

async function servePage(files: PageFiles): Promise<PageServer> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://page.invalid');
    const path = pathname === '/' ? 'index.html' : pathname.slice(1);
    const content = files.get(path);
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : 0);
  });
  const port = await within(promise, 'a page server that listens');
  return new PageServer(server, `http://127.0.0.1:${port}/`);
}

/** The url of a page for all tests of a file or a `describe`. */
export function sharedPage(name: string, options: BundleOptions = {}): () => string {
  let server: PageServer | undefined;
  beforeAll(async () => {
    server = await servePage(await bundlePage(name, options));
  });
  afterAll(() => server?.close());
  return () => defined(server, 'a page server').url;
}
