import { describe, expect, test } from 'vitest';
import {
  decodeLibraryNews,
  decodeLibraryRequest,
  encodeLibrary,
  libraryNewsSchemas,
  libraryRequestSchemas,
  type LibraryNews,
  type LibraryRequest,
} from '../../../src/protocol/library.ts';
import { limits } from '../../../src/protocol/limits.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';

const session = 'session-0123456789';
const entry = {
  session,
  title: '',
  preview: 'Hello',
  running: true,
  lastActivity: 2,
  createdAt: 1,
};
const row = { key: 'draft', json: '{"a":1}', seq: 7, alternative: 'null' };

const requests: { readonly [T in LibraryRequest['type']]: Extract<LibraryRequest, { type: T }> } = {
  hello: { id: 1, type: 'hello', token: 'a.b.c', rowsAfter: 0 },
  'renew-token': { id: 2, type: 'renew-token', token: 'a.b.c' },
  list: { id: 3, type: 'list', cursor: 'abc' },
  'write-row': { id: 4, type: 'write-row', key: 'draft', json: '1', known: 0 },
};

const news: { readonly [T in LibraryNews['type']]: Extract<LibraryNews, { type: T }> } = {
  ready: {
    id: 1,
    re: 1,
    type: 'ready',
    incarnation: 'i1',
    principal: 'ada',
    rights: ['read'],
    expiresAt: 9,
  },
  'token-renewed': { id: 2, re: 2, type: 'token-renewed', rights: [], expiresAt: 9 },
  page: { id: 3, type: 'page', sessions: [entry], cursor: null },
  changed: { id: 4, type: 'changed', sessions: [entry] },
  gone: { id: 5, type: 'gone', sessions: [session] },
  'row-written': { id: 6, re: 4, type: 'row-written', row },
  rows: { id: 7, type: 'rows', rows: [row, { key: 'gone', seq: 8 }], more: false },
  beat: { id: 8, type: 'beat' },
  error: { id: 9, re: 9, type: 'error', code: 'busy', message: 'Try later.', retryable: true },
};

describe('[W12] a message of the library', () => {
  test.each(Object.values(requests))(
    '[W12] $type of a device is read as it was written',
    (sent) => {
      const { major, minor } = protocolVersion;
      const read = { ok: true, message: sent, version: { major, minor } };
      expect(decodeLibraryRequest(encodeLibrary(sent))).toEqual(read);
      expect(decodeLibraryNews(encodeLibrary(sent)).ok).toBe(Object.hasOwn(news, sent.type));
    },
  );

  test.each(Object.values(news))('[W12] $type of the server is read as it was written', (sent) => {
    expect(decodeLibraryNews(encodeLibrary(sent))).toMatchObject({ ok: true, message: sent });
  });

  test('[W12] there is a sample of each', () => {
    expect(Object.keys(requests)).toEqual(Object.keys(libraryRequestSchemas));
    expect(Object.keys(news)).toEqual(Object.keys(libraryNewsSchemas));
  });

  test('[W12] the largest row fits into one', () => {
    const json = JSON.stringify('"'.repeat((limits.rowBytesMax - 2) / 2));
    expect(Buffer.byteLength(json)).toBe(limits.rowBytesMax);
    const text = encodeLibrary({ ...requests['write-row'], key: 'k'.repeat(200), json });
    expect(decodeLibraryRequest(text).ok).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThan(limits.libraryMessageBytesMax);
  });
});
