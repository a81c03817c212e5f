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
import { Composer } from './composer.ts';
import { ReactError } from './error.ts';
import { ClientFeeds, SessionFeeds } from './feeds.ts';
import { type FramePlatform, Frames } from './frames.ts';
import type { Client, SessionHandle } from './handle.ts';
import { Openings } from './opening.ts';

/** All that hooks keep for one client. */
export class Scope {
  readonly client: Client;
  readonly frames: Frames;
  readonly openings: Openings;
  readonly feeds: ClientFeeds;
  #sessions = new WeakMap<SessionHandle, SessionFeeds>();
  #composers = new WeakMap<SessionHandle, Composer>();

  constructor(client: Client, frames: Frames) {
    this.client = client;
    this.frames = frames;
    this.openings = new Openings(client, frames);
    this.feeds = new ClientFeeds(client, frames);
  }

  feedsOf(handle: SessionHandle): SessionFeeds {
    const known = this.#sessions.get(handle);
    if (known !== undefined) return known;
    const feeds = new SessionFeeds(handle, this.frames);
    this.#sessions.set(handle, feeds);
    return feeds;
  }

  composerOf(handle: SessionHandle): Composer {
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
const SessionContext = createContext<SessionHandle | undefined>(undefined);

export interface HoldfastProviderProps {
  readonly client: Client;
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
  readonly session: SessionHandle;
  readonly children?: ReactNode;
}> = ({ session, children }) =>
  createElement(SessionContext.Provider, { value: session }, children);

export function useScope(): Scope {
  const scope = useContext(ScopeContext);
  if (scope !== undefined) return scope;
  throw new ReactError('no-provider', 'There is no client here; put a HoldfastProvider above.');
}

export function useClient(): Client {
  return useScope().client;
}

/** The given session, or the one of the provider above. */
export function useHandle(session: SessionHandle | undefined): SessionHandle {
  const above = useContext(SessionContext);
  const handle = session ?? above;
  if (handle !== undefined) return handle;
  throw new ReactError(
    'no-session',
    'No session is meant here; put a SessionProvider above, or hand a session to the hook.',
  );
}

export function useSessionFeeds(session: SessionHandle | undefined): {
  readonly handle: SessionHandle;
  readonly feeds: SessionFeeds;
} {
  const scope = useScope();
  const handle = useHandle(session);
  return { handle, feeds: scope.feedsOf(handle) };
}
