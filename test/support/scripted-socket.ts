// A WebSocket whose other end is the test: it opens, takes, says and ends what and when the test
// wants, so that everything a network can do to a connection happens on the test's own clock.

import {
  encodeCommand,
  decodeCommand,
  type Command,
  type Ready,
} from '../../src/protocol/command.ts';
import { decodeFrame, encodeFrame, type Frame } from '../../src/protocol/frame.ts';
import type { WebSocketClass } from '../../src/client/connection/socket.ts';

export class ScriptedSocket extends EventTarget {
  readonly url: string;
  binaryType = 'blob';
  readyState = 0;
  /** What the network did not take; the test says. */
  bufferedAmount = 0;
  readonly sent: Frame[] = [];
  #ids = 0;

  constructor(url: string) {
    super();
    this.url = url;
  }

  send(bytes: Uint8Array): void {
    if (this.readyState !== 1) throw new Error('sent on a socket that is not open');
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) throw new Error(`no frame: ${decoded.rule}`);
    this.sent.push(decoded.frame);
  }

  /** The near side hangs up; nothing is heard of it any more. */
  close(): void {
    this.readyState = 2;
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  /** The other side ends it. */
  end(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason: '' }));
  }

  raw(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }));
  }

  say(frame: Frame): void {
    this.raw(Uint8Array.from(encodeFrame(frame)).buffer);
  }

  command(command: Command): void {
    this.say({ type: 'command', json: encodeCommand(command) });
  }

  ready(more: Partial<Ready> = {}): void {
    this.command({
      id: ++this.#ids,
      type: 'ready',
      generation: 'g1',
      incarnation: 'i1',
      principal: 'ada',
      rights: ['read', 'write'],
      expiresAt: 1_800_000_300_000,
      ...more,
    });
  }

  /** Asks for all that the device has. */
  ask(): void {
    this.say({ type: 'sync-step-1', stateVector: new Uint8Array([0]) });
  }

  /** As the server greets: in, asked, and given all that there is, which is nothing. */
  greet(more: Partial<Ready> = {}): void {
    this.ready(more);
    this.ask();
    this.say({ type: 'sync-step-2', update: new Uint8Array([0, 0]) });
  }

  beat(): void {
    this.say({ type: 'awareness', entries: new Uint8Array([0]) });
  }

  get kinds(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }

  all<T extends Frame['type']>(type: T): readonly Extract<Frame, { type: T }>[] {
    return this.sent.filter((frame): frame is Extract<Frame, { type: T }> => frame.type === type);
  }

  /** The commands that it was sent. */
  get commands(): readonly Command[] {
    return this.all('command').flatMap(({ json }) => {
      const decoded = decodeCommand(json);
      return decoded.ok && 'command' in decoded ? [decoded.command] : [];
    });
  }

  /** Sends every barrier back that was not yet. */
  echo(): void {
    const barriers = this.all('barrier');
    for (const barrier of barriers.slice(this.#echoed)) this.say(barrier);
    this.#echoed = barriers.length;
  }
  #echoed = 0;
}

export interface Dialled {
  readonly sockets: ScriptedSocket[];
  readonly WebSocket: WebSocketClass;
}

/** A class of sockets, and all that were made of it. */
export function scriptedSockets(): Dialled {
  const sockets: ScriptedSocket[] = [];
  const made = class extends ScriptedSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  };
  return { sockets, WebSocket: made as unknown as WebSocketClass };
}
