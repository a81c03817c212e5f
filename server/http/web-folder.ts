// The files of the web app, read once when the server starts: after that a request touches
// no disk, so no path can lead anywhere else, and a build that is made anew beside a
// running server does not take a page's scripts away. `app.js.br` and `app.js.gz` are the
// compressed forms of the `app.js` beside them.

import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { HoldfastError } from '../../src/base/error.ts';
import { httpLimits } from './limits.ts';

export type WebEncoding = 'br' | 'gzip' | 'identity';

export interface WebFile {
  readonly type: string;
  /** Its name has its hash in it. */
  readonly isImmutable: boolean;
  readonly tag: string;
  readonly forms: ReadonlyMap<WebEncoding, Uint8Array>;
}

/** By path without the first slash: `assets/app-3f9c2b1a.js`. */
export type WebFiles = ReadonlyMap<string, WebFile>;

export class WebFolderError extends HoldfastError<'web-too-large'> {
  override readonly name = 'WebFolderError';
}

const TYPES: Readonly<Record<string, string>> = {
  '.avif': 'image/avif',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Eight characters or more of a hash before the extension, in the folder of assets. */
const HASHED = /^assets\/.*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** Empty where there is no such folder. Rejects with a WebFolderError where it is too large. */
export async function readWebFolder(folder: string): Promise<WebFiles> {
  const found = await bytesBelow(folder);
  const files = new Map<string, WebFile>();
  for (const [path, bytes] of found) {
    const forms = new Map<WebEncoding, Uint8Array>([['identity', bytes]]);
    const brotli = found.get(`${path}.br`);
    const gzip = found.get(`${path}.gz`);
    if (brotli !== undefined) forms.set('br', brotli);
    if (gzip !== undefined) forms.set('gzip', gzip);
    const isForm = /\.(?:br|gz)$/.test(path) && found.has(path.slice(0, -3));
    if (!isForm) files.set(path, { ...describe(path, bytes), forms });
  }
  return files;
}

function describe(path: string, bytes: Uint8Array): Omit<WebFile, 'forms'> {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  return {
    type: TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    isImmutable: HASHED.test(path),
    tag: `W/"${hash}"`,
  };
}

/** Files alone: a link could lead out of the folder, and what begins with a dot is not for readers. */
async function bytesBelow(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = (await entriesBelow(folder)).filter((entry) => entry.isFile());
  const found = new Map<string, Uint8Array>();
  let bytes = 0;
  for (const { parentPath, name } of entries) {
    const file = join(parentPath, name);
    const path = relative(folder, file).split(sep);
    if (path.some((segment) => segment.startsWith('.'))) continue;
    bytes += (await stat(file)).size;
    if (bytes > httpLimits.webBytesMax || found.size >= httpLimits.webFilesMax) {
      throw new WebFolderError(
        'web-too-large',
        `The web app in ${folder} is too large to be kept in memory. Is it the right folder?`,
        { facts: { bytesMax: httpLimits.webBytesMax, filesMax: httpLimits.webFilesMax } },
      );
    }
    found.set(path.join('/'), await readFile(file));
  }
  return found;
}

async function entriesBelow(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
