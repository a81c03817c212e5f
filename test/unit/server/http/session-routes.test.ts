import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { signedIn } from '../../../../server/http/doorman.ts';
import { Renderer } from '../../../../server/http/renderer.ts';
import { sessionRoutes, type SessionStates } from '../../../../server/http/session-routes.ts';
import { route } from '../../../../server/http/router.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import { MemoryLog } from '../../../../server/log/memory.ts';
import { unavailable } from '../../../../server/log/refusal.ts';
import { manualClock } from '../../../../src/base/clock.ts';
import type { Claims } from '../../../../src/protocol/token.ts';
import { openSession } from '../../../../src/session/session.ts';
import { bearer, claimsOf, testDoorman } from '../../../support/doorman.ts';
import { advancing, failed, raw, requestOf, withServer } from '../../../support/http.ts';
import { sessionOf, statesOf, store, updatesOf } from '../../../support/session-log.ts';

const id = 'session-0123456789abcd';
const ada = bearer(claimsOf('ada'));
const clock = manualClock();
const renderer = new Renderer(clock);
afterAll(() => renderer.close());

interface World {
  readonly log: MemoryLog;
  readonly erased: string[];
  readonly get: (
    path: string,
    headers?: Readonly<Record<string, string>>,
    method?: string,
  ) => Promise<Response>;
  readonly port: number;
}

/** Ada's session with one prompt in it, served. */
async function withSession<T>(
  act: (world: World) => Promise<T>,
  states?: (log: MemoryLog) => SessionStates,
): Promise<T> {
  const log = new MemoryLog({ clock });
  await store(log, id, updatesOf(sessionOf('Walks', `${'Hello '.repeat(500)}.`)), 'ada');
  const erased: string[] = [];
  const doorman = testDoorman(log);
  const erase = async (session: string): Promise<void> => {
    erased.push(`${session} ${(await log.open(session)).ok ? 'before' : 'after'}`);
  };
  const shown = states?.(log) ?? statesOf(log);
  const routes = sessionRoutes({ doorman, states: shown, log, renderer, erase });
  return withServer(routes, ({ url, port }) => {
    const get: World['get'] = (path, headers = ada, method = 'GET') =>
      fetch(`${url}/api/sessions/${path}`, { method, headers });
    return act({ log, erased, get, port });
  });
}

describe('who may see a session', () => {
  const may = (more: Partial<Claims>): Readonly<Record<string, string>> =>
    bearer(claimsOf('eve', more));

  test.each([
    ['nobody', {}, 401, 'Bearer'],
    ['a token that is none', { authorization: 'Bearer x' }, 401, 'Bearer error="invalid_token"'],
  ])('[W133] %s is asked for a token', (_, headers, status, challenge) =>
    withSession(async ({ get }) => {
      const response = await get(id, headers);
      expect(await failed(response)).toEqual([status, 'token']);
      expect(response.headers.get('www-authenticate')).toBe(challenge);
    }),
  );

  test('[W133] while nobody can say whether a token is good, it is not refused', async () => {
    const doorman = {
      ...testDoorman(new MemoryLog({ clock })),
      claims: async () => ({ ok: false, fault: 'keys-unavailable' }) as const,
    };
    const routes = [
      route(
        'GET',
        '/api/me',
        signedIn(doorman, () => ({ status: 204 })),
      ),
    ];
    await withServer(routes, async ({ url }) => {
      expect(await failed(await fetch(`${url}/api/me`))).toEqual([503, 'unavailable']);
    });
  });

  test('[W133] what is missing, deleted, no id, not shared or not readable sounds the same', () =>
    withSession(async ({ get, log }) => {
      await log.create('deleted-0123456789abcd');
      await log.delete('deleted-0123456789abcd');
      const answers = [
        await get('another-0123456789abcd'),
        await get('deleted-0123456789abcd'),
        await get('short'),
        await get(id, may({})),
        await get(id, may({ sessions: [id], rights: ['annotate'] })),
        await get(id, may({}), 'DELETE'),
        await get('another-0123456789abcd', may({ rights: [] }), 'DELETE'),
        await get('another-0123456789abcd/state'),
      ];
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 404));
      expect(new Set(texts).size).toBe(1);
    }));

  test('[W133] who may read it is told what else would be needed', () =>
    withSession(async ({ get, log }) => {
      await log.members.set(id, 'eve', 'viewer');
      expect((await get(id, may({}))).status).toBe(200);
      expect(await failed(await get(id, may({}), 'DELETE'))).toEqual([403, 'forbidden']);
    }));

  test('[W133] a store that does not answer is no missing session', () =>
    withSession(
      async ({ get }) => {
        const response = await get(id);
        expect(await failed(response)).toEqual([503, 'unavailable']);
        expect(response.headers.get('retry-after')).toBe('5');
      },
      (log) => ({ ...statesOf(log), state: async () => unavailable('damaged') }),
    ));
});

