// The service worker: the app's own files, so that it opens without a network, and nothing else.
// What the server says is never answered from here, nor kept. A version is kept whole under a
// name of its own; the one that runs stays until the page says that the next one may take over.

interface ShellFile {
  readonly url: string;
  /** Null where the name has its hash in it. */
  readonly revision: string | null;
}

interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetched extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}

interface Clicked extends Waiting {
  readonly notification: { readonly data: unknown; close(): void };
}

interface Told extends Waiting {
  readonly data: unknown;
}

interface Page {
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}

/** What of its global scope is used: the types of a page and of a worker cannot be had together. */
interface WorkerScope {
  readonly __WB_MANIFEST: readonly ShellFile[];
  readonly location: Location;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(wanted: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetched) => void): void;
  addEventListener(type: 'message', listener: (event: Told) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Clicked) => void): void;
}

declare const self: WorkerScope;

const files = self.__WB_MANIFEST;
const PREFIX = 'holdfast-shell-';
const PAGE = '/index.html';

/** The same files have the same name. */
const cacheName = PREFIX + hashOf(files.map(({ url, revision }) => `${url} ${revision}`).join());

/** Never a page and never kept: what the server alone says. */
const server = /^\/(api|sync|library|agents|healthz|readyz|metrics)(\/|$)/;

self.addEventListener('install', (event) => event.waitUntil(install()));

self.addEventListener('activate', (event) => event.waitUntil(activate()));

self.addEventListener('message', (event) => {
  const { data } = event;
  const wish = typeof data === 'object' && data !== null ? Reflect.get(data, 'says') : undefined;
  if (wish === 'take over') event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || server.test(pathname)) return;
  if (request.mode === 'navigate') event.respondWith(kept(PAGE, request));
  else event.respondWith(kept(pathname, request));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { data } = event.notification;
  const path: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'path') : '/';
  event.waitUntil(show(typeof path === 'string' ? path : '/'));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.all(
    files.map(async ({ url, revision }) => {
      const path = new URL(url, self.location.origin).pathname;
      // What has its hash in its name may come from anywhere; the rest must be as it is now.
      const request = new Request(path, { cache: revision === null ? 'default' : 'reload' });
      const answer = await fetch(request);
      if (!answer.ok) throw new Error(`${path} is not there (${answer.status})`);
      await cache.put(path, answer);
    }),
  );
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** From this version's files; what has its hash in its name is kept once it was used. */
async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  const found = await cache.match(path);
  if (found !== undefined) return found;
  const answer = await fetch(request);
  if (answer.ok && path.startsWith('/assets/')) await cache.put(path, answer.clone());
  return answer;
}

async function show(path: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [page] = pages;
  if (page === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  await page.navigate(path);
  await page.focus();
}

function hashOf(text: string): string {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}
