// The stock provider of y-websocket, unchanged, as any Yjs app in Node would use it. Beside it
// stand promises for what it tells by events. `disableBc` is set, or two of them in one
// process would talk without any server.

import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { within } from './hang.ts';
import type { Closed } from './wire-client.ts';

export interface StockOptions {
  readonly url: string;
  readonly session: string;
  readonly doc?: Y.Doc;
  readonly token?: string;
  /** `query` where absent. */
  readonly by?: 'query' | 'subprotocol';
}

type Status = 'connected' | 'connecting' | 'disconnected';

export class StockPeer {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
  /** Every status it told, in order. */
  readonly statuses: Status[] = [];
  /** Every close of a connection that the other side began. */
  readonly closes: Closed[] = [];

  constructor({ url, session, doc = new Y.Doc(), token, by = 'query' }: StockOptions) {
    this.doc = doc;
    const bySubprotocol = by === 'subprotocol' && token !== undefined;
    this.provider = new WebsocketProvider(`${url.replace(/^http/, 'ws')}/sync`, session, doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
      params: token !== undefined && by === 'query' ? { token } : {},
      protocols: bySubprotocol ? ['holdfast', `holdfast.token.${token}`] : [],
    });
    this.provider.on('status', ({ status }) => this.statuses.push(status));
    this.provider.on('connection-close', (event) => {
      if (event !== null) this.closes.push({ code: event.code, reason: event.reason });
    });
    this.provider.connect();
  }

  get synced(): boolean {
    return this.provider.synced;
  }

  /** Resolves when it is synced, now or next. */
  async untilSynced(): Promise<void> {
    if (this.provider.synced) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const hear = (state: boolean): void => {
      if (state) resolve();
    };
    this.provider.on('sync', hear);
    await within(promise, 'a stock peer that is synced');
    this.provider.off('sync', hear);
  }

  /** Resolves when this is its status, now or next. */
  async untilStatus(wanted: Status): Promise<void> {
    if (this.statuses.at(-1) === wanted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const hear = ({ status }: { status: Status }): void => {
      if (status === wanted) resolve();
    };
    this.provider.on('status', hear);
    await within(promise, `a stock peer that is ${wanted}`);
    this.provider.off('status', hear);
  }

  /** Resolves when it has given up for good, as it does after 4400 to 4499. */
  async untilClosed(): Promise<Closed> {
    const { promise, resolve } = Promise.withResolvers<Closed>();
    this.provider.once('closed', ({ code, reason }) => resolve({ code, reason }));
    return within(promise, 'a stock peer that gives up');
  }

  /** Goes offline; what is written meanwhile is kept in its document. */
  disconnect(): void {
    this.provider.disconnect();
  }

  connect(): void {
    this.provider.connect();
  }

  /** Ends it and its timers. A test that forgets this never ends. */
  destroy(): void {
    this.provider.destroy();
    this.provider.awareness.destroy();
  }
}

/** Runs with a stock peer that is gone afterwards. */
export async function withStockPeer<T>(
  options: StockOptions,
  act: (peer: StockPeer) => Promise<T>,
): Promise<T> {
  const peer = new StockPeer(options);
  try {
    return await act(peer);
  } finally {
    peer.destroy();
  }
}
