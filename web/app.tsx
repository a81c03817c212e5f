// The whole app: whoever is signed in sees their sessions, whoever is not is helped to be.

import type { ReactElement } from 'react';
import { HoldfastProvider } from 'holdfast/react';
import { FailureBoundary } from './base/failure.tsx';
import { NoteList } from './base/notes.tsx';
import { useStore } from './base/store.ts';
import { identity } from './shell/identity.ts';
import { Shell } from './shell/layout.tsx';
import { SignIn } from './shell/sign-in.tsx';

export function App(): ReactElement {
  return (
    <>
      <FailureBoundary where="the app">
        <Identified />
      </FailureBoundary>
      <NoteList />
    </>
  );
}

function Identified(): ReactElement {
  const now = useStore(identity.now);
  if (now.state !== 'in') return <SignIn identity={now} />;
  const { client, account } = now;
  return (
    <HoldfastProvider key={account.principal} client={client}>
      <Shell />
    </HoldfastProvider>
  );
}
