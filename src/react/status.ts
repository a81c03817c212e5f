// How things stand: of the client, of a session, and of each thing written here.

import { useCallback } from 'react';
import type { SessionLike } from './client-like.ts';
import type { ClientStatus } from '../client/client-options.ts';
import type { SessionStatus } from '../client/handle/status.ts';
import type { WriteState } from '../client/saved.ts';
import { useScope, useSessionFeeds } from './provider.ts';
import { useDerived, useFeed } from './selection.ts';

/** Of the client as a whole. */
export function useStatus(): ClientStatus {
  return useFeed(useScope().feeds.status);
}

/** Of a session: its connection, its storage, how much is unsent, what the person must know. */
export function useSessionStatus(session?: SessionLike): SessionStatus {
  return useFeed(useSessionFeeds(session).feeds.status);
}

/**
 * How far something written on this device got, by the id of its message, run or request.
 * Undefined where nothing of it is pending here: it is durable, or somebody else's.
 */
export function useSaved(id: string, session?: SessionLike): WriteState | undefined {
  const { handle, feeds } = useSessionFeeds(session);
  const derive = useCallback(() => handle.saved(id), [handle, id]);
  return useDerived(feeds.saved, changes, derive);
}

const changes = (count: number): number => count;
