// Where the index lives: in a worker, so that a keystroke never waits for it, or in this
// thread, where every request has a turn of its own. `serveSearch` is the worker's side. The
// index and its library are fetched when the first is asked for: an app that never searches
// does not load them.

import type { Clock } from '../../base/clock.ts';
import { reportUncaught } from '../../base/emitter.ts';
import type { SearchIndex } from './search-index.ts';
import { decodeSearchRequest, type SearchReply, type SearchRequest } from './search-messages.ts';

export interface SearchHost {
  post(request: SearchRequest): void;
  /** Set once, by who asks. `reply` is whatever came. */
  listen(reply: (reply: unknown) => void, failed: () => void): void;
  close(): void;
}

const FETCH_AGAIN_MS = 5_000;

/** What of a Worker is used. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: []): void;
  addEventListener(
    type: 'message' | 'error' | 'messageerror',
    listener: (event: { readonly data?: unknown }) => void,
  ): void;
  terminate(): void;
}

/** A worker's own global scope, or a port. */
export interface WorkerScope {
  postMessage(message: unknown, transfer: []): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export function workerHost(worker: WorkerLike): SearchHost {
  return {
    post: (request) => worker.postMessage(request, []),
    listen(reply, failed) {
      worker.addEventListener('message', ({ data }) => reply(data));
      worker.addEventListener('error', failed);
      worker.addEventListener('messageerror', failed);
    },
    close: () => worker.terminate(),
  };
}

export function threadHost(clock: Clock): SearchHost {
  const waiting: SearchRequest[] = [];
  let index: SearchIndex | undefined;
  let listener: (reply: unknown) => void = () => undefined;
  let stop: (() => void) | undefined;
  const turn = (): void => {
    if (index === undefined) return void fetchIndex();
    const request = waiting.shift();
    stop = waiting.length > 0 ? clock.after(0, turn) : undefined;
    if (request !== undefined) listener(answer(index, request));
  };
  const fetchIndex = async (): Promise<void> => {
    index = await newIndex().catch(() => undefined);
    // Where it could not be fetched, as without a network, it is tried again.
    if (waiting.length > 0) stop = clock.after(index === undefined ? FETCH_AGAIN_MS : 0, turn);
  };
  return {
    post(request) {
      waiting.push(request);
      stop ??= clock.after(0, turn);
    },
    listen(reply) {
      listener = reply;
    },
    close() {
      stop?.();
      waiting.length = 0;
    },
  };
}

/** Answers whoever asks through the scope. What is no request is passed over. */
export function serveSearch(scope: WorkerScope): void {
  // Where it cannot be fetched this worker fails, and whoever asks goes on without it.
  const index = newIndex();
  scope.addEventListener('message', ({ data }) => {
    const request = decodeSearchRequest(data);
    if (request !== undefined) answerThrough(scope, index, request).catch(reportUncaught);
  });
}

async function answerThrough(
  scope: WorkerScope,
  index: Promise<SearchIndex>,
  request: SearchRequest,
): Promise<void> {
  scope.postMessage(answer(await index, request), []);
}

async function newIndex(): Promise<SearchIndex> {
  const { SearchIndex: Index } = await import('./search-index.ts');
  return new Index();
}

function answer(index: SearchIndex, request: SearchRequest): SearchReply {
  const { id } = request;
  switch (request.type) {
    case 'query':
      return { type: 'hits', id, hits: index.query(request) };
    case 'put':
      for (const text of request.texts) index.put(request.session, text);
      break;
    case 'remove':
      for (const message of request.messages) index.remove(request.session, message);
      break;
    case 'forget':
      for (const message of index.messages(request.session)) index.remove(request.session, message);
  }
  return { type: 'done', id, chars: index.chars };
}
