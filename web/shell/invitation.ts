// An invitation to a session that stood in the address: it is redeemed once somebody is signed
// in, and leads to its session.

import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { notes } from '../base/notes.tsx';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import { useApi } from './api.ts';
import { identity } from './identity.ts';

export function useInvitation(): void {
  const secret = useStore(identity.invitation);
  const api = useApi();
  const [, go] = useLocation();
  useEffect(() => {
    if (secret === null) return;
    const redeem = async (): Promise<void> => {
      const answer = await api.redeem(secret);
      // Without a connection it waits for the next start of the app in this tab.
      if (!answer.ok && answer.code === 'unreachable') return;
      identity.invitation.set(null);
      notes.say(answer.ok ? strings.signIn.joined : strings.signIn.notJoined);
      if (answer.ok) go(`/s/${answer.value}`, { replace: true });
    };
    void redeem();
  }, [secret, api, go]);
}
