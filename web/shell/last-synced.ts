// When this device was last in step with the server's list, remembered over starts.

import { useEffect, useSyncExternalStore } from 'react';
import type { Client } from 'holdfast';
import { useClient } from 'holdfast/react';
import { clock } from '../base/clock.ts';
import { recall, remember } from '../base/remembered.ts';

const keyOf = (principal: string | null): string => `holdfast:synced:${principal ?? ''}`;

/** Nothing of this person is on this device any more. */
export const forgetSynced = (principal: string): void => remember(keyOf(principal), null);

export type Synced = 'now' | 'never' | number;

export function readSynced(state: Client['library']['state'], text: string | null): Synced {
  if (state === 'complete') return 'now';
  const at = Number(text ?? Number.NaN);
  return Number.isFinite(at) && at > 0 ? at : 'never';
}

export function useListState(): Client['library']['state'] {
  const { library } = useClient();
  return useSyncExternalStore(
    (changed) => library.subscribe(changed),
    () => library.state,
  );
}

/** Notes when it is so, and when it ceases to be. */
export function useSyncNotes(): void {
  const client = useClient();
  const state = useListState();
  useEffect(() => {
    if (state !== 'complete') return undefined;
    const { principal } = client;
    const note = (): void => {
      if (!client.status.isSignedOut) remember(keyOf(principal), String(clock.now()));
    };
    note();
    return note;
  }, [client, state]);
}

export function useSynced(): Synced {
  const client = useClient();
  return readSynced(useListState(), recall(keyOf(client.principal)));
}
