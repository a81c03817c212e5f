// A library server of which nothing is real but its messages: what a device says is written
// down, and it hears what a test says. Sockets open, break and fall silent when they are told.

import { manualClock, type ManualClock } from '../../src/base/clock.ts';
import type { Json } from '../../src/base/json.ts';
import { seededChance } from '../../src/base/chance.ts';
import { LibraryLink, type LinkOptions } from '../../src/client/library/link.ts';
import type {
  Socket,
  SocketEvent,
  Tabs,
  WakeEvent,
  WakeSource,
} from '../../src/client/library/ports.ts';
import {
  decodeLibraryRequest,
  encodeLibrary,
  type LibraryNews,
  type LibraryRequest,
  type ListEntry,
} from '../../src/protocol/library.ts';

type Unsent = LibraryNews extends infer One
  ? One extends LibraryNews
    ? Omit<One, 'id'>
    : never
  : never;

export class FakeSocket implements Socket {
  readonly url: string;
  readonly requests: LibraryRequest[] = [];
  isClosed = false;
  #ids = 0;
  #listeners = new Map<string, (event: SocketEvent) => void>();

  constructor(url: string) {
    this.url = url;
  }

  send(text: string): void {
    const decoded = decodeLibraryRequest(text);
    if (!decoded.ok || 'ignored' in decoded) throw new Error(`no request: ${text}`);
    this.requests.push(decoded.message);
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.#call('open', {});
  }

  say(news: Unsent): void {
    this.#call('message', {
      data: encodeLibrary({ ...news, id: ++this.#ids }),
    });
  }

  garble(data: unknown): void {
    this.#call('message', { data });
  }

  break(code: number): void {
    this.#call('close', { code });
  }

  /** Opens, and is as a server is after a hello. */
  welcome(now: number, sessions: readonly ListEntry[] = []): void {
    this.open();
    this.ready(now + 3_600_000);
    this.say({ type: 'page', sessions, cursor: null });
    this.say({ type: 'rows', rows: [], more: false });
  }

  ready(expiresAt: number): void {
    const rights = ['read', 'write'] as const;
    this.say({ type: 'ready', incarnation: 'i', principal: 'ada', rights, expiresAt });
  }

  last<T extends LibraryRequest['type']>(
    type: T,
  ): Extract<LibraryRequest, { type: T }> | undefined {
    const isMeant = (request: LibraryRequest): request is Extract<LibraryRequest, { type: T }> =>
      request.type === type;
    return this.requests.findLast(isMeant);
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.#listeners.set(type, listener);
  }

  #call(type: string, event: Omit<SocketEvent, 'type'>): void {
    this.#listeners.get(type)?.({ type, ...event });
  }
}

export interface LinkStage {
  readonly clock: ManualClock;
  readonly link: LibraryLink;
  readonly sockets: FakeSocket[];
  readonly states: string[];
  /** What the app gives when it is asked for a token. */
  readonly tokens: { next: () => Promise<string>; asked: number };
  readonly wake: (event: WakeEvent) => void;
  /** The socket of now. */
  readonly socket: () => FakeSocket;
}

export function linkStage(more: Partial<LinkOptions> = {}, seed = 1): LinkStage {
  const clock = manualClock(1_000_000);
  const sockets: FakeSocket[] = [];
  const tokens = { next: async () => `token-${tokens.asked}`, asked: 0 };
  const listeners = new Set<(event: WakeEvent) => void>();
  const wake: WakeSource = {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const link = new LibraryLink({
    url: 'https://holdfast.test/',
    token: () => {
      tokens.asked += 1;
      return tokens.next();
    },
    rowsAfter: () => 0,
    clock,
    chance: seededChance(seed),
    dial(url) {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    wake,
    ...more,
  });
  const states: string[] = [];
  link.subscribe(({ name }) => states.push(name));
  const socket = (): FakeSocket => {
    const last = sockets.at(-1);
    if (last === undefined) throw new Error('nobody dialled');
    return last;
  };
  const wakeAll = (event: WakeEvent): void => listeners.forEach((listener) => listener(event));
  return { clock, link, sockets, states, tokens, wake: wakeAll, socket };
}

/** All that was promised so far has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Tabs of one principal: what one posts all others hear, on a later turn as in a browser. */
export function tabRoom(): { readonly tab: (isWriter?: boolean) => Tabs } {
  const rooms = new Set<(message: Json) => void>();
  return {
    tab(isWriter = true) {
      const own = new Set<(message: Json) => void>();
      const hear = (message: Json): void => own.forEach((listener) => listener(message));
      rooms.add(hear);
      return {
        post(message) {
          const sent = structuredClone(message);
          queueMicrotask(() => {
            for (const room of rooms) if (room !== hear) room(sent);
          });
        },
        subscribe(listener) {
          own.add(listener);
          return () => own.delete(listener);
        },
        isWriter: () => isWriter,
      };
    },
  };
}

export const entry = (session: string, more: Partial<ListEntry> = {}): ListEntry => ({
  session: session.padEnd(16, '-'),
  title: `Title of ${session}`,
  preview: '',
  running: false,
  lastActivity: 1_000,
  createdAt: 500,
  ...more,
});
