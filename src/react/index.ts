// The public entry `holdfast/react`: hooks, and no look. React 18 and 19, on a server too.

export {
  type ClientLike,
  type DraftLike,
  type LibraryLike,
  type PresenceLike,
  type SearchLike,
  type SearchOptions,
  type SessionLike,
} from './client-like.ts';
export { type ComposeOptions, type ComposerState, type NamedFile } from './composer.ts';
export { ReactError, type ReactErrorCode } from './error.ts';
export { type FramePlatform } from './frames.ts';
export { type AppHooks, hooksFor } from './hooks-for.ts';
export { type LibraryEntry } from '../client/library/entry.ts';
export { type SearchHit } from '../client/search/search-index.ts';
export { type UsedLibrary, useLibrary } from './library.ts';
export {
  type Branches,
  type MessageOutline,
  type PartOutline,
  useBranches,
  useMessage,
  useMessages,
  usePart,
} from './messages.ts';
export { type PresentParticipant, useParticipants } from './participants.ts';
export { HoldfastProvider, type HoldfastProviderProps, useClient } from './provider.ts';
export { type Runs, useRequests, useRun, useRuns } from './run.ts';
export { type UsedSearch, useSearch } from './search.ts';
export { type Same } from './selection.ts';
export {
  SessionProvider,
  type SessionProviderProps,
  type UsedSession,
  type UseSessionOptions,
  useSession,
  useView,
} from './session.ts';
export { useSaved, useSessionStatus, useStatus } from './status.ts';
export { type UsedComposer, useComposer } from './use-composer.ts';
