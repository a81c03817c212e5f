// Where an invitation is pasted: a sign-in link, or the token in it.

import { type FormEvent, type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { strings } from '../strings.ts';
import { identity } from './identity.ts';
import styles from './sign-in.module.css';

const words = strings.signIn;

export function InvitationField(): ReactElement {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isIn = identity.signIn(text);
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