describe('a transcript', () => {
  test.each([
    ['', {}, 'application/json; charset=utf-8'],
    ['?format=json', { accept: 'text/markdown' }, 'application/json; charset=utf-8'],
    ['?format=markdown', {}, 'text/markdown; charset=utf-8'],
    ['', { accept: 'text/html, text/markdown;q=0.9' }, 'text/markdown; charset=utf-8'],
    ['', { accept: 'text/*' }, 'text/markdown; charset=utf-8'],
    ['', { accept: 'image/png' }, 'application/json; charset=utf-8'],
  ])('[W134] is given as it is asked for: %s %o', (query, headers, type) =>
    withSession(async ({ get }) => {
      const response = await get(id + query, { ...ada, ...headers });
      const text = await response.text();
      expect(response.headers.get('content-type')).toBe(type);
      const isJson = type.startsWith('application/json');
      const begins = isJson
        ? /^\{"format":"holdfast-transcript","version":1,"title":"Walks",/
        : /^# Walks\n\n## Ada\n\nHello Hello /;
      expect(text).toMatch(begins);
    }),
  );

  test('[W134] of an unknown form is refused, and so is what no version wrote', () =>
    withSession(async ({ get, log }) => {
      expect(await failed(await get(`${id}?format=html`))).toEqual([400, 'bad-request']);
      const doc = new Y.Doc();
      doc.getMap('meta').set('schema', 99);
      await store(log, 'newer---0123456789abcd', [Y.encodeStateAsUpdate(doc)], 'ada');
      expect(await failed(await get('newer---0123456789abcd'))).toEqual([422, 'unreadable']);
      expect((await get('newer---0123456789abcd/state')).status).toBe(200);
    }));
});

describe('a state', () => {
  test('[W134] is one update that is the session, without what was deleted', async () => {
    const session = sessionOf('Walks', 'the secret words');
    const [begun = new Uint8Array()] = updatesOf(session);
    const before = Y.encodeStateVector(session.doc);
    session.remove(session.view.path[0]?.id ?? '');
    const deletion = Y.encodeStateAsUpdate(session.doc, before);
    await withSession(async ({ get, log }) => {
      await store(log, 'deleted-0123456789abcd', [begun, deletion], 'ada');
      const bytes = Buffer.from(await (await get('deleted-0123456789abcd/state')).arrayBuffer());
      expect(Buffer.from(begun).includes('secret words')).toBe(true);
      expect(bytes.includes('secret words')).toBe(false);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, bytes);
      const { path } = openSession(doc, { principal: 'eve' }).view;
      expect(path).toEqual(session.view.path);
    });
  });

  test.each([
    ['zstd, gzip', 'zstd', zstdDecompressSync],
    ['gzip, zstd;q=0', 'gzip', gunzipSync],
    ['br', null, (bytes: Buffer) => bytes],
    ['identity, *;q=0', null, (bytes: Buffer) => bytes],
  ])('[W134] is compressed as its reader wants: %s', (wanted, encoding, unpack) =>
    withSession(async ({ port }) => {
      const headers = [`authorization: ${ada.authorization}`, `accept-encoding: ${wanted}`];
      const answer = await raw(port, requestOf(`GET /api/sessions/${id}/state`, ...headers));
      const [head = '', body = ''] = answer.split('\r\n\r\n', 2);
      expect(/content-encoding: (.*)/.exec(head)?.[1] ?? null).toBe(encoding);
      const doc = new Y.Doc();
      const at = answer.indexOf('\r\n\r\n') + 4;
      expect(body.length).toBeGreaterThan(10);
      Y.applyUpdate(doc, unpack(Buffer.from(answer.slice(at), 'latin1')));
      expect(openSession(doc, { principal: 'eve' }).view.meta.title).toBe('Walks');
    }),
  );

  test('[W134] that its reader has already is not sent again, until it changes', () =>
    withSession(async ({ get, log }) => {
      const whole = await get(`${id}/state`);
      const tag = whole.headers.get('etag') ?? '';
      const opened = await log.open(id);
      const generation = opened.ok && opened.head.generation;
      expect(whole.headers.get('holdfast-generation')).toBe(generation);
      const again = { ...ada, 'if-none-match': `"other", ${tag.replace('W/', '')}` };
      const same = await get(`${id}/state`, again);
      expect([same.status, same.headers.get('etag'), await same.text()]).toEqual([304, tag, '']);
      expect((await get(id, again)).status).toBe(200);
      await log.append(id, 1, [], Y.encodeStateAsUpdate(new Y.Doc()));
      expect((await get(`${id}/state`, again)).status).toBe(200);
    }));
});

