// The connection of one session: the stock provider of y-websocket, driven by our own states
// (connection-state.ts). It dials when it is told to, comes back by itself, and says how far what
// was written here got. The provider never reconnects by itself, never talks to other tabs, and
// its socket is ours (socket.ts); what it does with the document and with presence is left alone.
//
// `sent` and `durable` never go back. `durable(p)` is said when a barrier came back that was put,
// on the same socket, behind everything up to p.

import * as decoding from 'lib0/decoding';
import { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import { unreachable } from '../../base/assert.ts';
import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { closeReasons } from '../../protocol/close.ts';
import type { Command, Refused } from '../../protocol/command.ts';
import { frameTypes } from '../../protocol/frame.ts';
import { type ConnectionError, notDialled, tokenUnavailable } from './connection-error.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  shownState,
  type Stage,
  startStage,
  stepConnection,
  type Term,
} from './connection-state.ts';
import { connectionLimits } from './limits.ts';
import { type Admission, type Asked, Link } from './link.ts';
import { termMs } from './retry.ts';
import { keptSockets, type SocketLine, type WebSocketClass } from './socket.ts';
import type { WakeSignal, WakeSource } from './wake.ts';

export interface ConnectionPlatform {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly WebSocket: WebSocketClass;
  readonly wake: WakeSource;
}

export interface ConnectionOptions {
  /** Of the server: http, https, ws or wss, with or without a path. */
  readonly url: string;
  readonly session: string;
  readonly doc: Y.Doc;
  /** One of the connection's own where absent; a given one is the caller's to destroy. */
  readonly awareness?: Awareness;
  /** Asked before each attempt, and again before a token ends. */
  readonly token: () => Promise<string>;
  /** Of what the document holds; undefined where it holds nothing of the server's. */
  readonly generation: () => string | undefined;
  /** Whose words the document holds; whoever else the token names gets none of them. */
  readonly principal?: () => string | null;
  /** How many writes of this tab are in the document now. */
  readonly position: () => number;
  readonly platform: ConnectionPlatform;
}

/** An update that the server refused as a whole, for good. */
export type RefusedUpdate = Pick<Refused, 'client' | 'clock' | 'rule'>;

export interface ConnectionListeners {
  readonly state?: (state: ConnectionState) => void;
  /** The server let us in; said again when rights or the end of the token change. */
  readonly ready?: (admission: Admission) => void;
  readonly sent?: (position: number) => void;
  readonly durable?: (position: number) => void;
  /** From now on nothing is durable on this connection. */
  readonly refused?: (update: RefusedUpdate) => void;
  readonly error?: (error: ConnectionError) => void;
  /** Answers to what was asked, and what the holder of a run has to know. */
  readonly command?: (command: Command) => void;
}

export interface Connection {
  readonly state: ConnectionState;
  /** At once, whatever it waited for; also after a refusal. */
  connect(): void;
  disconnect(): void;
  /** For good. */
  close(): void;
  /** Asks as the holder of a run, behind all that was written before. Undefined while it is not live. */
  ask(request: Asked): number | undefined;
  on(listeners: ConnectionListeners): Unsubscribe;
}

export function createConnection(options: ConnectionOptions): Connection {
  return new ProviderConnection(options);
}

