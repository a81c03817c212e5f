import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Put } from '../../../../server/files/file-store.ts';
import { httpLimits } from '../../../../server/http/limits.ts';
import {
  ada,
  hashOf,
  partsOf,
  session,
  storeOf,
  withFiles,
  type FileWorld,
} from '../../../support/file-world.ts';
import { bearer, claimsOf } from '../../../support/doorman.ts';
import { advancing, failed, raw, requestOf } from '../../../support/http.ts';

const words = 'the bytes of a picture';
const bytes = Buffer.from(words);
const hash = hashOf(words);
const file = { hash, type: 'image/png', bytes: words.length } as const;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The lines of an upload, whose body is sent by hand. */
const upload = (length: number, of = hash): string =>
  requestOf(
    `PUT /api/sessions/${session}/files/${of}`,
    `authorization: ${ada.authorization}`,
    `content-length: ${length}`,
    'content-type: image/png',
  );

/** An upload that has begun: its part is on the disk. */
async function begun({ port, folder }: FileWorld, of = hash): Promise<Socket> {
  const before = partsOf(folder).length;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(upload(words.length, of) + words.slice(0, 5));
  while (partsOf(folder).length === before) await turn();
  return socket;
}

describe('an upload', () => {
  test('[W138] is there when it is answered, also for the next process', () =>
    withFiles(async ({ put, get, folder, log, clock }) => {
      const response = await put(hash, words);
      expect([response.status, await response.json()]).toEqual([201, file]);
      expect(await (await get(hash)).text()).toBe(words);
      expect(partsOf(folder)).toEqual([]);
      const next = await storeOf(folder, log, clock);
      expect(await next.find(session, hash)).toEqual({ ok: true, file });
    }));

  test('[W138] of what is there already changes nothing, not even its type', () =>
    withFiles(async ({ put, get, port }) => {
      await put(hash, words);
      expect((await put(hash, words, { 'content-type': 'text/plain' })).status).toBe(200);
      expect((await get(hash)).headers.get('content-type')).toBe('image/png');
      const asks = upload(words.length).replace('\r\n\r\n', '\r\nexpect: 100-continue\r\n\r\n');
      expect(await raw(port, asks)).toMatch(/^HTTP\/1.1 200 /);
    }));

  test('[W138] twice at once is one file', () =>
    withFiles(async ({ put, folder }) => {
      const answers = await Promise.all([put(hash, words), put(hash, words)]);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 201]));
      expect(partsOf(folder)).toEqual([]);
    }));

  test.each([
    ['other bytes', hashOf('others'), words, {}, [422, 'other-bytes']],
    ['no hash', 'abc', words, {}, [400, 'bad-request']],
    ['a hash in capitals', hash.toUpperCase(), words, {}, [400, 'bad-request']],
    ['a page', hash, words, { 'content-type': 'text/html' }, [415, 'media-type']],
    ['an SVG', hash, words, { 'content-type': 'image/svg+xml' }, [415, 'media-type']],
    ['a type from the prototype', hash, words, { 'content-type': 'toString' }, [415, 'media-type']],
    ['bytes without a length', hash, new Blob([words]).stream(), {}, [411, 'length-required']],
  ])('[W138] of %s is refused and leaves nothing', (_, name, body, headers, expected) =>
    withFiles(async ({ folder, url }) => {
      const response = await fetch(`${url}/api/sessions/${session}/files/${name}`, {
        method: 'PUT',
        body,
        headers: { ...ada, 'content-type': 'image/png', ...headers },
        duplex: 'half',
      } as RequestInit);
      expect(await failed(response)).toEqual(expected);
      expect(await readdir(join(folder, 'files'))).toEqual(['parts']);
      expect(partsOf(folder)).toEqual([]);
    }),
  );

  test('[W138] that is too large for a file or its session is refused before it is sent', () =>
    withFiles(async ({ put, port, folder, log, clock }) => {
      const large = await raw(port, upload(httpLimits.fileBytesMax + 1));
      expect(large).toMatch(/^HTTP\/1.1 413 [^]*"too-large"/);
      const shelf = join(folder, 'files', session.replace('S', '~s'));
      await mkdir(shelf);
      const full = Math.floor(httpLimits.sessionFileBytesMax / httpLimits.fileBytesMax);
      for (let at = 0; at < full; at++) {
        const name = join(shelf, `${hashOf(`${at}`)}.bin`);
        await writeFile(name, '');
        await truncate(name, httpLimits.fileBytesMax);
      }
      expect(await failed(await put(hash, words))).toEqual([413, 'session-full']);
      await rm(join(shelf, `${hashOf('0')}.bin`));
      const next = await storeOf(folder, log, clock);
      const both = [next.find(session, hashOf('1')), next.find(session, hashOf('0'))];
      const found = await Promise.all(both);
      expect(found.map((one) => one.ok && one.file?.type)).toEqual([
        'application/octet-stream',
        undefined,
      ]);
    }));

  test('[W138] on its way counts, so that many at once take no more than one after another', () =>
    withFiles(async ({ files, folder }) => {
      const fits = Math.floor(httpLimits.sessionFileBytesMax / httpLimits.fileBytesMax);
      const open = Array.from({ length: fits }, () => new PassThrough());
      const puts = open.map((source, at) => {
        const large = { ...file, hash: hashOf(`${at}`), bytes: httpLimits.fileBytesMax };
        return files.put(session, large, () => source);
      });
      while (partsOf(folder).length < fits) await turn();
      const late = (): Promise<Put> => files.put(session, file, () => Readable.from([bytes]));
      expect(await late()).toEqual({ ok: false, code: 'session-full' });
      for (const source of open) source.destroy();
      expect(new Set((await Promise.all(puts)).map(({ ok }) => ok))).toEqual(new Set([false]));
      expect(await late()).toMatchObject({ ok: true });
    }));

  test('[W138] beyond the number of files is refused', () =>
    withFiles(async ({ put, folder }) => {
      const shelf = join(folder, 'files', session.replace('S', '~s'));
      await mkdir(shelf);
      for (let at = 1; at < httpLimits.sessionFilesMax; at++) {
        writeFileSync(join(shelf, `${hashOf(`${at}`)}.bin`), '');
      }
      expect((await put(hash, words)).status).toBe(201);
      expect(await failed(await put(hashOf('more'), 'more'))).toEqual([413, 'session-full']);
    }));

  test('[W138] of other bytes than announced is refused, and the stream can be read on', () =>
    withFiles(async ({ files, folder }) => {
      const put = (length: number, source: Readable): Promise<Put> =>
        files.put(session, { ...file, bytes: length }, () => source);
      const refused = { ok: false, code: 'other-bytes' };
      expect(await put(words.length + 1, Readable.from([bytes]))).toEqual(refused);
      const source = Readable.from([bytes, bytes, bytes]);
      expect(await put(words.length - 1, source)).toEqual(refused);
      source.resume();
      await once(source, 'end');
      expect(partsOf(folder)).toEqual([]);
    }));

  test('[W138] of what is there is heard to its end, where its sender did not ask before', () =>
    withFiles(async ({ put, port, clock }) => {
      await put(hash, words);
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
      socket.write(upload(words.length) + words.slice(0, 5));
      for (let turns = 0; turns < 100; turns++) {
        await turn();
        clock.advance(httpLimits.lingerMsMax / 50);
      }
      socket.write(words.slice(5));
      await once(socket, 'close');
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
    }));

  test('[W138] to a session that nobody made is refused, also for who might make it', () =>
    withFiles(async ({ url, folder }) => {
      const address = `${url}/api/sessions/nobody-0123456789abcd/files/${hash}`;
      const headers = { ...ada, 'content-type': 'image/png' };
      const response = await fetch(address, { method: 'PUT', body: words, headers });
      expect(await failed(response)).toEqual([404, 'missing']);
      expect(await readdir(join(folder, 'files'))).toEqual(['parts']);
    }));

  test('[W138] that breaks off leaves nothing', () =>
    withFiles(async (world) => {
      const socket = await begun(world);
      socket.destroy();
      while (partsOf(world.folder).length > 0) await turn();
      expect((await world.get(hash)).status).toBe(404);
      expect((await world.put(hash, words)).status).toBe(201);
    }));

  test('[W138] that pauses too long is broken off', () =>
    withFiles(async (world) => {
      const socket = await begun(world);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      await advancing(world.clock, httpLimits.uploadIdleMsMax, closed);
      while (partsOf(world.folder).length > 0) await turn();
      expect((await world.get(hash)).status).toBe(404);
    }));

  test('[W138] that ended with its process is cleared away at the next start', () =>
    withFiles(async ({ folder, log, clock }) => {
      await writeFile(join(folder, 'files', 'parts', 'left'), words);
      await storeOf(folder, log, clock);
      expect(partsOf(folder)).toEqual([]);
    }));

  test('[W138] that the disk refuses is said to be, and the next one is tried anew', () =>
    withFiles(async ({ put, folder }) => {
      const parts = join(folder, 'files', 'parts');
      await rm(parts, { recursive: true });
      await writeFile(parts, '');
      expect(await failed(await put(hash, words))).toEqual([503, 'unavailable']);
      await rm(parts);
      await mkdir(parts);
      expect((await put(hash, words)).status).toBe(201);
    }));

  test('[W138] is for who may write or reply', () =>
    withFiles(async ({ put, log }) => {
      await log.members.set(session, 'eve', 'viewer');
      await log.members.set(session, 'bot', 'editor');
      const viewer = bearer(claimsOf('eve'));
      const stranger = bearer(claimsOf('zoe'));
      const bot = bearer(claimsOf('bot', { kind: 'agent', rights: ['read', 'agent'] }));
      expect(await failed(await put(hash, words, viewer))).toEqual([403, 'forbidden']);
      expect(await failed(await put(hash, words, stranger))).toEqual([404, 'missing']);
      expect((await put(hash, words, bot)).status).toBe(201);
    }));

  test('[W138] one of many at once of a principal is told to come back', () =>
    withFiles(async (world) => {
      const sockets = [];
      for (let at = 0; at < httpLimits.uploadsPerPrincipalMax; at++) {
        sockets.push(await begun(world, hashOf(`${at}`)));
      }
      expect(await failed(await world.put(hash, words))).toEqual([429, 'busy']);
      for (const socket of sockets) socket.destroy();
      while (partsOf(world.folder).length > 0) await turn();
      expect((await world.put(hash, words)).status).toBe(201);
    }));
});

