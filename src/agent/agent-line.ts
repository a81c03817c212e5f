// The connection on which an agent waits for work: `WS /agents/:name`. It comes back by itself, with
// full jitter, until it is closed or the server says that it never will be let in. It takes
// silence for a dead connection, and renews its token in time.
//
//     fetching a token --> opening --> ready --ended, silent--> waiting --> fetching ...
//            '---------------'-----------'-- 44xx --> refused      close --> closed

import type { Chance } from '../base/chance.ts';
import type { Clock } from '../base/clock.ts';
import { createEmitter } from '../base/emitter.ts';
import { retryMs } from '../client/connection/retry.ts';
import type { WebSocketClass } from '../client/connection/socket.ts';
import {
  type AgentNews,
  type AgentRequest,
  decodeAgentNews,
  encodeAgentMessage,
} from '../protocol/agents.ts';
import { closeReasons, isFinalClose } from '../protocol/close.ts';
import { limits } from './limits.ts';

export interface AgentLineOptions {
  readonly url: string;
  readonly name: string;
  readonly token: () => Promise<string>;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly WebSocket: WebSocketClass;
}

export type AgentLineState = 'connecting' | 'ready' | 'waiting' | 'refused' | 'closed';

type Said = AgentRequest extends infer One
  ? One extends AgentRequest
    ? Omit<One, 'id'>
    : never
  : never;

export class AgentLine {
  readonly news = createEmitter<AgentNews>();
  readonly changed = createEmitter<AgentLineState>();
  /** What went wrong, for logs; without tokens. */
  readonly troubles = createEmitter<string>();
  #options: AgentLineOptions;
  #state: AgentLineState = 'connecting';
  #socket: WebSocket | undefined;
  #attempt = 0;
  #ids = 0;
  #concurrency = 0;
  #stopTimer: () => void = () => undefined;
  #stopRenewal: () => void = () => undefined;

  constructor(options: AgentLineOptions) {
    this.#options = options;
  }

  get state(): AgentLineState {
    return this.#state;
  }

  /** Connects, and says how many runs are taken at once. */
  open(concurrency: number): void {
    this.#concurrency = concurrency;
    void this.#dial();
  }

  /** From now on so many are taken; 0 for no more. */
  capacity(concurrency: number): void {
    if (concurrency === this.#concurrency) return;
    this.#concurrency = concurrency;
    this.say({ type: 'capacity', concurrency });
  }

  /** Says nothing while it is not connected: all that is said is about this connection's offers. */
  say(message: Said): void {
    if (this.#state === 'ready') this.#send(message);
  }

  close(): void {
    this.#become('closed');
    this.#hangUp();
  }

  async #dial(): Promise<void> {
    if (this.#isOver) return;
    this.#become('connecting');
    let token: string;
    try {
      token = await this.#options.token();
    } catch {
      this.troubles.emit('No token was given; it is asked for again.');
      return this.#later();
    }
    if (this.#isOver) return;
    const { url, name, WebSocket } = this.#options;
    const origin = url.replace(/^http/, 'ws').replace(/\/+$/, '');
    const socket = new WebSocket(`${origin}/agents/${encodeURIComponent(name)}`);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#listen();
      this.#send({ type: 'hello', token, concurrency: this.#concurrency });
    });
    socket.addEventListener('message', ({ data }) => {
      if (this.#socket === socket) this.#hear(data);
    });
    // An error that nobody hears ends a Node process; the close that follows tells of it.
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('close', ({ code }) => {
      if (this.#socket === socket) this.#ended(code);
    });
  }

  #hear(data: unknown): void {
    this.#listen();
    const opened = decodeAgentNews(typeof data === 'string' ? data : '');
    if (!opened.ok) return this.troubles.emit('The server said something that is not understood.');
    if ('ignored' in opened) return;
    const { message } = opened;
    if (message.type === 'ready') {
      this.#attempt = 0;
      this.#become('ready');
    }
    if (message.type === 'ready' || message.type === 'token-renewed') {
      this.#renewLater(message.expiresAt);
    }
    if (message.type === 'error') this.troubles.emit(`${message.code}: ${message.message}`);
    this.news.emit(message);
  }

  /** Whoever says nothing for so long is not there any more. */
  #listen(): void {
    this.#stopTimer();
    this.#stopTimer = this.#options.clock.after(limits.silenceMsMax, () => this.#ended(1006));
  }

  #renewLater(expiresAt: number): void {
    this.#stopRenewal();
    const { clock, token } = this.#options;
    const left = expiresAt - clock.now() - limits.renewAheadMs;
    // Renewed at least once a day: a timer cannot be told of much more.
    const ms = Math.min(Math.max(left, 1_000), limits.renewMsMax);
    this.#stopRenewal = clock.after(ms, () => {
      token().then(
        (next) => this.say({ type: 'renew-token', token: next }),
        () => this.troubles.emit('No token was given; the connection ends with the old one.'),
      );
    });
  }

  #ended(code: number): void {
    this.#hangUp();
    if (this.#isOver) return;
    // A token may have ended while it was shown: the next one is another.
    const isFinal = isFinalClose(code) && (code !== closeReasons.token.code || this.#attempt > 3);
    if (!isFinal) return this.#later();
    this.troubles.emit(`The server does not let this agent in (${code}).`);
    this.#become('refused');
  }

  #later(): void {
    if (this.#isOver) return;
    this.#become('waiting');
    this.#attempt++;
    const { clock, chance } = this.#options;
    this.#stopTimer = clock.after(retryMs(this.#attempt, chance), () => void this.#dial());
  }

  #hangUp(): void {
    this.#stopTimer();
    this.#stopRenewal();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #send(message: Said): void {
    this.#socket?.send(encodeAgentMessage({ ...message, id: ++this.#ids }));
  }

  get #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'refused';
  }

  #become(state: AgentLineState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.changed.emit(state);
  }
}
