// The connection to `WS /library`: one socket at a time, dialled again as long as it is
// wanted, with the token as its first message and renewed within it. Where it stands is a
// value (link-state.ts); here is what a state does. A connection on which nothing was heard
// for 20 s is lost, whatever the socket says; when the device wakes up, that is asked at once.

import type { Chance } from '../../base/chance.ts';
import type { Clock } from '../../base/clock.ts';
import { createEmitter, type Unsubscribe } from '../../base/emitter.ts';
import { closeReason, closeReasons, isFinalClose } from '../../protocol/close.ts';
import {
  decodeLibraryNews,
  encodeLibrary,
  type LibraryNews,
  type LibraryRequest,
} from '../../protocol/library.ts';
import { retryDelayMs } from './backoff.ts';
import { libraryLimits as limits } from './limits.ts';
import { linkAfter, type LinkEvent, type LinkRefusal, type LinkState } from './link-state.ts';
import type { Dial, Socket, WakeEvent, WakeSource } from './ports.ts';

export interface LinkOptions {
  /** Of the server: `ws:` or `wss:`, `http:` or `https:`. */
  readonly url: string;
  readonly token: () => Promise<string>;
  /** The last seq of the desk that this device has. */
  readonly rowsAfter: () => number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly dial: Dial;
  readonly wake?: WakeSource | undefined;
}

type Unsent<Request> = Request extends LibraryRequest ? Omit<Request, 'id'> : never;
export type LinkRequest = Unsent<LibraryRequest>;

type Timer = 'retry' | 'silence' | 'renew' | 'steady';