describe('making a body', () => {
  test('[W134] is refused where a session is larger than one may be', () =>
    withSession(
      async ({ get }) => {
        expect(await failed(await get(id))).toEqual([413, 'too-large']);
      },
      (log) => {
        const updates = [new Uint8Array(httpLimits.stateBytesMax), new Uint8Array(1)];
        const state = async () => ({ ok: true, generation: 'g', seq: 2, updates }) as const;
        return { ...statesOf(log), state };
      },
    ));

  test('[W134] has a line, and who finds it full is told to come back', async () => {
    const places = Array.from({ length: httpLimits.rendersMax }, (_, at) =>
      renderer.enter(`principal ${at}`),
    );
    await withSession(async ({ get }) => {
      expect(await failed(await get(id))).toEqual([429, 'busy']);
      places[0]?.leave();
      places[0]?.leave();
      expect((await get(id)).status).toBe(200);
      // Left twice, it is one place all the same.
      const one = renderer.enter('eve');
      expect([one === undefined, renderer.enter('bob') === undefined]).toEqual([false, true]);
      one?.leave();
    });
    for (const place of places) place?.leave();
  });

  test('[W134] is not kept from all others by one principal', () => {
    const places = Array.from({ length: httpLimits.rendersMax }, () => renderer.enter('eve'));
    const taken = places.filter((place) => place !== undefined);
    expect(taken).toHaveLength(httpLimits.rendersPerPrincipalMax);
    for (const place of taken) place.leave();
    expect(renderer.enter('eve')?.leave()).toBe(undefined);
  });

  test('[W134] has a time, and the next one is made all the same', async () => {
    const alone = new Renderer(clock);
    const place = alone.enter('ada');
    const job = { form: 'update', encoding: 'identity' } as const;
    // An update of one struct that refers to the one before it, very often: seconds of work.
    const doc = new Y.Doc();
    const text = doc.getText('slow');
    for (let at = 0; at < 20_000; at++) text.insert(0, 'a');
    const slow = Y.encodeStateAsUpdate(doc);
    const first = place?.render({ ...job, updates: Array.from({ length: 400 }, () => slow) });
    expect(await advancing(clock, httpLimits.renderMsMax, first ?? Promise.reject())).toEqual({
      ok: false,
      code: 'slow',
    });
    const next = await place?.render({ ...job, updates: [Y.encodeStateAsUpdate(new Y.Doc())] });
    expect(next?.ok).toBe(true);
    await alone.close();
    expect(await place?.render({ ...job, updates: [] })).toEqual({ ok: false, code: 'slow' });
  });

  test('[W134] an update that cannot be read is a fault of ours, and the next one is made', async () => {
    const alone = new Renderer(clock);
    const place = alone.enter('ada');
    const job = { form: 'update', encoding: 'identity' } as const;
    const broken = place?.render({ ...job, updates: [Uint8Array.of(1, 1, 1)] });
    const next = place?.render({ ...job, updates: [] });
    await expect(broken).rejects.toThrow(/./);
    expect((await next)?.ok).toBe(true);
    await alone.close();
  });
});

describe('deleting', () => {
  test('[W135] ends the session and all that it has beside its log', () =>
    withSession(async ({ get, log, erased }) => {
      expect((await get(id, ada, 'DELETE')).status).toBe(204);
      expect(erased).toEqual([`${id} before`, `${id} after`]);
      expect((await log.open(id)).ok).toBe(false);
      expect(await failed(await get(id, ada, 'DELETE'))).toEqual([404, 'missing']);
    }));

  test('[W135] that fails is said, and can be asked for again', () =>
    withSession(
      async ({ get, log }) => {
        expect(await failed(await get(id, ada, 'DELETE'))).toEqual([503, 'unavailable']);
        expect((await log.open(id)).ok).toBe(true);
      },
      (log) => ({ ...statesOf(log), delete: async () => unavailable('full') }),
    ));
});
