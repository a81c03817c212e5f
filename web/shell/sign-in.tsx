// What is seen before anybody is known: how to get in, and why it is not so yet.

import type { ReactElement } from 'react';
import { Button } from '../base/button.tsx';
import { strings } from '../strings.ts';
import { type Identity, identity as keeper } from './identity.ts';
import { InvitationField } from './invitation-field.tsx';
import { Mark } from './mark.tsx';
import styles from './sign-in.module.css';

const words = strings.signIn;

export function SignIn({ identity }: { readonly identity: Identity }): ReactElement {
  if (identity.state !== 'out') return <p className="hidden">{words.looking}</p>;
  const { why } = identity;
  return (
    <main className={styles['page']}>
      <div className={styles['card']}>
        <Mark size={44} />
        {why === 'unreachable' ? (
          <>
            <h1>{words.offlineTitle}</h1>
            <p>{words.offlineSentence}</p>
            <Button look="main" onClick={() => void keeper.lookAgain()}>
              {words.again}
            </Button>
          </>
        ) : (
          <Invited isSignedOut={why === 'signed-out'} />
        )}
      </div>
    </main>
  );
}

function Invited({ isSignedOut }: { readonly isSignedOut: boolean }): ReactElement {
  return (
    <>
      {isSignedOut && <p className={styles['said']}>{words.signedOut}</p>}
      <h1>{words.title}</h1>
      <p>{words.sentence}</p>
      <InvitationField />
      {isSignedOut && (
        <Button look="quiet" onClick={() => void keeper.lookAgain()}>
          {words.again}
        </Button>
      )}
    </>
  );
}
