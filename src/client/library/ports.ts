// What the library, the desk and search ask of the place where they run, so that a world of
// tests, a page and a process give each its own. Nothing here is more than it must be: a
// store of JSON by key, a way to the other tabs of the same principal, a socket, and word
// of what happens to the device.

import type { Unsubscribe } from '../../base/emitter.ts';
import type { Json } from '../../base/json.ts';

/** A principal's records on this device. A failure of the store is its own to tell: a call that cannot do its work rejects. */
export interface Records {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  /** All whose keys begin like this, in any order. */
  entries(prefix: string): Promise<[string, Json][]>;
}

/** The other tabs of this principal. What is posted reaches them, never oneself, and is read like a stranger's. */
export interface Tabs {
  post(message: Json): void;
  subscribe(listener: (message: unknown) => void): Unsubscribe;
  /** Whether this tab stores what all tabs hear from the server. Missing: it does. */
  isWriter?(): boolean;
}

export type WakeEvent = 'online' | 'offline' | 'visible' | 'page-restored' | 'frozen';

export interface WakeSource {
  subscribe(listener: (event: WakeEvent) => void): Unsubscribe;
}

/** Of a message its data, of a close its code. */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
}

/** What of a WebSocket is used: a browser's, Node's and that of `ws` are such. */
export interface Socket {
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: SocketEvent) => void,
  ): void;
  send(text: string): void;
  close(): void;
}

export type Dial = (url: string) => Socket;

/** A request to the server, by its path, with the token of now. Rejects where there is no way to it. */
export type Fetch = (
  url: string,
  options: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

/** Records that last as long as the program. */
export function memoryRecords(): Records {
  const all = new Map<string, Json>();
  return {
    get: async (key) => all.get(key),
    set: async (key, value) => void all.set(key, value),
    delete: async (key) => void all.delete(key),
    entries: async (prefix) => [...all].filter(([key]) => key.startsWith(prefix)),
  };
}
