// What a part may name and must never hold: files by their hash, links that lead nowhere strange.

import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentDigest } from '../../../src/session/digest.ts';
import type { FilePart } from '../../../src/session/part.ts';
import type { PromptPart } from '../../../src/session/prompt.ts';
import type { Session } from '../../../src/session/session.ts';
import { bytesOf, held, stage } from '../../support/peers.ts';

const hash = '0123456789abcdef'.repeat(4);
const file = { mediaType: 'image/svg+xml', size: 1_000_000, hash, name: 'a plan.svg' };

const badInput = expect.objectContaining({ code: 'bad-input' });

describe('a file', () => {
  /** As an app may have it at hand: with its bytes, in one form or another. */
  const loaded = {
    ...file,
    data: 'QUJD'.repeat(1_000),
    bytes: [1, 2, 3],
    url: 'data:text/plain;base64,QUJD',
    text: 'QUJD',
  };

  const partsOf = (session: Session, message: string): unknown =>
    session.view.messages.get(message)?.parts;

  test('[S19] is named by hash, size and media type, and its bytes stay outside', () => {
    const scene = stage();
    const before = bytesOf(scene.session.doc);
    const part: { type: 'file' } & typeof file = { type: 'file', ...loaded };
    const { message } = scene.session.send([part], { parent: null, agent: null });
    const { writer, reply } = held(scene);
    writer.file(loaded, { id: 'f1' });
    writer.end();
    const { doc } = scene.session;
    expect(Buffer.from(Y.encodeStateAsUpdate(doc)).includes('QUJD')).toBe(false);
    expect(bytesOf(doc) - before).toBeLessThan(2_000);
    expect(partsOf(scene.session, message)).toEqual([{ type: 'file', id: 'p1', ...file }]);
    expect(partsOf(scene.session, reply)).toEqual([
      { type: 'file', id: 'f1', startedAt: 1_000, ...file },
    ]);
  });

  const wrong: readonly [string, Partial<FilePart>][] = [
    ['no hash', { hash: '' }],
    ['a hash of another length', { hash: 'ab' }],
    ['a hash in capitals', { hash: hash.toUpperCase() }],
    ['a negative size', { size: -1 }],
    ['half a byte', { size: 1.5 }],
    ['no media type', { mediaType: '' }],
    ['a media type with a parameter', { mediaType: 'text/html; charset=utf-8' }],
    ['too long a name', { name: 'n'.repeat(201) }],
  ];

  test.each(wrong)('[S19] is refused with %s, and nothing is written', (_name, fields) => {
    const scene = stage();
    const { writer } = held(scene);
    writer.flush();
    const before = documentDigest(scene.session.doc);
    const given = { ...file, ...fields };
    expect(() => scene.session.send([{ type: 'file', ...given }])).toThrow(badInput);
    expect(() => writer.file(given)).toThrow(badInput);
    expect(writer.pending).toBe(false);
    expect(documentDigest(scene.session.doc)).toBe(before);
  });
});

const good = [
  'https://example.org/a?b=c#d',
  'http://localhost:3000/',
  'HTTPS://EXAMPLE.ORG/',
  '/',
  '/docs/page?x=1#top',
  '/with%20space',
  'https://例え.jp/漢字',
  'https://user@example.org/',
];

const bad = [
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  ' javascript:alert(1)',
  '/with space',
  'java\nscript:alert(1)',
  'data:text/html,<b>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.org/1',
  'mailto:a@example.org',
  'ftp://example.org/',
  '//example.org/',
  '/\\example.org/',
  '\\\\example.org\\',
  '/\t/example.org/',
  '/\n/example.org/',
  '/\r\\example.org/',
  'https:example.org',
  'https:/example.org',
  'example.org',
  '../up',
  '#top',
  '',
  ' /docs',
  'https://example.org/\u0000',
  `https://example.org/${'x'.repeat(2_048)}`,
];

describe('a link', () => {
  test.each(good)('[S19] is written and read: %j', (url) => {
    const scene = stage();
    const part: PromptPart = { type: 'source', title: 'A', url };
    const { message } = scene.session.send([part], { parent: null, agent: null });
    const { writer, reply } = held(scene);
    writer.source({ title: 'A', url });
    writer.end();
    for (const id of [message, reply]) {
      expect(scene.session.view.messages.get(id)?.parts).toMatchObject([{ title: 'A', url }]);
    }
  });

  test.each(bad)('[S19] of another kind is refused, and nothing is written: %j', (url) => {
    const scene = stage();
    const { writer } = held(scene);
    writer.flush();
    const before = documentDigest(scene.session.doc);
    expect(() => scene.session.send([{ type: 'source', title: 'A', url }])).toThrow(badInput);
    expect(() => writer.source({ title: 'A', url })).toThrow(badInput);
    expect(writer.pending).toBe(false);
    expect(documentDigest(scene.session.doc)).toBe(before);
  });

  test.each(bad)('[S19] of another kind that a peer wrote is left out: %j', (url) => {
    const { session } = stage();
    const stored = [
      { head: { type: 'source', id: 'p1', title: 'A', url } },
      { head: { type: 'text', id: 'p2' }, text: 'kept' },
    ];
    const head = { id: 'm1', role: 'user', author: 'someone', parent: null, createdAt: 1 };
    session.doc.getArray('messages').push([
      new Y.Map<unknown>([
        ['head', head],
        ['parts', stored],
      ]),
    ]);
    expect(session.view.messages.get('m1')?.parts).toMatchObject([{ id: 'p2', text: 'kept' }]);
    expect(JSON.stringify(session.view.path)).not.toContain('"url"');
    expect(session.faults).toMatchObject([{ code: 'malformed' }]);
  });

  test('[S19] that is a path stays in the app, as a browser reads it', () => {
    const app = 'https://app.example/';
    const paths = good.filter((url) => url.startsWith('/'));
    expect(paths.map((url) => new URL(url, app).origin)).toEqual(paths.map(() => app.slice(0, -1)));
    const refused = bad.filter((url) => url.startsWith('/'));
    const elsewhere = refused.filter((url) => new URL(url, app).host === 'example.org');
    expect(elsewhere).toHaveLength(5);
  });
});
