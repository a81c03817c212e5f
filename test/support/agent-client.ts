// An agent on `WS /agents/:name`, which does nothing by itself but keep what it was told
// until a test takes it.

import WebSocket, { type RawData } from 'ws';
import {
  type AgentNews,
  type AgentRequest,
  decodeAgentNews,
  encodeAgentMessage,
} from '../../src/protocol/agents.ts';
import { within } from './hang.ts';

type NewsOf<T extends AgentNews['type']> = Extract<AgentNews, { type: T }>;
type Unsent = AgentRequest extends infer One
  ? One extends AgentRequest
    ? Omit<One, 'id'>
    : never
  : never;

export class AgentClient {
  readonly closed: Promise<number>;
  #ws: WebSocket;
  #inbox: AgentNews[] = [];
  #waiters: (() => void)[] = [];
  #ids = 0;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.closed = promise;
    ws.on('error', () => undefined);
    ws.on('message', (data: RawData) => this.#take(Buffer.isBuffer(data) ? data.toString() : ''));
    ws.on('close', (code) => resolve(code));
  }

  send(request: Unsent): void {
    this.#ws.send(encodeAgentMessage({ ...request, id: ++this.#ids }));
  }

  /** The earliest news of this type that nobody has taken. */
  next<T extends AgentNews['type']>(type: T): Promise<NewsOf<T>> {
    const isMeant = (news: AgentNews): news is NewsOf<T> => news.type === type;
    return within(this.#next(isMeant), `news of type ${type}`);
  }

  async leave(): Promise<void> {
    this.#ws.terminate();
    await this.closed;
  }

  async #next<T extends AgentNews>(isMeant: (news: AgentNews) => news is T): Promise<T> {
    for (;;) {
      const at = this.#inbox.findIndex(isMeant);
      const [found] = at < 0 ? [] : this.#inbox.splice(at, 1);
      if (found !== undefined && isMeant(found)) return found;
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  #take(text: string): void {
    const decoded = decodeAgentNews(text);
    if (!decoded.ok || 'ignored' in decoded) throw new Error(`no news: ${text.slice(0, 200)}`);
    this.#inbox.push(decoded.message);
    for (const wake of this.#waiters.splice(0)) wake();
  }
}

/** Connects to a server as an agent of this name. */
export async function connectAgent(url: string, name: string, token: string): Promise<AgentClient> {
  const to = new URL(`/agents/${name}`, url);
  to.protocol = 'ws:';
  to.searchParams.set('token', token);
  const ws = new WebSocket(to, { perMessageDeflate: false });
  const client = new AgentClient(ws);
  const open = new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('error', reject);
  });
  await within(open, 'an upgrade of an agent');
  return client;
}
