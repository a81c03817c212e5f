// Files over HTTP. A file is known by the hash of its bytes, so nothing that is sent
// changes one, and whoever has one need not ask again. It is served as a download of the
// type that its sender gave, and can do nothing where a browser is made to open it.

import { jsonAnswer, type Answer, type AnswerHeaders } from '../http/answer.ts';
import { inSession, refusalAnswer, type Doorman } from '../http/doorman.ts';
import { hasAlready } from '../http/etag.ts';
import { failure, passing } from '../http/failure.ts';
import { httpLimits } from '../http/limits.ts';
import { route, type Asked, type Route } from '../http/router.ts';
import { Seats } from '../http/seats.ts';
import type { Clock } from '../../src/base/clock.ts';
import { isFileHash, type StoredFile } from './file-folder.ts';
import type { FileStore, Put } from './file-store.ts';
import { contentTypeOf, readMediaType } from './media-type.ts';
import { readRange } from './range.ts';
import { discard } from './receive.ts';

export interface FileRouteOptions {
  readonly doorman: Doorman;
  readonly files: FileStore;
  readonly clock: Clock;
}

const ADDRESS = '/api/sessions/:session/files/:hash';

export function fileRoutes(options: FileRouteOptions): readonly Route[] {
  const { doorman } = options;
  const seats = new Seats({
    max: httpLimits.uploadsMax,
    perPrincipalMax: httpLimits.uploadsPerPrincipalMax,
  });
  return [
    route(
      'GET',
      ADDRESS,
      inSession<'session' | 'hash'>(doorman, ['read'], (asked) => fetched(options, asked)),
    ),
    route(
      'PUT',
      ADDRESS,
      inSession<'session' | 'hash'>(doorman, ['write', 'agent'], async (asked, { principal }) => {
        const leave = seats.take(principal.id);
        if (leave === undefined) return passing('busy');
        try {
          return await put(options, asked);
        } finally {
          leave();
        }
      }),
    ),
  ];
}

async function fetched(
  { files }: FileRouteOptions,
  asked: Asked<'session' | 'hash'>,
): Promise<Answer> {
  const { params, request } = asked;
  const { session, hash } = params;
  if (!isFileHash(hash)) return failure('missing');
  const found = await files.find(session, hash);
  if (!found.ok) return refusalAnswer(found);
  const { file } = found;
  if (file === undefined) return failure('missing');
  const headers = headersOf(file);
  const tag = headers['etag'] ?? '';
  if (hasAlready(request, tag)) return { status: 304, headers };
  const condition = request.headers['if-range'];
  const wanted = condition === undefined || condition === tag ? request.headers.range : undefined;
  const range = readRange(wanted, file.bytes);
  if (range === 'none') {
    return failure('range', { bytes: file.bytes }, { 'content-range': `bytes */${file.bytes}` });
  }
  if (range === undefined) {
    const open = (): ReturnType<FileStore['read']> => files.read(session, file);
    return { status: 200, headers, body: { bytes: file.bytes, open } };
  }
  const { first, last } = range;
  const open = (): ReturnType<FileStore['read']> => files.read(session, file, range);
  const part = { ...headers, 'content-range': `bytes ${first}-${last}/${file.bytes}` };
  return { status: 206, headers: part, body: { bytes: last - first + 1, open } };
}

function headersOf({ hash, type }: StoredFile): AnswerHeaders {
  return {
    'accept-ranges': 'bytes',
    'cache-control': `private, max-age=${httpLimits.immutableSeconds}, immutable`,
    'content-disposition': 'attachment',
    'content-type': contentTypeOf(type),
    etag: `"${hash}"`,
    vary: 'authorization',
  };
}

async function put(
  { files, clock }: FileRouteOptions,
  { params, request, receive }: Asked<'session' | 'hash'>,
): Promise<Answer> {
  const { session, hash } = params;
  if (!isFileHash(hash)) return failure('bad-request', { where: 'hash' });
  const type = readMediaType(request.headers['content-type']);
  if (type === undefined) return failure('media-type', { hint: 'application/octet-stream' });
  const length = request.headers['content-length'];
  if (length === undefined) return failure('length-required');
  let isRead = false;
  const result = await files.put(session, { hash, type, bytes: Number(length) }, () => {
    isRead = true;
    return receive();
  });
  // Who did not ask before sending is let finish: cut off, it would not read the answer.
  const isSame = result.ok && !isRead && request.headers.expect === undefined;
  if (isSame) await discard(request, clock);
  return answerOf(result);
}

function answerOf(result: Put): Answer {
  if (result.ok) return jsonAnswer(result.file, result.isNew ? 201 : 200);
  switch (result.code) {
    case 'unavailable':
      return refusalAnswer(result);
    case 'missing':
      return failure('missing');
    case 'too-large':
      return failure('too-large', { bytesMax: httpLimits.fileBytesMax });
    case 'session-full':
      return failure('session-full', {
        bytesMax: httpLimits.sessionFileBytesMax,
        filesMax: httpLimits.sessionFilesMax,
      });
    case 'other-bytes':
      return failure('other-bytes');
    case 'broken-off':
      return failure('slow');
  }
}
