// A raw peer of the wire: it sends what it is told and keeps what it gets, and does nothing
// by itself, no handshake and no answer. So a test can be any peer, a silent or a hostile
// one too. Frames wait until somebody takes them, and each is taken once. It never sleeps;
// what never comes is named by a guard.

import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import { type Command, decodeCommand, encodeCommand } from '../../src/protocol/command.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../src/protocol/frame.ts';
import { within } from './hang.ts';

/** How the token comes to the server. By `hello` it is the first frame, which is sent at once. */
export type TokenWay = 'query' | 'header' | 'subprotocol' | 'hello';

export interface WireOptions {
  /** Of the server: `http:` or `ws:`, host and port. */
  readonly url: string;
  readonly session: string;
  readonly token?: string;
  /** `query` where absent. */
  readonly by?: TokenWay;
  /** The session's name follows it; `/sync/` where absent. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Forgets frames as soon as `onFrame` has seen them, for peers that get very many. */
  readonly forgetful?: boolean;
  /** Hears each frame before anybody can take it; the first ones before `connect` resolves. */
  readonly onFrame?: (frame: Frame, from: WireClient) => void;
}

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

type FrameOf<T extends Frame['type']> = Extract<Frame, { type: T }>;

interface Waiter {
  readonly takes: (frame: Frame) => boolean;
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

export class WireClient {
  /** Everything that came, in order; empty for a forgetful one. */
  readonly received: Frame[] = [];
  /** What came and was no frame. */
  readonly garbage: Uint8Array[] = [];
  readonly sent = { frames: 0, bytes: 0 };
  readonly got = { frames: 0, bytes: 0 };
  /** Resolves when the connection has ended, however it did. */
  readonly closed: Promise<Closed>;
  #socket: WebSocket;
  #inbox: Frame[] = [];
  #waiters: Waiter[] = [];
  #ended: Closed | undefined;
  #options: Pick<WireOptions, 'forgetful' | 'onFrame'>;
  #ids = 0;
  #marks = 0;

