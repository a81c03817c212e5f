// The list of sessions, and what is found in them.

import type { LibraryLike } from './client-like.ts';
import type { LibraryEntry } from '../client/library/entry.ts';
import { useScope } from './provider.ts';
import { useFeed } from './selection.ts';

export interface UsedLibrary {
  /** An entry that did not change is the same object, so a memoised row does not render again. */
  readonly entries: readonly LibraryEntry[];
  readonly library: LibraryLike;
}

export function useLibrary(): UsedLibrary {
  const { client, feeds } = useScope();
  return { entries: useFeed(feeds.library), library: client.library };
}
