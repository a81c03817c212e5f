import { Readable } from 'node:stream';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { jsonAnswer } from '../../../../server/http/answer.ts';
import { readJson } from '../../../../server/http/body.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import { route, type Route } from '../../../../server/http/router.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import {
  advancing,
  failed,
  raw,
  requestOf,
  withServer,
  type Failed,
} from '../../../support/http.ts';

const clock = manualClock();
const routes: readonly Route[] = [
  route('GET', '/api/things/:thing', ({ params, query }) =>
    jsonAnswer({ thing: params.thing, as: query.get('as') }),
  ),
  route('DELETE', '/api/things/:thing', () => ({ status: 204 })),
  route('GET', '/api/broken', () => {
    throw new Error('the secret words of a session');
  }),
  route('POST', '/api/echo', async (asked) => {
    const body = await readJson(asked, v.object({ word: v.string() }), clock);
    return body.ok ? jsonAnswer(body.value) : body.answer;
  }),
  route('POST', '/api/first', async ({ receive }) => {
    const chunks = receive().iterator({ destroyOnReturn: false });
    await chunks.next();
    await chunks.return?.();
    return { status: 204 };
  }),
  route('GET', '/api/stream', () => ({
    status: 200,
    body: { bytes: 3, open: () => Readable.from([Buffer.from('abc')]) },
  })),
  route('GET', '/api/cut', () => ({
    status: 200,
    body: {
      bytes: 9,
      open: () => new Readable({ read: () => undefined }).destroy(new Error('disk')),
    },
  })),
];

describe('every answer', () => {
  test.each([
    ['GET', '/api/things/a', 200],
    ['GET', '/api/nowhere', 404],
    ['GET', '/api/broken', 500],
    ['PATCH', '/api/things/a', 405],
    ['GET', '/nowhere', 404],
    ['GET', '/sync/session-0123456789abcd', 426],
  ])('[W130] to %s %s can do nothing in a browser', (method, path, status) =>
    withServer(routes, async ({ url }) => {
      const response = await fetch(url + path, { method });
      expect(response.status).toBe(status);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }),
  );

  test('[W130] that is a failure is JSON with a code and a sentence', () =>
    withServer(routes, async ({ url }) => {
      const response = await fetch(`${url}/api/nowhere`);
      const { error } = (await response.json()) as Failed;
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(error).toEqual({
        code: 'no-such-address',
        message: 'There is nothing at this address.',
      });
    }));
});

describe('addresses', () => {
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['GET', '/api/things/a%2Fb?as=c%20d', 200, '{"thing":"a/b","as":"c d"}'],
    ['GET', '/api/things/https:%2F%2Fa', 200, '{"thing":"https://a","as":null}'],
    ['GET', '/api/things/', 404, 'no-such-address'],
    ['GET', '/api/things/a/', 404, 'no-such-address'],
    ['GET', '//api/things/a', 404, 'no-such-address'],
    ['GET', '/api', 404, 'no-such-address'],
    ['GET', '/api/things/..', 400, 'bad-request'],
    ['GET', '/api/things/%2e%2E', 400, 'bad-request'],
    ['GET', '/api/things/%00', 400, 'bad-request'],
    ['GET', '/api/things/%5cetc', 400, 'bad-request'],
    ['GET', '/api/things/%zz', 400, 'bad-request'],
    ['GET', 'http://test/api/things/a', 400, 'bad-request'],
    ['GET', `/api/things/${'a'.repeat(httpLimits.targetCharsMax)}`, 414, 'target-too-long'],
    ['POST', '/api/things/a', 405, 'method'],
    ['POST', '/', 405, 'method'],
    ['GET', '/library', 426, 'socket'],
    ['GET', '/agents/ada', 426, 'socket'],
  ];
  test.each(cases)('[W131] %s %s is answered with %d', (method, path, status, words) =>
    withServer(routes, async ({ port }) => {
      const answer = await raw(port, requestOf(`${method} ${path}`));
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain(words);
    }),
  );

  test('[W131] what an address takes is said where it is asked for something else', () =>
    withServer(routes, async ({ url }) => {
      const response = await fetch(`${url}/api/things/a`, { method: 'PUT', body: 'x' });
      expect(response.headers.get('allow')).toBe('DELETE, GET, HEAD');
    }));

  test('[W131] HEAD has the headers of GET and no body', () =>
    withServer(routes, async ({ port }) => {
      const got = await raw(port, requestOf('GET /api/things/a'));
      const asked = await raw(port, requestOf('HEAD /api/things/a'));
      const withoutDate = (text: string): string => text.replace(/\r\nDate: .*/i, '');
      expect(got).toContain('content-length: 23');
      expect(withoutDate(`${asked}{"thing":"a","as":null}`)).toBe(withoutDate(got));
    }));
});