  constructor(socket: WebSocket, options: Pick<WireOptions, 'forgetful' | 'onFrame'> = {}) {
    this.#socket = socket;
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Closed>();
    this.closed = promise;
    // A reset connection is an end like any other here: `close` follows with 1006.
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.#take(bytesOf(data)));
    socket.once('close', (code, reason) => {
      this.#ended = { code, reason: reason.toString() };
      for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#gone());
      resolve(this.#ended);
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Of what the server chose; empty for none. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  /** Sends a frame, or any bytes as they are. */
  send(frame: Frame | Uint8Array): void {
    const bytes = frame instanceof Uint8Array ? frame : encodeFrame(frame);
    this.sent.frames += 1;
    this.sent.bytes += bytes.length;
    this.#socket.send(bytes);
  }

  /** Sends a message of text, which no peer of this wire does. */
  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** The earliest frame of this type that nobody has taken, once there is one that matches. */
  async next<T extends Frame['type']>(
    type: T,
    matches: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    const takes = (frame: Frame): boolean => isOf(frame, type) && matches(frame);
    const frame = await within(this.#next(takes), `a frame ${type}`);
    if (isOf(frame, type)) return frame;
    throw new Error(`asked for ${type} and got ${frame.type}`);
  }

  /** How many frames of a type came. */
  count(type: Frame['type']): number {
    return this.received.filter((frame) => frame.type === type).length;
  }

  /** Sends a barrier and resolves with its echo: all that was sent before is durable. */
  async barrier(): Promise<void> {
    const mark = new TextEncoder().encode(`mark ${++this.#marks}`);
    const echo = this.next('barrier', (frame) => Buffer.from(frame.mark).equals(mark));
    this.send({ type: 'barrier', mark });
    await echo;
  }

  /** Sends a command under the next id, and does not wait. Returns the id. */
  tell(command: Unsent): number {
    const id = ++this.#ids;
    this.send({ type: 'command', json: encodeCommand(withId(command, id)) });
    return id;
  }

  /** Sends a command and resolves with its answer. */
  async ask(command: Unsent): Promise<Command> {
    const id = this.tell(command);
    return this.command(({ re }) => re === id);
  }

  /** The next command of the server that matches. */
  async command(matches: (command: Command) => boolean = () => true): Promise<Command> {
    const fits = ({ json }: FrameOf<'command'>): boolean => {
      const command = commandIn(json);
      return command !== undefined && matches(command);
    };
    const { json } = await this.next('command', fits);
    const command = commandIn(json);
    if (command === undefined) throw new Error('a command that nobody knows');
    return command;
  }

  /** Stops reading from the socket, as a peer that is too slow does, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye and waits for the end. */
  async close(code = 1000): Promise<Closed> {
    this.#socket.close(code);
    return within(this.closed, 'the end of a connection');
  }

  /** Is gone without a word. */
  async terminate(): Promise<Closed> {
    this.#socket.terminate();
    return within(this.closed, 'the end of a connection');
  }

  #next(takes: (frame: Frame) => boolean): Promise<Frame> {
    const at = this.#inbox.findIndex(takes);
    const [found] = at < 0 ? [] : this.#inbox.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#ended !== undefined) return Promise.reject(this.#gone());
    return new Promise((resolve, reject) => {
      this.#waiters.push({ takes, resolve, reject });
    });
  }

  #take(bytes: Uint8Array): void {
    this.got.frames += 1;
    this.got.bytes += bytes.length;
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) {
      this.garbage.push(bytes);
      return;
    }
    const { frame } = decoded;
    this.#options.onFrame?.(frame, this);
    const waiter = this.#waiters.find(({ takes }) => takes(frame));
    if (waiter !== undefined) {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.resolve(frame);
    }
    if (this.#options.forgetful === true) return;
    this.received.push(frame);
    if (waiter === undefined) this.#inbox.push(frame);
  }

  #gone(): Error {
    const { code = 0, reason = '' } = this.#ended ?? {};
    return new Error(`the connection ended with ${code} ${reason}`.trim());
  }
}

type WithoutId<C> = C extends Command ? Omit<C, 'id'> : never;
/** A command before it has its id. */
export type Unsent = WithoutId<Command>;

const withId = (command: Unsent, id: number): Command => ({ ...command, id });

/** Connects, and throws where the upgrade is refused. */
export async function connect(options: WireOptions): Promise<WireClient> {
  const outcome = await tryConnect(options);
  if (outcome instanceof WireClient) return outcome;
  throw new Error(`the upgrade was refused with ${outcome.status}`);
}

/** Why an upgrade was refused, in HTTP; status 0 where nobody answered at all. */
export interface RefusedUpgrade {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

async function tryConnect(options: WireOptions): Promise<WireClient | RefusedUpgrade> {
  const { token, by = 'query' } = options;
  const socket = new WebSocket(urlOf(options), protocolsOf(options), {
    headers: {
      ...options.headers,
      ...(by === 'header' && token !== undefined && { authorization: `Bearer ${token}` }),
    },
    perMessageDeflate: false,
    maxPayload: 64 * 1024 * 1024,
  });
  const client = new WireClient(socket, options);
  const refused = await within(upgraded(socket), `an upgrade of ${options.session}`);
  if (refused !== undefined) return refused;
  if (by === 'hello') client.tell({ type: 'hello', ...(token !== undefined && { token }) });
  return client;
}

/** Connects where it must not be let in: the status of the refusal. */
export async function refusedUpgrade(options: WireOptions): Promise<RefusedUpgrade> {
  const outcome = await tryConnect(options);
  if (!(outcome instanceof WireClient)) return outcome;
  await outcome.terminate();
  throw new Error('the upgrade was not refused');
}

function upgraded(socket: WebSocket): Promise<RefusedUpgrade | undefined> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(undefined));
    socket.once('unexpected-response', (_, response) => {
      resolve(readRefusal(response).finally(() => socket.terminate()));
    });
    socket.once('error', () => resolve({ status: 0, headers: {}, body: '' }));
  });
}

async function readRefusal(response: IncomingMessage): Promise<RefusedUpgrade> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    // Who resets the connection behind its answer has answered.
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, body: Buffer.concat(chunks).toString() };
}

function urlOf({ url, path = '/sync/', session, token, by = 'query' }: WireOptions): URL {
  const to = new URL(`${path}${session}`, url);
  to.protocol = 'ws:';
  if (by === 'query' && token !== undefined) to.searchParams.set('token', token);
  return to;
}

function protocolsOf({ token, by }: WireOptions): string[] {
  return by === 'subprotocol' && token !== undefined ? ['holdfast', `holdfast.token.${token}`] : [];
}

function commandIn(json: string): Command | undefined {
  const decoded = decodeCommand(json);
  return decoded.ok && 'command' in decoded ? decoded.command : undefined;
}

function isOf<T extends Frame['type']>(frame: Frame, type: T): frame is FrameOf<T> {
  return frame.type === type;
}

/** An exact copy: what ws hands over lies in a buffer that it uses again. */
function bytesOf(data: WebSocket.RawData): Uint8Array {
  if (Array.isArray(data)) return Uint8Array.from(Buffer.concat(data));
  return data instanceof ArrayBuffer ? new Uint8Array(data.slice(0)) : Uint8Array.from(data);
}
