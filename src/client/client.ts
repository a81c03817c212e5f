// The client of an app: who somebody is, which sessions are open, and what is kept of them on
// this device. Everything works without a network; a server makes it shared.

import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import { createId, isId } from '../base/id.ts';
import { isSessionId } from '../protocol/session-id.ts';
import type { Session } from '../session/session.ts';
import type { Beginning } from '../session/settings.ts';
import type { AppTypes, DefaultApp } from './app-types.ts';
import { clientError } from './error.ts';
import type { Who } from './handle/core.ts';
import type { Life } from './handle/life.ts';
import { OpenSession } from './open-session.ts';
import { type Platform, type PlatformLimit, systemPlatform } from './platform.ts';
import { lastPrincipal, rememberPrincipal } from './principal.ts';
import type { HandleParts, SessionHandle } from './session-handle.ts';
import { type TokenGiver, TokenSource } from './token-source.ts';
import { hasTwoYjs, twoYjsSentence } from './two-yjs.ts';

export interface ClientOptions {
  /** Of the server: http, https, ws or wss. */
  readonly url: string;
  /** A token, or what gives one each time that one is needed. */
  readonly token: TokenGiver;
  /** Who starts here without a network; otherwise the one that the token names, or who was here last. */
  readonly principal?: string;
  /** False: nothing is kept on this device. */
  readonly offline?: boolean;
  /** For tests and simulated worlds. */
  readonly platform?: Partial<Platform>;
}

export interface CreateSessionOptions extends Beginning {
  readonly id?: string;
}

export interface ClientStatus {
  /** Who writes here; null while that is not known. */
  readonly principal: string | null;
  readonly isSignedOut: boolean;
  /** What is not possible here. */
  readonly limits: readonly PlatformLimit[];
  readonly notice: ClientNotice | null;
}

export interface ClientNotice {
  readonly code: 'two-yjs' | 'token' | 'no-principal';
  readonly sentence: string;
}

export interface Client<App extends AppTypes = DefaultApp> {
  readonly principal: string | null;
  readonly status: ClientStatus;
  subscribeStatus(listener: (status: ClientStatus) => void): Unsubscribe;
  /** At once. The same handle for the same id, until everybody who opened it has closed it. */
  open(session: string): SessionHandle<App>;
  /** A new session, on this device first; a server has it when one is reached. */
  create(options?: CreateSessionOptions): SessionHandle<App>;
  /** Goes on with another token, after one was refused. */
  renew(token: TokenGiver): void;
  /** Resolves when all that was written is stored. */
  close(): Promise<void>;
  /** Forgets all that this principal has on this device, in every tab, what is unsent too. */
  signOut(): Promise<void>;
}

export function createClient<App extends AppTypes = DefaultApp>(
  options: ClientOptions,
): Client<App> {
  return new HoldfastClient(options) as unknown as Client<App>;
}

const clientLimits = {
  /** How long a session stays open that nobody has: whoever comes back soon finds it as it was. */
  lingerMs: 2_000,
  askAgainMs: 2_000,
  askAgainMsMax: 30_000,
} as const;

type Make = { readonly isNew: boolean; readonly begin: (life: Life) => Session };

