// Where the hooks find the client and the session they belong to. Both are given by
// context, so that a component names neither; another client (somebody else signed in)
// is another world, in which nothing of the one before is shown.

import {
  createContext,
  createElement,
  type FunctionComponent,
  type ReactNode,
  useContext,
  useMemo,
} from 'react';
import type { Client } from '../client/client-options.ts';
import { Composer } from './composer.ts';
import { ReactError } from './error.ts';
import { ClientFeeds, SessionFeeds } from './feeds.ts';
import { type FramePlatform, Frames } from './frames.ts';
import type { ClientLike, SessionLike } from './client-like.ts';
import { Openings } from './opening.ts';

/** All that hooks keep for one client. */
export class Scope {
  readonly client: ClientLike;
  readonly frames: Frames;
  readonly openings: Openings;
  readonly feeds: ClientFeeds;
  #sessions = new WeakMap<SessionLike, SessionFeeds>();
  #composers = new WeakMap<SessionLike, Composer>();

  constructor(client: ClientLike, frames: Frames) {
    this.client = client;
    this.frames = frames;
    this.openings = new Openings(client, frames);
    this.feeds = new ClientFeeds(client, frames);
  }

  feedsOf(handle: SessionLike): SessionFeeds {
    const known = this.#sessions.get(handle);
    if (known !== undefined) return known;
    const feeds = new SessionFeeds(handle, this.frames);
    this.#sessions.set(handle, feeds);
    return feeds;
  }

  composerOf(handle: SessionLike): Composer {
    const known = this.#composers.get(handle);
    if (known !== undefined) return known;
    const draft = this.client.desk.draft(handle.id);
    const composer = new Composer(handle, draft);
    this.#composers.set(handle, composer);
    return composer;
  }
}

/** One schedule for all that a page shows. */
const pageFrames = new Frames();

const ScopeContext = createContext<Scope | undefined>(undefined);
const SessionContext = createContext<SessionLike | undefined>(undefined);

export interface HoldfastProviderProps {
  readonly client: ClientLike;
  readonly children?: ReactNode;
  /** Frames and time of another kind, for tests. */
  readonly frames?: FramePlatform;
}

export const HoldfastProvider: FunctionComponent<HoldfastProviderProps> = (props) => {
  const { client, children, frames } = props;
  const scope = useMemo(
    () => new Scope(client, frames === undefined ? pageFrames : new Frames(frames)),
    [client, frames],
  );
  return createElement(ScopeContext.Provider, { value: scope }, children);
};

/** The session that the hooks below it are about, where they are given none. */
export const CurrentSession: FunctionComponent<{
  readonly session: SessionLike;
  readonly children?: ReactNode;
}> = ({ session, children }) =>
  createElement(SessionContext.Provider, { value: session }, children);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope !== undefined) return scope;
  throw new ReactError('no-provider', 'There is no client here; put a HoldfastProvider above.');
}

/** The client that the provider was given, with all that it can do. */
export function useClient(): Client {
  return useScope().client as unknown as Client;
}

/** The given session, or the one of the provider above. */
export function useHandle(session: SessionLike | undefined): SessionLike {
  const above = useContext(SessionContext);
  const handle = session ?? above;
  if (handle !== undefined) return handle;
  throw new ReactError(
    'no-session',
    'No session is meant here; put a SessionProvider above, or hand a session to the hook.',
  );
}

export function useSessionFeeds(session: SessionLike | undefined): {
  readonly handle: SessionLike;
  readonly feeds: SessionFeeds;
} {
  const scope = useScope();
  const handle = useHandle(session);
  return { handle, feeds: scope.feedsOf(handle) };
}