class ProviderConnection implements Connection {
  #options: ConnectionOptions;
  #provider: WebsocketProvider;
  #ownAwareness: Awareness | undefined;
  #emitters = {
    state: createEmitter<ConnectionState>(),
    ready: createEmitter<Admission>(),
    sent: createEmitter<number>(),
    durable: createEmitter<number>(),
    refused: createEmitter<RefusedUpdate>(),
    error: createEmitter<ConnectionError>(),
    command: createEmitter<Command>(),
  };
  #stage: Stage = startStage;
  #state: ConnectionState = shownState(startStage, null);
  #events: ConnectionEvent[] = [];
  #isStepping = false;
  #link: Link | undefined;
  #isDropping = false;
  #token = '';
  #refusedToken: string | undefined;
  #fetches = 0;
  #stopTerm: (() => void) | undefined;
  #retryAt: number | null = null;
  #stageSince = 0;
  #sent = 0;
  #durable = 0;
  #deafen: Unsubscribe;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { url, session, doc, platform } = options;
    if (options.awareness === undefined) this.#ownAwareness = new Awareness(doc);
    const awareness = options.awareness ?? this.#ownAwareness;
    const origin = url.replace(/^http/, 'ws').replace(/\/+$/, '');
    this.#provider = new WebsocketProvider(`${origin}/sync`, session, doc, {
      connect: false,
      disableBc: true,
      ...(awareness !== undefined && { awareness }),
      WebSocketPolyfill: keptSockets(platform.WebSocket, (line) => this.#keep(line)),
    });
    this.#listen();
    this.#deafen = platform.wake.subscribe((signal) => this.#wake(signal));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  connect(): void {
    this.#refusedToken = undefined;
    this.#step({ type: 'connect', hasNetwork: this.#options.platform.wake.isOnline });
  }

  disconnect(): void {
    this.#step({ type: 'disconnect' });
  }

  close(): void {
    this.#step({ type: 'close' });
    this.#deafen();
    this.#provider.destroy();
    this.#ownAwareness?.destroy();
  }

  ask(request: Asked): number | undefined {
    return this.#state.name === 'live' ? this.#link?.ask(request) : undefined;
  }

  on(listeners: ConnectionListeners): Unsubscribe {
    const { state, ready, sent, durable, refused, error, command } = listeners;
    const stops = [
      state && this.#emitters.state.subscribe(state),
      ready && this.#emitters.ready.subscribe(ready),
      sent && this.#emitters.sent.subscribe(sent),
      durable && this.#emitters.durable.subscribe(durable),
      refused && this.#emitters.refused.subscribe(refused),
      error && this.#emitters.error.subscribe(error),
      command && this.#emitters.command.subscribe(command),
    ];
    return () => {
      for (const stop of stops) stop?.();
    };
  }

  #listen(): void {
    const provider = this.#provider;
    // Before the provider's own first frame, which it sends behind this event.
    provider.on('status', ({ status }) => {
      if (status === 'connected') this.#step({ type: 'opened' });
    });
    provider.on('sync', (isSynced) => {
      if (isSynced) this.#step({ type: 'synced' });
    });
    provider.on('connection-close', (event) => {
      // It would dial again by itself, and its watchdog does so without asking.
      provider.shouldConnect = false;
      this.#unlink();
      if (!this.#isDropping) this.#ended(event);
    });
    provider.messageHandlers[frameTypes.barrier] = (_answer, decoder) =>
      this.#link?.barrier(decoding.readVarUint8Array(decoder));
    provider.messageHandlers[frameTypes.command] = (_answer, decoder) =>
      this.#link?.command(decoding.readVarString(decoder));
  }

  #keep(line: SocketLine): Link {
    const { platform, position } = this.#options;
    const link: Link = new Link({
      clock: platform.clock,
      line,
      token: this.#token,
      fetchToken: async () => this.#options.token(),
      position,
      durableBefore: this.#durable,
      told: {
        admitted: (admission, isFirst) => this.#admitted(admission, isFirst),
        progress: () => {
          if (this.#stage.name === 'syncing') this.#setTerm('syncing', 0);
        },
        sent: (to) => this.#handed(to),
        durable: (to) => this.#settled(to),
        refused: (update) => this.#emitters.refused.emit(update),
        lost: () => this.#step({ type: 'lost' }),
        tokenEnded: () => this.#step({ type: 'token-ended' }),
        error: (error) => this.#emitters.error.emit(error),
        command: (command) => this.#emitters.command.emit(command),
      },
    });
    this.#link = link;
    return link;
  }

  #handed(position: number): void {
    if (position <= this.#sent) return;
    this.#sent = position;
    this.#emitters.sent.emit(position);
  }

  #settled(position: number): void {
    this.#durable = position;
    this.#emitters.durable.emit(position);
  }

  #unlink(): void {
    this.#link?.end();
    this.#link = undefined;
  }

  /** Null: the provider gave it up, as it does after 30 s of silence. */
  #ended(event: CloseEvent | null): void {
    if (event === null) return this.#step({ type: 'lost' });
    if (event.code === closeReasons.token.code) this.#refusedToken = this.#token;
    this.#step({ type: 'ended', code: event.code });
  }

  #admitted(admission: Admission, isFirst: boolean): void {
    const expected = this.#options.principal?.() ?? null;
    if (expected !== null && expected !== admission.principal) {
      return this.#step({ type: 'stranger' });
    }
    this.#emitters.ready.emit(admission);
    if (isFirst) this.#step({ type: 'ready' });
  }

  #wake(signal: WakeSignal): void {
    const { clock, wake } = this.#options.platform;
    if (signal === 'frozen') return;
    if (signal === 'offline') return this.#step({ type: 'unplugged' });
    const age = Math.abs(clock.now() - this.#stageSince);
    const isStale = age > connectionLimits.staleMs;
    this.#step({ type: 'woken', isStale, hasNetwork: wake.isOnline });
  }

  /** One event after the other: what is done for one may cause the next. */
  #step(event: ConnectionEvent): void {
    this.#events.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        this.#stepOnce(next);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #stepOnce(event: ConnectionEvent): void {
    const { stage, effects } = stepConnection(this.#stage, event);
    const isOther = stage.name !== this.#stage.name;
    this.#stage = stage;
    if (isOther) this.#enter();
    for (const effect of effects) this.#do(effect);
    this.#show();
  }

  #enter(): void {
    this.#stopTerm?.();
    this.#retryAt = null;
    this.#stageSince = this.#options.platform.clock.now();
    if (this.#stage.name === 'live') this.#link?.watch();
  }

  #show(): void {
    const state = shownState(this.#stage, this.#retryAt);
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#emitters.state.emit(state);
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'fetch-token':
        return this.#fetchToken();
      case 'open':
        return this.#open();
      case 'hello':
        return this.#link?.hello(this.#options.generation());
      case 'drop':
        return this.#drop();
      case 'probe':
        return this.#probe();
      case 'term':
        return this.#setTerm(effect.term, effect.attempt);
      default:
        return unreachable(effect);
    }
  }

  #fetchToken(): void {
    this.#stageSince = this.#options.platform.clock.now();
    void this.#askToken(++this.#fetches);
  }

  async #askToken(fetch: number): Promise<void> {
    const isCurrent = (): boolean => fetch === this.#fetches && this.#stage.name === 'fetching';
    const asked = await this.#tokenOrCause();
    if (!isCurrent()) return;
    if ('cause' in asked) {
      this.#emitters.error.emit(tokenUnavailable(asked.cause));
      return this.#step({ type: 'token-failed' });
    }
    this.#token = asked.token;
    const isRefused = asked.token === this.#refusedToken;
    this.#step({ type: isRefused ? 'token-refused' : 'token' });
  }

  async #tokenOrCause(): Promise<{ readonly token: string } | { readonly cause: unknown }> {
    try {
      return { token: await this.#options.token() };
    } catch (cause) {
      return { cause };
    }
  }

  /** The provider speaks of the document's client in presence, and throws of one that is not known there. */
  #introduce(): void {
    const { awareness, doc } = this.#provider;
    if (awareness.meta.has(doc.clientID)) return;
    const lastUpdated = this.#options.platform.clock.now();
    awareness.meta.set(doc.clientID, { clock: 0, lastUpdated });
  }

  #open(): void {
    this.#introduce();
    try {
      this.#provider.connect();
    } catch (cause) {
      this.#emitters.error.emit(notDialled(cause));
      this.#provider.shouldConnect = false;
      this.#step({ type: 'ended', code: 1006 });
    }
  }

  #drop(): void {
    this.#introduce();
    this.#isDropping = true;
    this.#provider.disconnect();
    this.#isDropping = false;
  }

  /** While it is syncing it has to come further soon; afterwards it is asked. */
  #probe(): void {
    if (this.#stage.name === 'live') this.#link?.wake();
    else this.#after(connectionLimits.answerMsMax);
  }

  #setTerm(term: Term, attempt: number): void {
    const { chance, clock } = this.#options.platform;
    const ms = termMs(term, attempt, chance);
    if (term === 'retry') this.#retryAt = clock.now() + ms;
    this.#after(ms);
  }

  #after(ms: number): void {
    this.#stopTerm?.();
    this.#stopTerm = this.#options.platform.clock.after(ms, () => this.#step({ type: 'late' }));
  }
}
