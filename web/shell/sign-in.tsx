// What is seen before anybody is known: how to get in, and why it is not so yet.

import { type FormEvent, type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { strings } from '../strings.ts';
import { type Identity, identity as keeper } from './identity.ts';
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

/** Where a link is pasted. */
export function InvitationField(): ReactElement {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isIn = keeper.signIn(text);
    setWrong(!isIn);
    if (isIn) setText('');
  };
  return (
    <form className={styles['form']} onSubmit={submit}>
      <label>
        <span>{words.field}</span>
        <input
          value={text}
          type="text"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={isWrong}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      {isWrong && <p role="alert">{words.notOne}</p>}
      <Button look="main" type="submit" disabled={text.trim() === ''}>
        {words.submit}
      </Button>
    </form>
  );
}
