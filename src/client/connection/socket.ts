// The WebSocket that the stock provider is given. It is the platform's own, with us in between:
// we see each message before the provider does, and each frame of the provider is handed to us
// instead of to the network. A message that throws costs its connection, not the page.

/** Who stands between the provider and the network, for one socket. */
export interface SocketKeeper {
  /** The provider sent it. */
  take(frame: Uint8Array): void;
  /** It came from the server, and the provider will get it next. */
  hear(message: Uint8Array): void;
  /** The provider could not make sense of what came. */
  failed(error: unknown): void;
}

/** The way to the network, for who keeps a socket. */
export interface SocketLine {
  /** What is sent while it is not open is lost. */
  readonly isOpen: boolean;
  /** Bytes that the network did not take yet. */
  readonly backlog: number;
  send(frame: Uint8Array): void;
}

function lineOf(socket: WebSocket): SocketLine {
  return {
    get isOpen() {
      return socket.readyState === KeptSocket.OPEN;
    },
    get backlog() {
      return socket.bufferedAmount;
    },
    send(frame) {
      // Nothing of ours lies in memory that threads share, which a WebSocket would not take.
      if (this.isOpen) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
  };
}

export type WebSocketClass = typeof globalThis.WebSocket;

/** What the provider uses of a socket; it sets the handlers, and takes them away at the end. */
class KeptSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly OPEN = 1;
  binaryType: BinaryType = 'arraybuffer';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  readonly #socket: WebSocket;
  readonly #keeper: SocketKeeper;

  constructor(socket: WebSocket, keep: (line: SocketLine) => SocketKeeper) {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    this.#keeper = keep(lineOf(socket));
    socket.addEventListener('open', (event) => this.onopen?.(event));
    // Never without a handler: in Node an error that nobody hears ends the process.
    socket.addEventListener('error', (event) => this.onerror?.(event));
    socket.addEventListener('close', (event) => this.onclose?.(event));
    socket.addEventListener('message', (event) => this.#pass(event));
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  send(frame: Uint8Array): void {
    this.#keeper.take(frame);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  #pass(event: MessageEvent): void {
    if (this.onmessage === null) return;
    try {
      const data: unknown = event.data;
      if (!(data instanceof ArrayBuffer)) throw new TypeError('a message that is no bytes');
      this.#keeper.hear(new Uint8Array(data));
      this.onmessage(event);
    } catch (error) {
      this.#keeper.failed(error);
    }
  }
}

/** A class of sockets for the provider. `keep` is called for each one that it makes. */
export function keptSockets(
  platform: WebSocketClass,
  keep: (line: SocketLine) => SocketKeeper,
): WebSocketClass {
  const made = class extends KeptSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(new platform(url, protocols), keep);
    }
  };
  // It has all that the provider touches, which is less than a WebSocket has.
  return made as unknown as WebSocketClass;
}
