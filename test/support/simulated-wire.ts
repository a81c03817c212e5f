// One WebSocket of a simulated world: the page's end, the server's end as `ws` and its TCP socket
// give it, and two lanes between them. A network may swallow it without a word, or cut it.

import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import type { WebSocket as ServerWebSocket } from 'ws';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';
import { messagesOf } from './packets.ts';
import type { Lane, Lanes } from './simulated-lanes.ts';

export interface WireEnds {
  readonly lanes: Lanes;
  /** The page stands still. */
  readonly isFrozen: () => boolean;
  /** The page is gone: it hears nothing. */
  readonly isDead: () => boolean;
  /** The network takes everything and brings nothing. */
  readonly isSwallowing: () => boolean;
  /** Lets somebody in, or says that nobody is there. */
  readonly accept: (wire: Wire) => boolean;
}

type Listener = (event: object) => void;

/** What the client uses of a WebSocket. */
class PageSocket {
  binaryType = 'blob';
  bufferedAmount = 0;
  readyState = 0;
  readonly wire: Wire;
  #listeners = new Map<string, Listener[]>();

  constructor(url: string, ends: WireEnds) {
    this.wire = new Wire(url, ends, this);
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  dispatch(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  send(bytes: Uint8Array): void {
    if (this.readyState === 1) this.wire.send(bytes.slice());
  }

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.wire.hangUp();
  }
}

/** What the server uses of `ws`. */
class ServerSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  binaryType = 'nodebuffer';
  isPaused = false;
  #wire: Wire;

  constructor(wire: Wire) {
    super();
    this.#wire = wire;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  ping(): void {
    this.#wire.ping();
  }

  close(code: number): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.#wire.sendAway(code);
  }

  terminate(): void {
    this.#wire.cut();
  }
}

/** The way out of the server: whole frames, written in parts. */
class ServerLine extends EventEmitter {
  readonly writableLength = 0;
  readonly writableNeedDrain = false;
  #parts: Uint8Array[] = [];
  #isCorked = false;
  #told: (message: Uint8Array) => void;

  constructor(told: (message: Uint8Array) => void) {
    super();
    this.#told = told;
  }

  write(part: Uint8Array): void {
    this.#parts.push(part);
    if (!this.#isCorked) this.uncork();
  }

  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    for (const message of messagesOf([this.#parts.splice(0)])) this.#told(message);
  }
}

export class Wire {
  readonly url: string;
  readonly page: PageSocket;
  #server: ServerSocket | undefined;
  #line: ServerLine;
  #up: Lane;
  #down: Lane;
  #isOver = false;
  /** The network lost it, and says nothing. */
  isSwallowed = false;

  constructor(url: string, ends: WireEnds, page: PageSocket) {
    this.url = url;
    this.page = page;
    const isStill = (): boolean => this.isSwallowed || ends.isSwallowing();
    this.#up = ends.lanes.make(() => isStill() || this.#server?.isPaused === true);
    this.#down = ends.lanes.make(() => isStill() || ends.isFrozen());
    this.#line = new ServerLine((message) => {
      const data = Uint8Array.from(message).buffer;
      this.#down.put(() => page.dispatch('message', { data }));
    });
    this.#up.put(() => {
      if (!ends.accept(this)) return this.cut();
      this.#down.put(() => {
        if (page.readyState !== 0) return;
        page.readyState = 1;
        page.dispatch('open');
      });
    });
  }

  /** The server's end, made when it lets the page in. */
  get ends(): { readonly ws: ServerWebSocket; readonly socket: Duplex } {
    this.#server ??= new ServerSocket(this);
    return {
      ws: this.#server as unknown as ServerWebSocket,
      socket: this.#line as unknown as Duplex,
    };
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  send(bytes: Uint8Array): void {
    this.#up.put(() => {
      if (this.#server?.readyState !== 1) return;
      this.#server.emit('message', Buffer.from(bytes), true);
    });
  }

  ping(): void {
    this.#down.put(() => this.#up.put(() => this.#server?.emit('pong')));
  }

  /** The page ends it. */
  hangUp(): void {
    this.#up.put(() => this.#endServer());
    this.#down.clear();
    this.#down.put(() => this.#endPage(1005));
  }

  /** The server ends it. */
  sendAway(code: number): void {
    this.#down.put(() => {
      this.#endPage(code);
      this.#endServer();
    });
  }

  /** It breaks, and both ends hear of it. */
  cut(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#up.clear();
    this.#down.clear();
    this.isSwallowed = false;
    this.#down.put(() => this.#endPage(1006));
    this.#endServer();
  }

  /** The server is gone, and its end with it. */
  lose(isHeard: boolean): void {
    if (this.#server !== undefined) this.#server.readyState = 3;
    if (isHeard) return this.cut();
    this.#up.clear();
    this.#down.clear();
    this.isSwallowed = true;
  }

  /** The page is gone; nothing of it comes any more. */
  abandon(first: number): void {
    this.#up.end(this.isSwallowed ? 0 : first);
    this.cut();
    this.#down.clear();
  }

  get waiting(): number {
    return this.#up.length;
  }

  #endPage(code: number): void {
    const { page } = this;
    if (page.readyState === 3) return;
    page.readyState = 3;
    if (code === 1006) page.dispatch('error');
    page.dispatch('close', { code, reason: '' });
  }

  #endServer(): void {
    this.#isOver = true;
    if (this.#server === undefined || this.#server.readyState === 3) return;
    this.#server.readyState = 3;
    this.#server.emit('close');
  }
}

/** The class of sockets that one page has. Each wire that it dials is told. */
export function simulatedSockets(ends: WireEnds, dialled: (wire: Wire) => void): WebSocketClass {
  const made = class extends PageSocket {
    constructor(url: string | URL) {
      super(String(url), ends);
      dialled(this.wire);
    }
  };
  return made as unknown as WebSocketClass;
}
