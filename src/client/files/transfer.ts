// One file over HTTP, in one direction. An upload tells how far it got where the platform can
// (XMLHttpRequest); `fetch` says only that it is over. What an answer means is decided here
// once: done, come again, or never.

import { isJsonObject } from '../../base/json.ts';
import { clientError, type ClientError } from '../error.ts';
import type { Platform } from '../platform.ts';

export interface TransferParts {
  /** Of the server: http or https. */
  readonly url: string;
  readonly session: string;
  readonly token: () => Promise<string>;
  readonly platform: Pick<Platform, 'fetch' | 'XMLHttpRequest'>;
}

export interface Upload {
  readonly hash: string;
  readonly mediaType: string;
  readonly bytes: Blob;
  readonly signal: AbortSignal;
  readonly progress: (share: number) => void;
}

export type Outcome =
  | { readonly ok: true }
  /** `isMissing`: the session is not there, yet. */
  | { readonly ok: false; readonly again: true; readonly isMissing: boolean }
  | { readonly ok: false; readonly again: false; readonly error: ClientError };

interface Answer {
  /** 0: nobody answered. */
  readonly status: number;
  readonly body: string;
}

const nobody: Answer = { status: 0, body: '' };

export async function upload(parts: TransferParts, what: Upload): Promise<Outcome> {
  const token = await parts.token().catch(() => undefined);
  if (token === undefined) return { ok: false, again: true, isMissing: false };
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': what.mediaType === '' ? 'application/octet-stream' : what.mediaType,
  };
  const address = addressOf(parts, what.hash);
  const { XMLHttpRequest } = parts.platform;
  const answer =
    XMLHttpRequest === undefined
      ? await putByFetch(parts, address, headers, what)
      : await putByRequest(new XMLHttpRequest(), address, headers, what);
  return outcomeOf(answer);
}

/** The bytes as the server has them, unchecked. */
export async function download(parts: TransferParts, hash: string): Promise<Blob> {
  const token = await parts.token();
  const headers = { authorization: `Bearer ${token}` };
  const response = await parts.platform
    .fetch(addressOf(parts, hash), { headers })
    .catch(() => null);
  if (response === null) {
    throw clientError('offline', 'This file is not stored here, and there is no network.', {
      hash,
    });
  }
  if (response.ok) return response.blob();
  await response.body?.cancel();
  throw isPassing(response.status)
    ? clientError('offline', 'The server cannot give this file just now; try again.', { hash })
    : clientError('file-missing', 'There is no such file in this session, or not yet.', { hash });
}

function addressOf({ url, session }: TransferParts, hash: string): string {
  return `${url}/api/sessions/${encodeURIComponent(session)}/files/${hash}`;
}

async function putByFetch(
  { platform }: TransferParts,
  address: string,
  headers: Readonly<Record<string, string>>,
  { bytes, signal }: Upload,
): Promise<Answer> {
  try {
    const response = await platform.fetch(address, { method: 'PUT', headers, body: bytes, signal });
    return { status: response.status, body: await response.text() };
  } catch {
    return nobody;
  }
}

function putByRequest(
  request: XMLHttpRequest,
  address: string,
  headers: Readonly<Record<string, string>>,
  { bytes, signal, progress }: Upload,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const stop = (): void => request.abort();
  signal.addEventListener('abort', stop);
  request.open('PUT', address);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    if (total > 0) progress(Math.min(1, loaded / total));
  });
  request.addEventListener('loadend', () => {
    signal.removeEventListener('abort', stop);
    resolve({ status: request.status, body: request.status === 0 ? '' : request.responseText });
  });
  request.send(bytes);
  return promise;
}

/** Of these the same request can succeed later: nobody, a token that ended, limits, a restart. */
const isPassing = (status: number): boolean =>
  status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;

function outcomeOf({ status, body }: Answer): Outcome {
  if (status === 200 || status === 201) return { ok: true };
  if (status === 404) return { ok: false, again: true, isMissing: true };
  if (isPassing(status)) return { ok: false, again: true, isMissing: false };
  const code = status === 413 ? 'file-too-large' : 'file-refused';
  const message = sentenceIn(body) ?? 'The server does not take this file.';
  return { ok: false, again: false, error: clientError(code, message, { status }) };
}

/** The server's own words, if these are its words. */
function sentenceIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const error = isJsonObject(value) ? value['error'] : undefined;
    const message = isJsonObject(error) ? error['message'] : undefined;
    return typeof message === 'string' && message.length < 500 ? message : undefined;
  } catch {
    return undefined;
  }
}