class HoldfastClient implements Client {
  #options: ClientOptions;
  #platform: Platform;
  #tokens: TokenSource;
  #sessions = new Map<string, OpenSession>();
  /** Sessions that are being closed, which may not be opened before they are. */
  #closing = new Map<string, Promise<void>>();
  #who: Who | undefined;
  #waiting: ((who: Who) => void)[] = [];
  #status: ClientStatus;
  #changed = createEmitter<ClientStatus>();
  #isClosed = false;
  #stopAsking: (() => void) | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#platform = { ...systemPlatform(), ...options.platform };
    this.#tokens = new TokenSource(options.token, (principal) => this.#heard(principal));
    this.#status = Object.freeze({
      principal: null,
      isSignedOut: false,
      limits: this.#platform.limits,
      notice: hasTwoYjs() ? { code: 'two-yjs' as const, sentence: twoYjsSentence } : null,
    });
    const { remembered } = this.#platform;
    const known =
      options.principal ?? this.#tokens.principal ?? lastPrincipal(remembered, options.url);
    if (known === undefined) this.#ask(clientLimits.askAgainMs);
    else this.#identify(known);
  }

  get principal(): string | null {
    return this.#who?.principal ?? null;
  }

  get status(): ClientStatus {
    return this.#status;
  }

  subscribeStatus(listener: (status: ClientStatus) => void): Unsubscribe {
    return this.#changed.subscribe(listener);
  }

  open(session: string): SessionHandle {
    if (!isSessionId(session)) {
      throw clientError('bad-input', 'A session id has 16 to 64 of A-Z a-z 0-9 _ -.', {});
    }
    return this.#take(session, undefined);
  }

  create({ id, ...beginning }: CreateSessionOptions = {}): SessionHandle {
    return this.#begin(id, (life) => life.begin(beginning));
  }

  renew(token: TokenGiver): void {
    this.#tokens.replace(token);
    this.#set({ notice: null });
    if (this.#who === undefined) this.#ask(clientLimits.askAgainMs);
    for (const { core } of this.#sessions.values()) core.life?.connection?.connect();
  }

  async close(): Promise<void> {
    await this.#closeAll();
    await this.#who?.store.close();
  }

  async signOut(): Promise<void> {
    const store = this.#who?.store;
    const { remembered } = this.#platform;
    rememberPrincipal(remembered, this.#options.url, null);
    await this.#closeAll();
    await store?.wipe();
    await store?.close();
    this.#set({ isSignedOut: true, principal: null });
  }

  #begin(id: string | undefined, begin: Make['begin']): SessionHandle {
    if (id !== undefined && (!isSessionId(id) || !isId(id))) {
      throw clientError('bad-input', 'A session id has 16 to 64 of A-Z a-z 0-9 _ -.', {});
    }
    // An id that an app gives may be one that is here already.
    return this.#take(id ?? createId(this.#platform.chance), { isNew: id === undefined, begin });
  }

  #take(session: string, make: Make | undefined): SessionHandle {
    if (this.#isClosed) throw clientError('closed', 'This client was closed; make another one.');
    let open = this.#sessions.get(session);
    if (open === undefined) {
      open = this.#make(session);
      this.#sessions.set(session, open);
      this.#start(open, make);
    }
    open.stopLinger?.();
    open.stopLinger = undefined;
    open.holders++;
    return open.handle;
  }

  #make(session: string): OpenSession {
    const { url } = this.#options;
    return new OpenSession({
      session,
      url,
      httpUrl: url.replace(/^ws/, 'http').replace(/\/$/, ''),
      token: this.#tokens.next,
      platform: this.#platform,
      fork: (make) => this.#fork(make),
      closed: () => this.#giveBack(session),
    });
  }

  /** Now, or when it is known who writes and an earlier opening has ended. */
  #start(open: OpenSession, make: Make | undefined): void {
    const closing = this.#closing.get(open.core.id);
    if (this.#who !== undefined && closing === undefined) return open.start(this.#who, make);
    const start = async (): Promise<void> => {
      await closing;
      const who = this.#who ?? (await new Promise<Who>((resolve) => this.#waiting.push(resolve)));
      open.start(who, make);
    };
    void start();
  }

  #fork(make: Parameters<HandleParts['fork']>[0]): SessionHandle {
    return this.#begin(undefined, (life) =>
      life.beginWith((doc) => make({ doc, id: life.session })),
    );
  }

  #giveBack(session: string): void {
    const open = this.#sessions.get(session);
    if (open === undefined || open.holders === 0) return;
    open.holders--;
    if (open.holders > 0) return;
    open.stopLinger = this.#platform.clock.after(clientLimits.lingerMs, () => {
      this.#sessions.delete(session);
      void this.#end(session, open);
    });
  }

  async #end(session: string, open: OpenSession): Promise<void> {
    const closing = open.close();
    this.#closing.set(session, closing);
    await closing;
    if (this.#closing.get(session) === closing) this.#closing.delete(session);
  }

  async #closeAll(): Promise<void> {
    this.#isClosed = true;
    this.#stopAsking?.();
    const open = [...this.#sessions];
    this.#sessions.clear();
    await Promise.all([
      ...open.map(([session, one]) => this.#end(session, one)),
      ...this.#closing.values(),
    ]);
  }

  #heard(principal: string): void {
    if (this.#isClosed) return;
    if (this.#who === undefined) return this.#identify(principal);
    if (this.#who.principal === principal) return;
    const sentence = `This device is signed in as ${this.#who.principal}, and the token is of somebody else. Sign out first.`;
    this.#set({ notice: { code: 'token', sentence } });
  }

  #identify(principal: string): void {
    const { url, offline = true } = this.#options;
    const { clock, chance, remembered } = this.#platform;
    const store = this.#platform.openStore({ url, principal, offline, clock, chance });
    store.onWiped(() => void this.#wiped());
    this.#who = { principal, store };
    rememberPrincipal(remembered, url, principal);
    this.#stopAsking?.();
    const { notice } = this.#status;
    this.#set({ principal, notice: notice?.code === 'no-principal' ? null : notice });
    for (const resolve of this.#waiting.splice(0)) resolve(this.#who);
  }

  /** Another tab signed out. */
  async #wiped(): Promise<void> {
    await this.#closeAll();
    this.#set({ isSignedOut: true, principal: null });
  }

  /** Asks for a token until there is one, because nobody was here before. */
  #ask(ms: number): void {
    this.#stopAsking?.();
    void this.#askOnce(ms);
  }

  async #askOnce(ms: number): Promise<void> {
    const token = await this.#tokens.next().catch(() => undefined);
    // Whoever it names was heard by now.
    if (this.#who !== undefined || this.#isClosed) return;
    if (token !== undefined) {
      const sentence = 'The token names nobody; it is not one of ours.';
      return this.#set({ notice: { code: 'token', sentence } });
    }
    const sentence =
      'Nobody has signed in on this device yet, and there is no token: connect once to go on.';
    this.#set({ notice: { code: 'no-principal', sentence } });
    const next = Math.min(ms * 2, clientLimits.askAgainMsMax);
    this.#stopAsking = this.#platform.clock.after(ms, () => this.#ask(next));
  }

  #set(changes: Partial<ClientStatus>): void {
    this.#status = Object.freeze({ ...this.#status, ...changes });
    this.#changed.emit(this.#status);
  }
}
