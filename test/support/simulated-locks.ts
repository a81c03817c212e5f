// Web Locks of one device of a simulated world: exclusive, first come, first served, and given on when
// the page that holds one is gone.

import type { LockPort } from '../../src/client/tabs/election.ts';

interface Request {
  readonly page: object;
  readonly grant: () => void;
}

export class SimulatedLocks {
  #queues = new Map<string, Request[]>();

  /** As a page has them; `due` does what concerns the page when it can take it. */
  portOf(page: object, due: (act: () => void) => void): LockPort {
    return {
      request: (name, { signal, ifAvailable }, hold) => {
        const queue = this.#queues.get(name) ?? [];
        this.#queues.set(name, queue);
        if (ifAvailable === true && queue.length > 0) return hold(null);
        const { promise, resolve, reject } = Promise.withResolvers<unknown>();
        const end = (): void => this.#end(name, request);
        const request: Request = {
          page,
          grant: () =>
            due(() => {
              void hold({ name }).then(resolve, reject).finally(end);
            }),
        };
        signal?.addEventListener('abort', () => {
          if (queue[0] === request) return;
          end();
          reject(new DOMException('It was given up.', 'AbortError'));
        });
        queue.push(request);
        if (queue[0] === request) queueMicrotask(request.grant);
        return promise;
      },
    };
  }

  /** The page is gone. */
  leave(page: object): void {
    for (const [name, queue] of this.#queues) {
      for (const request of queue.filter((one) => one.page === page)) this.#end(name, request);
    }
  }

  #end(name: string, request: Request): void {
    const queue = this.#queues.get(name) ?? [];
    const at = queue.indexOf(request);
    if (at < 0) return;
    queue.splice(at, 1);
    if (at === 0) queue[0]?.grant();
  }
}
