// Requests to the index and their answers: each request is a promise of its one reply, and at
// the end of the host none is left open. A worker that fails is replaced by this thread.

import { decodeSearchReply, type SearchReply, type SearchRequest } from './search-messages.ts';
import type { SearchHost } from './search-host.ts';

type Unsent<Request> = Request extends SearchRequest ? Omit<Request, 'id'> : never;

export class SearchLine {
  #host: SearchHost;
  #ids = 0;
  #open = new Map<number, (reply: SearchReply | undefined) => void>();

  constructor(host: SearchHost, failed: () => void) {
    this.#host = host;
    host.listen((value) => {
      const reply = decodeSearchReply(value);
      if (reply === undefined) return;
      const settle = this.#open.get(reply.id);
      this.#open.delete(reply.id);
      settle?.(reply);
    }, failed);
  }

  /** Undefined where the host ended first. */
  ask(request: Unsent<SearchRequest>): Promise<SearchReply | undefined> {
    const id = ++this.#ids;
    const { promise, resolve } = Promise.withResolvers<SearchReply | undefined>();
    this.#open.set(id, resolve);
    this.#host.post({ ...request, id });
    return promise;
  }

  close(): void {
    for (const settle of this.#open.values()) settle(undefined);
    this.#open.clear();
    this.#host.close();
  }
}
