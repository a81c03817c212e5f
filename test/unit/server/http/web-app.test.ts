import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { httpLimits } from '../../../../server/http/limits.ts';
import { webApp } from '../../../../server/http/web-app.ts';
import { readWebFolder, WebFolderError } from '../../../../server/http/web-folder.ts';
import { withFolder } from '../../../support/folder.ts';
import { failed, raw, requestOf, withServer, type TestServer } from '../../../support/http.ts';

const secret = 'what is outside';

/** A web app in a folder, with something outside of it. */
const withApp = (
  act: (server: TestServer) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> =>
  withFolder(async (folder) => {
    const files = {
      'index.html': '<!doctype html>the page',
      'sw.js': 'the worker',
      'assets/app-3f9c2b1a.js': 'the script',
      'assets/app-3f9c2b1a.js.br': 'the script, as brotli',
      'assets/app-3f9c2b1a.js.gz': 'the script, as gzip',
      'assets/logo.svg': '<svg/>',
      '.env': secret,
      '.git/config': secret,
      '../outside.txt': secret,
      'archive.gz': 'no form of anything',
      ...more,
    };
    const app = join(folder, 'app');
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(app, path)), { recursive: true });
      await writeFile(join(app, path), text);
    }
    await symlink(join(folder, 'outside.txt'), join(app, 'link.txt'));
    await symlink(folder, join(app, 'linked'));
    const pages = webApp(await readWebFolder(app));
    await withServer([], act, { pages });
  });

describe('the web app', () => {
  test.each([
    ['/', 'the page'],
    ['/index.html', 'the page'],
    ['/s/session-0123456789abcd', 'the page'],
    ['/settings/', 'the page'],
    ['/constructor', 'the page'],
    ['/sw.js', 'the worker'],
    ['/assets/app-3f9c2b1a.js', 'the script'],
    ['/archive.gz', 'no form of anything'],
  ])('[W137] %s is %s', (path, text) =>
    withApp(async ({ url }) => {
      const response = await fetch(url + path, { headers: { 'accept-encoding': 'identity' } });
      expect([response.status, await response.text()]).toEqual([
        200,
        expect.stringContaining(text),
      ]);
    }),
  );

  test.each([
    ['/assets/app-00000000.js', 404],
    ['/favicon.ico', 404],
    ['/assets/app-3f9c2b1a.js.br', 404],
    ['/api/nowhere', 404],
    ['/api', 404],
    ['/sync/nowhere', 426],
    ['/library', 426],
    ['/agents', 426],
    ['/metrics', 404],
  ])('[W137] %s is not the page', (path, status) =>
    withApp(async ({ url }) => {
      const response = await fetch(url + path);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    }),
  );

  test.each([
    ['/', 'no-cache'],
    ['/sw.js', 'no-cache'],
    ['/assets/logo.svg', 'no-cache'],
    ['/assets/app-3f9c2b1a.js', 'public, max-age=31536000, immutable'],
  ])('[W137] %s is kept as it may be: %s', (path, cached) =>
    withApp(async ({ url }) => {
      const response = await fetch(url + path);
      expect(response.headers.get('cache-control')).toBe(cached);
      const tag = response.headers.get('etag') ?? '';
      const again = await fetch(url + path, { headers: { 'if-none-match': tag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect(again.headers.get('cache-control')).toBe(cached);
    }),
  );

  test.each([
    ['br, gzip', 'br', 'the script, as brotli'],
    ['gzip', 'gzip', 'the script, as gzip'],
    ['br;q=0, gzip;q=0.1, identity', null, 'the script'],
    ['zstd', null, 'the script'],
  ])('[W137] what is compressed beside a file is sent to who wants it: %s', (wanted, form, text) =>
    withApp(async ({ port }) => {
      const line = 'GET /assets/app-3f9c2b1a.js';
      const answer = await raw(port, requestOf(line, `accept-encoding: ${wanted}`));
      expect(/content-encoding: (.*)\r/.exec(answer)?.[1] ?? null).toBe(form);
      expect(answer.endsWith(`\r\n\r\n${text}`)).toBe(true);
      expect(answer).toContain('content-type: text/javascript; charset=utf-8');
    }),
  );

  test('[W137] may run its own scripts and nothing else, and talk to this server alone', () =>
    withApp(async ({ url }) => {
      const response = await fetch(url);
      const policy = response.headers.get('content-security-policy')?.split('; ');
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types holdfast',
      ]);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }));
});

describe('what is outside', () => {
  const paths = [
    '/../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/%2e%2e%2foutside.txt',
    '/%252e%252e/outside.txt',
    '/..\\outside.txt',
    '/..%5coutside.txt',
    '/assets/../../outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/assets/....//outside.txt',
    '/./../outside.txt',
    '//outside.txt',
    '/..;/outside.txt',
    '/%c0%ae%c0%ae/outside.txt',
    '/..%00/outside.txt',
    '/outside.txt%00.html',
    '/link.txt',
    '/linked/outside.txt',
    '/.env',
    '/.git/config',
    '/assets/%2e%2e/.env',
    'outside.txt',
    'file:///etc/passwd',
    'http://127.0.0.1/../outside.txt',
  ];
  test.each(paths)('[W137] is not reached by %s', (path) =>
    withApp(async ({ port }) => {
      const answer = await raw(port, requestOf(`GET ${path}`));
      expect(answer).toMatch(/^HTTP\/1.1 (?:400|404) /);
      expect(answer).not.toContain(secret);
    }),
  );
});

describe('without a web app', () => {
  test('[W137] the first page says what this server is, and there is no other', () =>
    withFolder(async (folder) => {
      const pages = webApp(await readWebFolder(join(folder, 'nowhere')));
      await withServer(
        [],
        async ({ url }) => {
          const response = await fetch(url);
          expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
          expect(await response.text()).toContain('sync server');
          expect(await failed(await fetch(`${url}/s/a`))).toEqual([404, 'no-such-address']);
        },
        { pages },
      );
    }));

  test('[W137] a folder that is too large is refused at the start', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'large.bin');
      await writeFile(file, '');
      await truncate(file, httpLimits.webBytesMax + 1);
      await expect(readWebFolder(folder)).rejects.toThrow(WebFolderError);
    }));
});
