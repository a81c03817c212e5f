// The composer of a session in a component.

import { useMemo, useSyncExternalStore } from 'react';
import type { Composer, ComposerState } from './composer.ts';
import type { SessionLike } from './client-like.ts';
import { useHandle, useScope } from './provider.ts';
import { type Runs, useRuns } from './run.ts';

export interface UsedComposer
  extends
    ComposerState,
    Runs,
    Pick<Composer, 'set' | 'flush' | 'settle' | 'attach' | 'detach' | 'send' | 'steer'> {}

/** Words and files that are not sent yet, with what is done with them and what is ahead of them. */
export function useComposer(session?: SessionLike): UsedComposer {
  const scope = useScope();
  const handle = useHandle(session);
  const composer = scope.composerOf(handle);
  const state = useSyncExternalStore(composer.subscribe, composer.read, () => blank);
  const runs = useRuns(handle);
  return useMemo(() => {
    const { set, flush, settle, attach, detach, send, steer } = composer;
    return { ...state, ...runs, set, flush, settle, attach, detach, send, steer };
  }, [composer, state, runs]);
}

const blank: ComposerState = Object.freeze({
  text: '',
  attachments: Object.freeze([]),
  isSending: false,
  problem: null,
  alternative: null,
});
