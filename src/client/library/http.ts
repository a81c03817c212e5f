// Requests of a device to its server over HTTP, each with the token of that moment, and with
// an end: what has no answer within a minute is given up. A failure to reach the server is an
// outcome like any other, and never throws.

import type { Clock } from '../../base/clock.ts';
import { libraryLimits as limits } from './limits.ts';
import type { Fetch } from './ports.ts';

export interface HttpOptions {
  /** Of the server: `http:` or `https:`, `ws:` or `wss:`. */
  readonly url: string;
  readonly token: () => Promise<string>;
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of a status of 200; empty otherwise. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export class Http {
  #options: HttpOptions;
  #origin: string;
  #open = new Set<AbortController>();

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#origin = options.url.replace(/^ws/, 'http').replace(/\/+$/, '');
  }

  /** Undefined where the server was not reached, or not to the end. */
  async ask(
    method: 'GET' | 'DELETE',
    path: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer | undefined> {
    const { token, fetch, clock } = this.#options;
    const ending = new AbortController();
    this.#open.add(ending);
    const stop = clock.after(limits.fetchMsMax, () => ending.abort());
    try {
      const headers = { ...more, authorization: `Bearer ${await token()}` };
      const answer = await fetch(this.#origin + path, { method, headers, signal: ending.signal });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const body = answer.status === 200 ? bytes : new Uint8Array();
      return { status: answer.status, headers: answer.headers, body };
    } catch {
      return undefined;
    } finally {
      stop();
      this.#open.delete(ending);
    }
  }

  /** Gives up what is under way. */
  close(): void {
    for (const ending of this.#open) ending.abort();
  }
}
