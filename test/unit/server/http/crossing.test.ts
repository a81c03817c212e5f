import { describe, expect, test } from 'vitest';
import { jsonAnswer } from '../../../../server/http/answer.ts';
import { route, type Route } from '../../../../server/http/router.ts';
import { raw, requestOf, withServer } from '../../../support/http.ts';

const routes: readonly Route[] = [
  route('GET', '/api/things', () => jsonAnswer({ thing: 1 }, 200, { vary: 'accept' })),
  route('GET', '/api/broken', () => {
    throw new Error('broken');
  }),
];

const app = 'https://app.example';
const origins = { allowed: [app] };

const ask = (line: string, origins_: object, ...headers: readonly string[]): Promise<string> =>
  withServer(routes, ({ port }) => raw(port, requestOf(line, ...headers)), { origins: origins_ });

describe('pages of other origins', () => {
  test.each([
    ['GET /api/things', 'https://elsewhere.example'],
    ['GET /', 'https://elsewhere.example'],
    ['GET /api/things', 'null'],
    ['GET /api/things', `${app}.elsewhere.example`],
    ['OPTIONS /api/things', 'https://elsewhere.example'],
  ])('[W131] %s of %s is refused, and cannot be read', async (line, origin) => {
    const answer = await ask(line, origins, `origin: ${origin}`);
    expect(answer).toMatch(/^HTTP\/1.1 403 [^]*"wrong-origin"/);
    expect(answer).not.toContain('access-control-');
  });

  test.each(['/api/things', '/api/broken', '/api/nowhere'])(
    '[W131] one that is allowed may read what %s answers',
    async (path) => {
      const answer = await ask(`GET ${path}`, origins, `origin: ${app}`);
      expect(answer).toContain(`access-control-allow-origin: ${app}\r\n`);
      expect(answer).toMatch(/access-control-expose-headers: .*etag/);
      expect(answer).toMatch(/vary: (?:accept, )?origin\r\n/);
      expect(answer).not.toContain('allow-credentials');
    },
  );

  test('[W131] one that is allowed may ask with a token', async () => {
    const answer = await ask(
      'OPTIONS /api/things',
      origins,
      `origin: ${app}`,
      'access-control-request-method: PUT',
    );
    expect(answer).toMatch(/^HTTP\/1.1 204 /);
    expect(answer).toMatch(/access-control-allow-methods: .*PUT/);
    expect(answer).toMatch(/access-control-allow-headers: .*authorization/);
  });

  test('[W131] its own pages and programs need no leave', async () => {
    const own = await ask('GET /api/things', origins, 'origin: http://test');
    const program = await ask('GET /api/things', origins);
    expect([own, program].map((answer) => answer.slice(0, 15))).toEqual([
      'HTTP/1.1 200 OK',
      'HTTP/1.1 200 OK',
    ]);
    expect(own).not.toContain('access-control-');
    const asks = 'access-control-request-method: PUT';
    expect(await ask('OPTIONS /api/things', origins, 'origin: http://test', asks)).toMatch(
      /^HTTP\/1.1 405 /,
    );
    expect(await ask('GET /api/things', origins, `origin: ${app}`, asks)).toMatch(
      /^HTTP\/1.1 200 /,
    );
  });

  test('[W131] a server for its own machine answers to no other name', async () => {
    const local = { localPort: 1_234 };
    const answer = (host: string): Promise<string> =>
      withServer(
        routes,
        ({ port }) =>
          raw(port, requestOf('GET /api/things').replace('host: test', `host: ${host}`)),
        { origins: local },
      );
    expect(await answer('rebound.example:1234')).toMatch(/^HTTP\/1.1 403 [^]*"wrong-host"/);
    expect(await answer('localhost:4321')).toMatch(/^HTTP\/1.1 403 /);
    expect(await answer('localhost:1234')).toMatch(/^HTTP\/1.1 200 /);
  });
});