describe('a stream', () => {
  test('[W131] is sent, and not even opened for a HEAD', () =>
    withServer(routes, async ({ url, port }) => {
      expect(await (await fetch(`${url}/api/stream`)).text()).toBe('abc');
      expect(await raw(port, requestOf('HEAD /api/cut'))).toMatch(/^HTTP\/1.1 200 /);
    }));

  test('[W131] that breaks off is seen to by its reader and by the log', () =>
    withServer(routes, async ({ url, logged }) => {
      const read = fetch(`${url}/api/cut`).then((response) => response.text());
      await expect(read).rejects.toThrow(/./);
      expect(logged).toMatchObject([{ facts: { place: 'GET /api/cut' } }]);
    }));
});

describe('a handler that throws', () => {
  test('[W131] is a 500 with an id, and the words stay in the log', () =>
    withServer(routes, async ({ url, logged }) => {
      const response = await fetch(`${url}/api/broken?token=secret`);
      const text = await response.text();
      const { error } = JSON.parse(text) as Failed;
      expect([response.status, error.code]).toEqual([500, 'internal']);
      expect(text).not.toContain('words');
      expect(logged).toMatchObject([{ facts: { id: error['id'], place: 'GET /api/broken' } }]);
      expect(JSON.stringify(logged)).not.toContain('secret=');
      expect(JSON.stringify(logged)).not.toContain('token');
    }));
});

describe('a body', () => {
  const post = (body: BodyInit, type = 'application/json'): RequestInit => ({
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });

  test('[W132] of the right shape is taken', () =>
    withServer(routes, async ({ url }) => {
      const response = await fetch(`${url}/api/echo`, post('{"word":"a","more":1}'));
      expect(await response.json()).toEqual({ word: 'a' });
    }));

  test.each([
    ['no JSON', '{"word":', 'application/json', [400, 'bad-request']],
    ['another shape', '{"word":1}', 'application/json', [400, 'bad-request']],
    ['nested too deep', `{"word":${'['.repeat(99)}`, 'application/json', [400, 'bad-request']],
    ['another type', '{"word":"a"}', 'text/plain', [415, 'media-type']],
  ])('[W132] of %s is refused', (_, body, type, expected) =>
    withServer(routes, async ({ url }) => {
      expect(await failed(await fetch(`${url}/api/echo`, post(body, type)))).toEqual(expected);
    }),
  );

  test('[W132] that is too large is refused, announced or not', () =>
    withServer(routes, async ({ url }) => {
      const body = JSON.stringify({ word: 'a'.repeat(httpLimits.jsonBodyBytesMax) });
      const announced = await fetch(`${url}/api/echo`, post(body));
      expect(await failed(announced)).toEqual([413, 'too-large']);
      const stream = new Blob([body]).stream();
      const chunked = { ...post(stream), duplex: 'half' } as RequestInit;
      expect(await failed(await fetch(`${url}/api/echo`, chunked))).toEqual([413, 'too-large']);
    }));

  test('[W132] is refused before it is sent, where its sender asks first', () =>
    withServer(routes, async ({ port }) => {
      const headers = ['content-type: application/json', 'expect: 100-continue'];
      const line = 'POST /api/echo';
      const fine = requestOf(line, ...headers, 'content-length: 12');
      expect(await raw(port, fine, '{"word":"a"}')).toMatch(/^HTTP\/1.1 100 [^]*HTTP\/1.1 200 /);
      const large = requestOf(line, ...headers, 'content-length: 999999999');
      expect(await raw(port, large)).toMatch(/^HTTP\/1.1 413 /);
    }));

  test('[W132] that does not come is waited for, but not for ever', () =>
    withServer(routes, async ({ port }) => {
      const headers = ['content-type: application/json', 'content-length: 12'];
      const answer = raw(port, requestOf('POST /api/echo', ...headers), '{"word"');
      expect(await advancing(clock, 100, answer)).toMatch(/^HTTP\/1.1 408 /);
    }));

  test('[W132] that nobody reads does not hold its connection for ever', () =>
    withServer(routes, async ({ port, clock: linger }) => {
      const head = 'DELETE /api/things/a HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\n';
      const answer = raw(port, head, 'x');
      expect(await advancing(linger, 100, answer)).toMatch(/^HTTP\/1.1 204 /);
      expect(linger.now()).toBeGreaterThanOrEqual(httpLimits.lingerMsMax);
      // Nor is it closed while its sender goes on.
      expect(await raw(port, `${head}123456789`, requestOf('GET /api/things/a'))).toMatch(
        /^HTTP\/1.1 204 [^]*HTTP\/1.1 200 /,
      );
    }));

  test('[W132] that was read in part leaves its connection to the next request', () =>
    withServer(routes, async ({ port }) => {
      const length = 1_000_000;
      const head = `POST /api/first HTTP/1.1\r\nhost: test\r\ncontent-length: ${length}\r\n\r\n`;
      const answer = raw(port, head, 'a'.repeat(length), requestOf('GET /api/things/a'));
      expect(await answer).toMatch(/^HTTP\/1.1 204 [^]*HTTP\/1.1 200 /);
    }));
});
