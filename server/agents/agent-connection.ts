// One connection of `WS /agents/:name`, from its upgrade to its end:
//
//     hello --first message in time--> entering --let in--> live --> closed
//       '--a token came with the upgrade--^
//
// It is a seat at the board of offers once it has said how much it takes. What it knows of a
// session is that there is a run for it; the words are in the session itself.

import type { RawData, WebSocket } from 'ws';
import { assert, unreachable } from '../../src/base/assert.ts';
import {
  type AgentHello,
  type AgentNews,
  type AgentRequest,
  decodeAgentRequest,
  encodeAgentMessage,
  type RenewAgentToken,
} from '../../src/protocol/agents.ts';
import { closeReasons, type CloseReason } from '../../src/protocol/close.ts';
import { refusedCommand } from '../../src/protocol/command.ts';
import { limits } from '../../src/protocol/limits.ts';
import { type Claims, hasRight } from '../../src/protocol/token.ts';
import type { AgentParts } from './agent-parts.ts';
import { agentLimits } from './limits.ts';
import type { OpenRun, Seat } from './offer-board.ts';

/** What keeps the connection. */
export interface AgentKeeper {
  /** Resolves when it is known what it sees; false where that cannot be. */
  join(connection: AgentConnection): Promise<boolean>;
  /** It takes another number of runs, or its token says something else. */
  changed(connection: AgentConnection): void;
  asked(connection: AgentConnection, request: OfferAnswer): void;
  sees(connection: AgentConnection, session: string): boolean;
  closed(connection: AgentConnection): void;
}

export type OfferAnswer = Extract<AgentRequest, { type: 'accept' | 'decline' | 'finished' }>;

type UnsentNews = AgentNews extends infer One
  ? One extends AgentNews
    ? Omit<One, 'id'>
    : never
  : never;

const EXPIRY_LOOK_MS = 60_000;

export class AgentConnection implements Seat {
  readonly name: string;
  concurrency = 0;
  #parts: AgentParts;
  #keeper: AgentKeeper;
  #ws: WebSocket;
  #state: 'hello' | 'entering' | 'live' | 'closed' = 'hello';
  #claims: Claims | undefined;
  #ids = 0;
  #silent = 0;
  /** What came before it was let in. */
  #early: AgentRequest[] = [];
  #timers = new Map<'hello' | 'expiry', () => void>();
  #release: (() => void) | undefined;

