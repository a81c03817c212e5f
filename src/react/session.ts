// Opening a session in a component, and reading anything of it.

import { createElement, type FunctionComponent, type ReactNode, useEffect, useState } from 'react';
import type { SessionHandle } from '../client/session-handle.ts';
import type { SessionLike } from './client-like.ts';
import type { Opening } from './opening.ts';
import { CurrentSession, useScope, useSessionFeeds } from './provider.ts';
import { type Same, useFeed, useInline, usePicked } from './selection.ts';
import type { Meta } from '../session/meta.ts';
import type { View } from '../session/view.ts';

export interface UsedSession {
  /** The client's own handle, with all its verbs. */
  readonly session: SessionHandle;
  /** Whether what this device has of it was read. Never waits for the network. */
  readonly isReady: boolean;
  /** Its title, policy and agent. */
  readonly meta: Meta;
}

export interface UseSessionOptions {
  /** Waits, under a Suspense boundary, until what this device has of it was read. */
  readonly suspense?: boolean;
}

/** Keeps a session open for as long as the component is there. */
export function useSession(id: string, options: UseSessionOptions = {}): UsedSession {
  const opening = useOpening(id);
  const isReady = useFeed(opening.isReady);
  // React 18 and 19 both wait for a promise that is thrown, and render again when it settles.
  if (options.suspense === true && !isReady) throw opening.ready;
  const { handle, feeds } = useSessionFeeds(opening.handle);
  const meta = usePicked(feeds.view, metaOf);
  // What the client gave is given back: the narrower shape is for these hooks alone.
  return { session: handle as unknown as SessionHandle, isReady, meta };
}

function useOpening(id: string): Opening {
  const { openings } = useScope();
  const [, again] = useState(0);
  const opening = openings.get(id);
  useEffect(() => {
    // Between the render and now it may have been closed, because nobody held it for long.
    if (opening.isClosed) again((times) => times + 1);
    return opening.hold();
  }, [opening]);
  return opening;
}

const metaOf = (view: View): Meta => view.meta;

export interface SessionProviderProps extends UseSessionOptions {
  readonly id: string;
  readonly children?: ReactNode;
}

/** Opens a session for all hooks below it. */
export const SessionProvider: FunctionComponent<SessionProviderProps> = (props) => {
  const { id, suspense = false, children } = props;
  const { session } = useSession(id, { suspense });
  return createElement(CurrentSession, { session }, children);
};

/**
 * Anything of the view, in place: `useView((view) => view.runs.size)`. Renders again when
 * the selected value is another one, by `same` where it is given.
 */
export function useView<Selected>(
  select: (view: View) => Selected,
  same?: Same<Selected>,
  session?: SessionLike,
): Selected {
  return useInline(useSessionFeeds(session).feeds.view, select, same);
}