export class LibraryLink {
  #options: LinkOptions;
  #state: LinkState = { name: 'offline', why: 'not-wanted' };
  #states = createEmitter<LinkState>();
  #news = createEmitter<LibraryNews>();
  #socket: Socket | undefined;
  /** Counts the dials, so that what belongs to an earlier one is passed over. */
  #turn = 0;
  #ids = 0;
  #token = '';
  /** The request that renews, while its answer is out. */
  #renewal: number | undefined;
  #hasNetwork = true;
  #timers = new Map<Timer, () => void>();
  #stopWake: Unsubscribe | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#stopWake = options.wake?.subscribe((event) => this.#woke(event));
  }

  get state(): LinkState {
    return this.#state;
  }

  subscribe(listener: (state: LinkState) => void): Unsubscribe {
    return this.#states.subscribe(listener);
  }

  /** What the server says, as it comes. */
  onNews(listener: (news: LibraryNews) => void): Unsubscribe {
    return this.#news.subscribe(listener);
  }

  /** Also the way back from a refusal, once its cause is gone. */
  connect(): void {
    const before = this.#state;
    this.#move({ type: 'wanted' });
    if (this.#state !== before) this.#dial();
  }

  disconnect(): void {
    this.#drop();
    this.#move({ type: 'unwanted' });
  }

  /** Begins anew, at once: what this connection has told does not fit together. */
  restart(): void {
    if (this.#socket === undefined) return;
    this.#renewSocket();
  }

  /** For good. */
  close(): void {
    this.#drop();
    this.#stopWake?.();
    this.#move({ type: 'closed' });
  }

  /** The request's id, or undefined where there is nobody to hear it. */
  send(request: LinkRequest): number | undefined {
    if (this.#state.name !== 'live') return undefined;
    return this.#say(request);
  }

  #dial(): void {
    this.#drop();
    const turn = ++this.#turn;
    this.#move({ type: 'dialled' });
    this.#watch(limits.dialMsMax);
    void this.#open(turn);
  }

  async #open(turn: number): Promise<void> {
    try {
      const token = await this.#options.token();
      if (turn === this.#turn) this.#openWith(token, turn);
    } catch {
      // No token, or no socket: there may be one later.
      if (turn === this.#turn) this.#lose();
    }
  }

  #openWith(token: string, turn: number): void {
    this.#token = token;
    const socket = this.#options.dial(libraryUrl(this.#options.url));
    this.#socket = socket;
    const isMine = (): boolean => turn === this.#turn;
    socket.addEventListener('open', () => {
      if (isMine()) this.#greet();
    });
    socket.addEventListener('message', ({ data }) => {
      if (isMine()) this.#take(data);
    });
    socket.addEventListener('close', ({ code = 0 }) => {
      if (isMine()) this.#ended(code);
    });
    // A close follows, which says all that can be known.
    socket.addEventListener('error', () => undefined);
  }

  #greet(): void {
    this.#move({ type: 'opened' });
    this.#say({ type: 'hello', token: this.#token, rowsAfter: this.#options.rowsAfter() });
  }

  #take(data: unknown): void {
    this.#watch(limits.silenceMsMax);
    const decoded = typeof data === 'string' ? decodeLibraryNews(data) : undefined;
    if (decoded === undefined || !decoded.ok) {
      const isOther = decoded?.rule === 'command-version';
      return isOther ? this.#refuse('protocol', closeReasons.upgrade.sentence) : undefined;
    }
    if ('ignored' in decoded) return;
    const news = decoded.message;
    if (news.type === 'ready') this.#ready(news.expiresAt);
    if (news.type === 'token-renewed') this.#renewLater(news.expiresAt);
    if (news.re !== undefined && news.re === this.#renewal) this.#renewalAnswered(news);
    if (news.type !== 'beat') this.#news.emit(news);
  }

  #ready(expiresAt: number): void {
    this.#renewLater(expiresAt);
    this.#after('steady', limits.steadyMs, () => this.#move({ type: 'steady' }));
    this.#move({ type: 'ready' });
  }

  /** The server's clock may be another one: what cannot be is passed over. */
  #renewLater(expiresAt: number): void {
    const left = expiresAt - this.#options.clock.now();
    const early = left > 2 * limits.renewBeforeMs ? left - limits.renewBeforeMs : left / 2;
    const wait = left > 0 ? early : limits.renewBeforeMs;
    this.#after('renew', Math.min(wait, limits.timerMsMax), () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const turn = this.#turn;
    const token = await this.#options.token().catch(() => undefined);
    if (turn !== this.#turn) return;
    if (token === undefined) return this.#renewAgain();
    if (token === this.#token) return;
    this.#token = token;
    this.#renewal = this.#say({ type: 'renew-token', token });
  }

  #renewAgain(): void {
    this.#after('renew', limits.renewAgainMs, () => void this.#renew());
  }

  #renewalAnswered(news: LibraryNews): void {
    this.#renewal = undefined;
    if (news.type !== 'error' || !news.retryable) return;
    // The old one still counts, and the new one is asked for again.
    this.#token = '';
    this.#renewAgain();
  }

  #ended(code: number): void {
    const wasLive = this.#state.name === 'live';
    // A token that ended while it was used: the next one may be good.
    if (code === closeReasons.token.code && wasLive) return this.#renewSocket();
    if (isFinalClose(code)) {
      const sentence = closeReason(code)?.sentence ?? closeReasons.refused.sentence;
      return this.#refuse(refusalCodes.get(code) ?? 'protocol', sentence);
    }
    this.#lose(code === closeReasons.busy.code ? limits.busyMsMin : 0);
  }

  #refuse(code: LinkRefusal['code'], sentence: string): void {
    this.#drop();
    this.#move({ type: 'refused', reason: { code, sentence } });
  }

  #lose(atLeastMs = 0): void {
    const { clock, chance } = this.#options;
    const attempt = 'attempt' in this.#state ? this.#state.attempt : 0;
    const delay = retryDelayMs(chance, attempt, atLeastMs);
    this.#drop();
    this.#move({ type: 'lost', retryAt: clock.now() + delay, hasNetwork: this.#hasNetwork });
    this.#after('retry', delay, () => this.#dial());
  }

  /** Another socket: at once, but when that happens again soon, after a pause like any other. */
  #renewSocket(): void {
    const isFirst = 'attempt' in this.#state && this.#state.attempt === 0;
    this.#lose();
    if (isFirst) this.#redial();
  }

  #redial(): void {
    if (this.#timers.has('retry')) this.#dial();
  }

  #woke(event: WakeEvent): void {
    if (event === 'frozen') return;
    this.#hasNetwork = event !== 'offline';
    if (this.#socket !== undefined) return this.#probe();
    if (this.#hasNetwork) this.#redial();
  }

  /** Asks something that is answered at once: the token of now is as good as it was. */
  #probe(): void {
    if (this.#state.name !== 'live' || this.#token === '') return;
    this.#say({ type: 'renew-token', token: this.#token });
    this.#watch(limits.probeMsMax);
  }

  #say(request: LinkRequest): number {
    const id = ++this.#ids;
    this.#socket?.send(encodeLibrary({ ...request, id }));
    return id;
  }

  #watch(ms: number): void {
    this.#after('silence', ms, () => this.#lose());
  }

  #after(name: Timer, ms: number, act: () => void): void {
    this.#timers.get(name)?.();
    const stop = this.#options.clock.after(ms, () => {
      this.#timers.delete(name);
      act();
    });
    this.#timers.set(name, stop);
  }

  /** Of the socket and of all that waits for it nothing is left. */
  #drop(): void {
    this.#turn += 1;
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    this.#renewal = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #move(event: LinkEvent): void {
    const next = linkAfter(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    this.#states.emit(next);
  }
}

const refusalCodes: ReadonlyMap<number, LinkRefusal['code']> = new Map([
  [closeReasons.token.code, 'token'],
  [closeReasons.refused.code, 'rights'],
  [closeReasons.missing.code, 'rights'],
]);

function libraryUrl(origin: string): string {
  return `${origin.replace(/^http/, 'ws').replace(/\/+$/, '')}/library`;
}
