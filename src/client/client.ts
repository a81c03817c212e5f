// The client of an app: who somebody is, which sessions are open, and what is kept of them on
// this device. Everything works without a network; a server makes it shared.

import { createEmitter, type Unsubscribe } from '../base/emitter.ts';
import { createId, isId } from '../base/id.ts';
import { isSessionId } from '../protocol/session-id.ts';
import type { AppTypes, DefaultApp } from './app-types.ts';
import type {
  Client,
  ClientOptions,
  ClientStatus,
  CreateSessionOptions,
} from './client-options.ts';
import { clientError } from './error.ts';
import type { Session } from '../session/session.ts';
import type { Who } from './handle/core.ts';
import type { Life } from './handle/life.ts';
import { Bookcase } from './bookcase.ts';
import type { Desk } from './desk/desk.ts';
import type { Library } from './library/library.ts';
import { type OpenedLibrary, openLibrary } from './library/open-library.ts';
import type { Search } from './search/search.ts';
import { OpenSession } from './open-session.ts';
import { type Platform, systemPlatform } from './platform.ts';
import { lastPrincipal, rememberPrincipal } from './principal.ts';
import type { HandleParts, SessionHandle } from './session-handle.ts';
import { type TokenGiver, TokenSource } from './token-source.ts';
import { yieldWhileFrozen } from './standstill.ts';
import { hasTwoYjs, twoYjsSentence } from './two-yjs.ts';

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
  #identified = Promise.withResolvers<Who>();
  #shared: OpenedLibrary;
  #bookcase: Bookcase | undefined;
  #status: ClientStatus;
  #changed = createEmitter<ClientStatus>();
  #isClosed = false;
  #stopAsking: (() => void) | undefined;
  #stopYielding: Unsubscribe | undefined;

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
    this.#shared = this.#openShared();
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

  get library(): Library {
    return this.#shared.library;
  }

  get desk(): Desk {
    return this.#shared.desk;
  }

  get search(): Search {
    return this.#shared.search;
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
      open.stopWatching = this.#bookcase?.watch(open, (id, facts) => {
        this.library.setLocal(id, facts);
        this.search.changed(id);
      });
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
    const { id } = open.core;
    if (this.#who !== undefined && !this.#closing.has(id)) return open.start(this.#who, make);
    const start = async (): Promise<void> => {
      const who = await this.#identified.promise;
      await this.#untilClosed(id);
      open.start(who, make);
    };
    // A client that is closed before it knows who writes has nothing to begin with.
    start().catch(() => undefined);
  }

  async #untilClosed(session: string): Promise<void> {
    for (let closing = this.#closing.get(session); closing !== undefined;) {
      await closing;
      closing = this.#closing.get(session);
    }
  }

  /** The list, the desk and search: over the same records, and asking the same sessions. */
  #openShared(): OpenedLibrary {
    const { url, keepOffline, searchHost } = this.#options;
    const { clock, chance, wake, fetch, WebSocket } = this.#platform;
    const bookcase = new Bookcase({
      who: this.#identified.promise,
      clock,
      opened: (session) => this.#sessions.get(session),
      open: (session) => this.open(session),
      whileClosed: (session, act) => this.#whileClosed(session, act),
      drop: (session) => this.#drop(session),
    });
    this.#bookcase = bookcase;
    const { records, tabs, withSession, forget, keep, texts } = bookcase;
    const ports = { records, tabs, withSession, forget, keep, texts };
    const token = async (): Promise<string> => {
      const given = await this.#tokens.next();
      // Rows are somebody's: until it is known whose, there is nothing to be asked for.
      await this.#identified.promise;
      return given;
    };
    const dial = (address: string): WebSocket => new WebSocket(address);
    const host = searchHost;
    return openLibrary({
      url,
      token,
      clock,
      chance,
      wake,
      fetch,
      dial,
      host,
      ...ports,
      ...(keepOffline !== undefined && { keepOffline }),
    });
  }

  async #whileClosed<Result>(
    session: string,
    act: () => Promise<Result>,
  ): Promise<Result | undefined> {
    await this.#untilClosed(session);
    if (this.#sessions.has(session) || this.#isClosed) return undefined;
    const work = act();
    const over = work.then(nothing, nothing);
    this.#closing.set(session, over);
    try {
      return await work;
    } finally {
      if (this.#closing.get(session) === over) this.#closing.delete(session);
    }
  }

  /** Closes it, whoever has it. */
  async #drop(session: string): Promise<void> {
    const open = this.#sessions.get(session);
    this.#sessions.delete(session);
    if (open !== undefined) await this.#end(session, open);
    await this.#untilClosed(session);
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
    open.stopWatching?.();
    const closing = open.close();
    this.#closing.set(session, closing);
    await closing;
    if (this.#closing.get(session) === closing) this.#closing.delete(session);
  }

  async #closeAll(): Promise<void> {
    this.#isClosed = true;
    this.#stopAsking?.();
    this.#stopYielding?.();
    this.#identified.reject(clientError('closed', 'This client was closed.'));
    const open = [...this.#sessions];
    this.#sessions.clear();
    await Promise.all([
      ...open.map(([session, one]) => this.#end(session, one)),
      ...this.#closing.values(),
    ]);
    await this.#shared.close();
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
    this.#stopYielding = yieldWhileFrozen(this.#platform.wake, store);
    this.#who = { principal, store };
    rememberPrincipal(remembered, url, principal);
    this.#stopAsking?.();
    const { notice } = this.#status;
    this.#set({ principal, notice: notice?.code === 'no-principal' ? null : notice });
    this.#identified.resolve(this.#who);
  }

  /** Another tab signed out. */
  async #wiped(): Promise<void> {
    this.#bookcase?.wiped();
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

const nothing = (): void => undefined;
