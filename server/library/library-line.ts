// The way out of one socket of the library: messages of text, numbered. Who does not take
// what it is sent is cut off, never skipped; what it asked for itself waits for it.

import type { WebSocket } from 'ws';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import { encodeLibrary, type LibraryNews } from '../../src/protocol/library.ts';
import { httpLimits } from '../http/limits.ts';

/** A message without its number. */
export type UnsentNews = LibraryNews extends infer One
  ? One extends LibraryNews
    ? Omit<One, 'id'>
    : never
  : never;

export interface LineReport {
  sent(bytes: number): void;
  slow(): void;
}

export class LibraryLine {
  #ws: WebSocket;
  #report: LineReport;
  #ids = 0;
  /** Of what waits, what this reader asked for itself. */
  #owed = 0;

  constructor(ws: WebSocket, report: LineReport) {
    this.#ws = ws;
    this.#report = report;
  }

  /** Resolves once the socket has taken it, or will never. */
  send(news: UnsentNews, why: 'asked' | 'news' = 'news'): Promise<void> {
    if (this.#ws.readyState !== this.#ws.OPEN) return Promise.resolve();
    const text = encodeLibrary({ ...news, id: ++this.#ids });
    const bytes = Buffer.byteLength(text);
    this.#report.sent(bytes);
    const owed = why === 'asked' ? bytes : 0;
    this.#owed += owed;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ws.send(text, () => {
      this.#owed -= owed;
      resolve();
    });
    if (this.#ws.bufferedAmount > httpLimits.libraryBufferBytesMax + this.#owed) {
      this.#report.slow();
      this.#ws.close(closeReasons.busy.code, closeReasons.busy.name);
      // A farewell would wait behind all that it does not take.
      this.#ws.terminate();
    }
    return promise;
  }

  close({ code, name }: CloseReason): void {
    this.#ws.close(code, name);
  }

  ping(): void {
    this.#ws.ping();
  }

  terminate(): void {
    this.#ws.terminate();
  }
}
