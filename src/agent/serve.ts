// An agent on a server: it waits for prompts that are addressed to its name, in every session that its
// token may see or in one of them, answers as many at a time as it may, and stops in good order.

import { type Chance, systemChance } from '../base/chance.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import type { WebSocketClass } from '../client/connection/socket.ts';
import { joinOverWire, type JoinOptions } from '../client/joined-session.ts';
import { AgentLine, type AgentLineState } from './agent-line.ts';
import { agentError } from './error.ts';
import { JoinedSessions } from './joined-sessions.ts';
import { limits } from './limits.ts';
import { SessionExchange } from './session-exchange.ts';
import { WireExchange } from './wire-exchange.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/** What an agent takes from the world around it. */
export interface AgentPlatform {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly WebSocket: WebSocketClass;
}

interface OnServer extends WorkerOptions {
  /** Of the server: http, https, ws or wss. */
  readonly url: string;
  /** With the right `agent`; a function is asked again whenever one is needed. */
  readonly token: string | (() => Promise<string>);
  /** The name under which it is asked. */
  readonly name: string;
  readonly platform?: Partial<AgentPlatform>;
}

export interface ServeOptions extends OnServer {
  /** Hears what goes wrong around the runs: no token, no server. For logs. */
  readonly onTrouble?: (sentence: string) => void;
}

export interface JoinSessionOptions extends OnServer {
  /** The id of the session. */
  readonly session: string;
}

/** An agent at work. */
export interface Agent {
  readonly name: string;
  /** How many runs it carries out now. */
  readonly busy: number;
  readonly state: AgentLineState;
  subscribe(listener: (state: AgentLineState) => void): Unsubscribe;
  /**
   * Takes nothing new, lets what it has end, gives back what takes too long, and resolves when
   * all of that is done. In Node: `process.once('SIGTERM', () => agent.drain())`.
   */
  drain(): Promise<void>;
}

/** Serves every session that the token may see. */
export function serveAgent(options: ServeOptions): Agent {
  const { url, name, onTrouble } = options;
  const { clock, chance, WebSocket } = platformOf(options);
  const token = tokenOf(options.token);
  const line = new AgentLine({ url, name, token, clock, chance, WebSocket });
  if (onTrouble !== undefined) line.troubles.subscribe(onTrouble);
  const join = (session: string) => joinOverWire(joining(options, session));
  const sessions = new JoinedSessions(join, clock, limits.lingerMs);
  const worker = new Worker(new WireExchange(line, sessions, clock), options, clock, chance);
  return {
    name,
    get busy() {
      return worker.busy;
    },
    get state() {
      return line.state;
    },
    subscribe: (listener) => line.changed.subscribe(listener),
    drain: () => worker.drain(),
  };
}

/** Serves one session. Resolves when it has joined; rejects where the server does not let it in. */
export async function joinSession(options: JoinSessionOptions): Promise<Agent> {
  const { name } = options;
  const { clock, chance } = platformOf(options);
  const joined = await joinOverWire(joining(options, options.session));
  const worker = new Worker(new SessionExchange(joined, name, clock), options, clock, chance);
  const changed = createEmitter<AgentLineState>();
  let isClosed = false;
  const stateNow = (): AgentLineState => {
    if (isClosed) return 'closed';
    const { name: state } = joined.state;
    if (state === 'live') return 'ready';
    return state === 'refused' ? 'refused' : 'waiting';
  };
  joined.changed.subscribe(() => changed.emit(stateNow()));
  return {
    name,
    get busy() {
      return worker.busy;
    },
    get state() {
      return stateNow();
    },
    subscribe: (listener) => changed.subscribe(listener),
    async drain() {
      await worker.drain();
      isClosed = true;
      changed.emit('closed');
    },
  };
}

function joining(options: OnServer, session: string): JoinOptions {
  const wake = { isOnline: true, subscribe: () => () => undefined };
  const platform = { ...platformOf(options), wake };
  return { url: options.url, session, token: tokenOf(options.token), platform };
}

function platformOf({ platform = {} }: OnServer): AgentPlatform {
  const WebSocket = platform.WebSocket ?? globalThis.WebSocket;
  if (WebSocket === undefined) {
    throw agentError('not-found', 'There is no WebSocket here: give one as platform.WebSocket.');
  }
  return {
    clock: platform.clock ?? systemClock,
    chance: platform.chance ?? systemChance(),
    WebSocket,
  };
}

const tokenOf =
  (token: OnServer['token']): (() => Promise<string>) =>
  () =>
    typeof token === 'string' ? Promise.resolve(token) : token();
