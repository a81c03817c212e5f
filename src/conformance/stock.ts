// The stock client as the cases use it: the WebsocketProvider of y-websocket, which whoever runs the
// cases brings along, so that it is the very one their users have. Beside it stand waits that end:
// what never comes is named and fails the case.

import type * as Y from 'yjs';
import { type Clock, systemClock } from '../base/clock.ts';

/** What is used of an awareness of y-protocols. */
export interface StockAwareness {
  getStates(): ReadonlyMap<number, Readonly<Record<string, unknown>>>;
  setLocalStateField(name: string, value: unknown): void;
  on(event: 'change', listener: () => void): void;
  off(event: 'change', listener: () => void): void;
}

/** What is used of a provider of y-websocket. */
export interface StockProvider {
  readonly synced: boolean;
  readonly wsconnected: boolean;
  readonly awareness: StockAwareness;
  on(name: 'status', listener: (event: { readonly status: string }) => void): void;
  on(name: 'sync', listener: (state: boolean) => void): void;
  on(name: 'connection-close', listener: (event: { readonly code: number } | null) => void): void;
  connect(): void;
  disconnect(): void;
  destroy(): void;
}

/** Makes a provider for `SERVER/sync` and a session, with a token, and without a channel to other tabs. */
export type MakeProvider = (
  url: string,
  session: string,
  doc: Y.Doc,
  token: string,
) => StockProvider;

/** Something that a server of this wire does was not done. */
export class ConformanceFailure extends Error {
  override readonly name = 'ConformanceFailure';
}

/** A provider and what it told since it was made. */
export class StockClient {
  readonly doc: Y.Doc;
  readonly provider: StockProvider;
  readonly statuses: string[] = [];
  /** Codes with which connections were closed, not by this side. */
  readonly closes: number[] = [];
  #patienceMs: number;
  #clock: Clock;

  constructor(doc: Y.Doc, provider: StockProvider, patienceMs: number, clock: Clock = systemClock) {
    this.doc = doc;
    this.provider = provider;
    this.#patienceMs = patienceMs;
    this.#clock = clock;
    provider.on('status', ({ status }) => this.statuses.push(status));
    provider.on('connection-close', (event) => {
      if (event !== null) this.closes.push(event.code);
    });
  }

  /** Resolves when it is so; looked at after everything that the client is told. */
  until(isSo: () => boolean, what: string): Promise<void> {
    const { doc, provider } = this;
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!isSo()) return;
        stop();
        resolve();
      };
      const stopWaiting = this.#clock.after(this.#patienceMs, () => {
        stop();
        reject(new ConformanceFailure(`waited ${this.#patienceMs} ms in vain for ${what}`));
      });
      const stop = (): void => {
        stopWaiting();
        doc.off('update', look);
        provider.awareness.off('change', look);
      };
      doc.on('update', look);
      provider.awareness.on('change', look);
      provider.on('status', look);
      provider.on('sync', look);
      provider.on('connection-close', look);
      look();
    });
  }

  synced(): Promise<void> {
    return this.until(() => this.provider.synced, 'a client that is synced');
  }
}

export function expectThat(isSo: boolean, what: string): void {
  if (!isSo) throw new ConformanceFailure(what);
}
