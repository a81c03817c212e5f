// What all parts of one conversation share: the session with its verbs, who reads it, and the few
// things that one part does to another (whose words are edited, where to go). It lives as long as
// the conversation is shown.

import type { SessionHandle } from 'holdfast';
import { createContext, useContext } from 'react';
import { useRun, useSessionStatus, useView } from 'holdfast/react';
import { Store } from '../base/store.ts';

export class Talk {
  readonly session: SessionHandle;
  readonly principal: string | null;
  /** The message whose words are being edited. */
  readonly editing = new Store<string | null>(null);
  /** Rises whenever the end of the conversation shall be shown. */
  readonly toEnd = new Store(0);
  /** The message that shall be shown, and pointed at. */
  readonly pointed = new Store<string | null>(null);
  /** Files that were dropped, for the composer to take. */
  readonly dropped = new Store<readonly File[]>([]);

  constructor(session: SessionHandle, principal: string | null) {
    this.session = session;
    this.principal = principal;
  }

  showEnd(): void {
    this.toEnd.set(this.toEnd.get() + 1);
  }
}

export const TalkContext = createContext<Talk | undefined>(undefined);

export function useTalk(): Talk {
  const talk = useContext(TalkContext);
  if (talk === undefined) throw new Error('There is no conversation above this component.');
  return talk;
}

/** What somebody calls itself, or its principal where it has said nothing. */
export function useName(principal: string): string {
  return useView((view) => view.participants.get(principal)?.name ?? principal);
}

/** Whether this person may stop, steer and answer a run: one's own with the right to write, any with `control`. */
export function useMayControl(run: string | undefined): boolean {
  const { principal } = useTalk();
  const { rights } = useSessionStatus();
  const asked = useRun(run);
  if (rights === null || rights.includes('control')) return true;
  return rights.includes('write') && asked?.createdBy === principal;
}