  constructor(parts: AgentParts, keeper: AgentKeeper, ws: WebSocket, name: string) {
    this.#parts = parts;
    this.#keeper = keeper;
    this.#ws = ws;
    this.name = name;
    ws.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data, isBinary));
    ws.on('pong', () => {
      this.#silent = 0;
    });
    // What `ws` finds wrong it answers itself, with a close.
    ws.on('error', () => undefined);
    ws.on('close', () => {
      this.#end();
      this.#keeper.closed(this);
    });
  }

  get isKnown(): boolean {
    return this.#claims !== undefined;
  }

  /** Of whoever has said who it is. */
  get claims(): Claims {
    assert(this.#claims !== undefined, 'it has said who it is');
    return this.#claims;
  }

  readonly sees = (session: string): boolean =>
    this.#state === 'live' && this.#keeper.sees(this, session);

  offer({ session, run, state }: OpenRun): void {
    this.#send({ type: 'offer', session, run, state });
  }

  gone({ session, run }: OpenRun): void {
    this.#send({ type: 'gone', session, run });
  }

  start(token: string | undefined): void {
    if (token !== undefined) return this.#run(this.#enter(token));
    const late = (): void => this.close(closeReasons.token);
    this.#timers.set('hello', this.#parts.clock.after(limits.helloMsMax, late));
  }

  beat(): void {
    if (this.#silent >= 2) return this.#ws.terminate();
    this.#silent += 1;
    this.#ws.ping();
    if (this.#state === 'live') this.#send({ type: 'beat' });
  }

  close({ code, name }: CloseReason): void {
    if (this.#state === 'closed') return;
    this.#end();
    this.#ws.close(code, name);
  }

  terminate(): void {
    this.#end();
    this.#ws.terminate();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    this.#silent = 0;
    if (this.#state === 'closed') return;
    if (isBinary || !Buffer.isBuffer(data)) return this.close(closeReasons.refused);
    this.#parts.report.received(data.length);
    const decoded = decodeAgentRequest(data.toString('utf8'));
    if (!decoded.ok && decoded.rule === 'command-version') return this.close(closeReasons.upgrade);
    if (decoded.ok && 'ignored' in decoded) return;
    if (!decoded.ok) {
      if (this.#state !== 'live') return this.close(closeReasons.token);
      return this.#send(refusedCommand(0, decoded));
    }
    const { message } = decoded;
    if (this.#state === 'live') return this.#answer(message);
    this.#early.push(message);
    if (this.#early.length > limits.libraryRequestsMax) return this.close(closeReasons.busy);
    if (this.#state === 'hello') this.#greet(message);
  }

  #greet(message: AgentRequest): void {
    if (message.type !== 'hello' || message.token === undefined) {
      return this.close(closeReasons.token);
    }
    this.#run(this.#enter(message.token));
  }

  async #enter(token: string): Promise<void> {
    this.#timers.get('hello')?.();
    this.#state = 'entering';
    const verified = await this.#parts.verifier.verify(token);
    if (this.#isClosed) return;
    if (!verified.ok) {
      this.#parts.report.tokenRefused(verified.fault);
      const isOurs = verified.fault === 'keys-unavailable';
      return this.close(isOurs ? closeReasons.unavailable : closeReasons.token);
    }
    const { claims } = verified;
    if (!hasRight(claims, 'agent')) return this.close(closeReasons.refused);
    const taken = this.#parts.principals.take(claims.sub);
    if (!taken.ok) {
      this.#parts.report.limitHit('principalCap');
      return this.close(closeReasons.busy);
    }
    this.#release = taken.release;
    this.#claims = claims;
    this.#watchExpiry();
    if (!(await this.#keeper.join(this))) return this.close(closeReasons.unavailable);
    if (this.#isClosed) return;
    this.#state = 'live';
    for (const message of this.#early.splice(0)) this.#answer(message);
  }

  #answer(request: AgentRequest): void {
    switch (request.type) {
      case 'hello':
        return this.#welcome(request);
      case 'capacity':
        return this.#take(request.concurrency);
      case 'accept':
      case 'decline':
      case 'finished':
        return this.#keeper.asked(this, request);
      case 'renew-token':
        return this.#run(this.#renew(request));
      default:
        return unreachable(request);
    }
  }

  #welcome({ id: re, concurrency }: AgentHello): void {
    const { sub, rights } = this.claims;
    const { incarnation } = this.#parts.log;
    const expiresAt = this.#expiresAt();
    this.#send({ type: 'ready', re, incarnation, principal: sub, rights, expiresAt });
    this.#take(concurrency);
  }

  #take(concurrency: number): void {
    this.concurrency = concurrency;
    this.#keeper.changed(this);
  }

  async #renew({ id: re, token }: RenewAgentToken): Promise<void> {
    const verified = await this.#parts.verifier.verify(token);
    const fail = (code: string, message: string, retryable = false): void =>
      this.#send({ type: 'error', re, code, message, retryable });
    if (!verified.ok) {
      const isOurs = verified.fault === 'keys-unavailable';
      const message = 'The new token was not accepted; the old one still counts.';
      return fail(verified.fault, message, isOurs);
    }
    if (verified.claims.sub !== this.claims.sub) {
      return fail('other-principal', 'The new token is of somebody else. Connect anew.');
    }
    if (!hasRight(verified.claims, 'agent')) return this.close(closeReasons.refused);
    this.#claims = verified.claims;
    this.#keeper.changed(this);
    this.#watchExpiry();
    const { rights } = verified.claims;
    this.#send({ type: 'token-renewed', re, rights, expiresAt: this.#expiresAt() });
  }

  #send(news: UnsentNews): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    const text = encodeAgentMessage({ ...news, id: ++this.#ids });
    this.#parts.report.sent(Buffer.byteLength(text));
    this.#ws.send(text);
    if (this.#ws.bufferedAmount <= agentLimits.bufferBytesMax) return;
    this.#parts.report.slow();
    this.terminate();
  }

  /** What throws here is a fault of ours, and costs this connection only. */
  #run(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!this.#isClosed) this.#parts.report.broken(error);
      this.close(closeReasons.unavailable);
    });
  }

  #expiresAt(): number {
    return this.claims.exp * 1_000;
  }

  /** Looked at again after a while: a timer holds no longer than 24 days, and clocks jump. */
  #watchExpiry(): void {
    const { clock } = this.#parts;
    this.#timers.get('expiry')?.();
    const left = this.#expiresAt() + limits.clockSkewMsMax - clock.now();
    if (left <= 0) return this.close(closeReasons.token);
    const stop = clock.after(Math.min(left, EXPIRY_LOOK_MS), () => this.#watchExpiry());
    this.#timers.set('expiry', stop);
  }

  #end(): void {
    this.#state = 'closed';
    this.#early = [];
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    this.#release?.();
    this.#release = undefined;
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }
}
