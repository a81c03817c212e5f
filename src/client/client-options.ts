// What an app gives a client, and what it gets.

import type { Unsubscribe } from '../base/emitter.ts';
import type { Beginning } from '../session/settings.ts';
import type { AppTypes, DefaultApp } from './app-types.ts';
import type { Desk } from './desk/desk.ts';
import type { Library } from './library/library.ts';
import type { Platform, PlatformLimit } from './platform.ts';
import type { Search } from './search/search.ts';
import type { SearchHost } from './search/search-host.ts';
import type { SessionHandle } from './session-handle.ts';
import type { TokenGiver } from './token-source.ts';

export interface ClientOptions {
  /** Of the server: http, https, ws or wss. */
  readonly url: string;
  /** A token, or what gives one each time that one is needed. */
  readonly token: TokenGiver;
  /** Who starts here without a network; otherwise the one that the token names, or who was here last. */
  readonly principal?: string;
  /** False: nothing is kept on this device. */
  readonly offline?: boolean;
  /** How many sessions are fetched to be read without a network, and how large all may be. False: none. */
  readonly keepOffline?: false | { readonly sessions?: number; readonly bytes?: number };
  /** Where the index of the search lives: `workerHost(new Worker(...))`. In this thread where absent. */
  readonly searchHost?: SearchHost;
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
  /** This principal's sessions: the server's list, and over it what was done here. */
  readonly library: Library;
  /** This principal's own rows, on every device: drafts, read marks, settings. */
  readonly desk: Desk;
  /** Full text, over everything that is on this device. */
  readonly search: Search;
  /** Resolves when all that was written is stored. */
  close(): Promise<void>;
  /** Forgets all that this principal has on this device, in every tab, what is unsent too. */
  signOut(): Promise<void>;
}
