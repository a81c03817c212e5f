import { describe, expect, test } from 'vitest';
import { readRange } from '../../../../server/files/range.ts';
import { bearer, claimsOf } from '../../../support/doorman.ts';
import { ada, hashOf, session, withFiles } from '../../../support/file-world.ts';
import { raw, requestOf } from '../../../support/http.ts';

const words = 'the bytes of a picture';
const hash = hashOf(words);

describe('a download', () => {
  test('[W139] can do nothing where a browser is made to open it', () =>
    withFiles(async ({ put, get }) => {
      await put(hash, words, { 'content-type': 'Text/Plain; charset=latin1' });
      const response = await get(hash);
      expect(await response.text()).toBe(words);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-disposition': 'attachment',
        'content-length': String(words.length),
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'content-type': 'text/plain; charset=utf-8',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'private, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
    }));

  test('[W139] is not sent again to who has it, and HEAD tells of it', () =>
    withFiles(async ({ put, get }) => {
      await put(hash, words);
      const head = await get(hash, {}, 'HEAD');
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
        200,
        String(words.length),
        '',
      ]);
      const again = await get(hash, { 'if-none-match': `"${hash}"` });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }));

  test.each([
    [{ range: 'bytes=4-8' }, 206, 'bytes', 'bytes 4-8/22'],
    [{ range: 'bytes=4-8', 'if-range': `"${hash}"` }, 206, 'bytes', 'bytes 4-8/22'],
    [{ range: 'bytes=4-8', 'if-range': '"another"' }, 200, words, null],
    [{ range: 'bytes=15-' }, 206, 'picture', 'bytes 15-21/22'],
    [{ range: 'bytes=-7' }, 206, 'picture', 'bytes 15-21/22'],
    [{ range: 'bytes=0-1, 3-4' }, 200, words, null],
    [{ range: 'bytes=22-' }, 416, expect.stringContaining('"range"'), 'bytes */22'],
  ])('[W139] in part: %o', (headers, status, text, part) =>
    withFiles(async ({ put, get }) => {
      await put(hash, words);
      const response = await get(hash, headers);
      const found = [response.status, await response.text(), response.headers.get('content-range')];
      expect(found).toEqual([status, text, part]);
    }),
  );

  test.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-99', { first: 0, last: 9 }],
    ['bytes=-99', { first: 0, last: 9 }],
    ['bytes=-0', 'none'],
    ['bytes=10-', 'none'],
    ['bytes=5-4', undefined],
    ['bytes=-', undefined],
    ['bytes=a-b', undefined],
    ['bytes=1.5-2', undefined],
    ['bytes=-1-2', undefined],
    ['lines=0-1', undefined],
  ])('[W139] of ten bytes, %s is %o', (header, range) => {
    expect(readRange(header, 10)).toEqual(range);
    expect(readRange(header, 0)).toEqual(range === undefined ? undefined : 'none');
  });

  test('[W139] is for who may read the session, and no path leads elsewhere', () =>
    withFiles(async ({ put, get, port }) => {
      await put(hash, words);
      expect((await get(hash, bearer(claimsOf('eve')))).status).toBe(404);
      for (const name of ['..%2fparts', `..%2f${hash}`, `${hash}.png`, 'parts', `${hash}%00`]) {
        const line = `GET /api/sessions/${session}/files/${name}`;
        const answer = await raw(port, requestOf(line, `authorization: ${ada.authorization}`));
        expect(answer).toMatch(/^HTTP\/1.1 (?:400|404) /);
      }
    }));
});