describe('the end of a session', () => {
  test('[W140] is the end of its files, and of no others', () =>
    withFiles(async ({ put, get, files, folder }) => {
      await put(hash, words);
      const other = session.toLowerCase();
      await files.put(other, file, () => Readable.from([bytes]));
      await files.eraseSession(session);
      expect((await get(hash)).status).toBe(404);
      expect((await readdir(join(folder, 'files'))).toSorted()).toEqual(['parts', other]);
      expect(await files.find(other, hash)).toEqual({ ok: true, file });
    }));

  test('[W140] is the end of what is on its way', () =>
    withFiles(async (world) => {
      const socket = await begun(world);
      await world.files.eraseSession(session);
      socket.end(words.slice(5));
      while (partsOf(world.folder).length > 0) await turn();
      expect((await world.get(hash)).status).toBe(404);
      expect(await readdir(join(world.folder, 'files'))).toEqual(['parts']);
    }));

  test('[W140] is the end of what came after it was erased', () =>
    withFiles(async (world) => {
      await world.files.eraseSession(session);
      const socket = await begun(world);
      await world.log.delete(session);
      socket.end(words.slice(5));
      while (partsOf(world.folder).length > 0) await turn();
      expect(await readdir(join(world.folder, 'files'))).toEqual(['parts']);
    }));

  test('[W140] that was broken off is finished at the next start', () =>
    withFiles(async ({ put, log, folder, clock }) => {
      await put(hash, words);
      await log.delete(session);
      await storeOf(folder, log, clock);
      expect(await readdir(join(folder, 'files'))).toEqual(['parts']);
    }));
});
