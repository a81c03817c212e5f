// Who one is: the name that others see, and the accounts of this browser.

import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { Button } from '../base/button.tsx';
import { Field } from '../base/field.tsx';
import { notes } from '../base/notes.tsx';
import { useStore } from '../base/store.ts';
import { strings } from '../strings.ts';
import type { Account } from './accounts.ts';
import { identity } from './identity.ts';
import { InvitationField } from './invitation-field.tsx';
import styles from './settings.module.css';

const words = strings.settings;
const nameCharsMax = 64;

export function YouSettings(): ReactElement | null {
  const heading = useId();
  const now = useStore(identity.now);
  if (now.state !== 'in') return null;
  const { account } = now;
  const isMachine = account.source === 'machine';
  return (
    <section className={styles['part']} aria-labelledby={heading}>
      <h2 id={heading}>{words.you}</h2>
      <dl className={styles['row']}>
        <dt>{words.principal}</dt>
        <dd dir="auto">
          {account.name} ({account.principal})
        </dd>
      </dl>
      {isMachine ? (
        <NameForm key={account.principal} name={account.name} />
      ) : (
        <p>{words.nameFixed}</p>
      )}
      <Accounts current={account} />
      {isMachine && <OtherOnMachine />}
      <details className={styles['more']}>
        <summary>{words.another}</summary>
        <InvitationField />
      </details>
    </section>
  );
}

function NameForm({ name }: { readonly name: string }): ReactElement {
  const [text, setText] = useState(name);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    identity.rename(text.trim());
    notes.say(words.saved);
  };
  return (
    <form className={styles['line']} onSubmit={submit}>
      <Field label={words.displayName} value={text} maxLength={nameCharsMax} onText={setText} />
      <Button type="submit" disabled={text.trim() === '' || text.trim() === name}>
        {words.save}
      </Button>
    </form>
  );
}

function Accounts({ current }: { readonly current: Account }): ReactElement | null {
  const { accounts } = useStore(identity.book);
  if (accounts.length < 2) return null;
  return (
    <div>
      <h3>{words.accounts}</h3>
      <ul>
        {accounts.map((account) => (
          <li key={account.principal} className={styles['row']}>
            <span dir="auto">
              {account.name} ({account.principal})
            </span>
            {account.principal === current.principal ? (
              <span>{words.current}</span>
            ) : (
              <Button look="quiet" onClick={() => identity.switchTo(account.principal)}>
                {words.use}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** On one's own machine sharing can be tried by being two. */
function OtherOnMachine(): ReactElement {
  const [name, setName] = useState('');
  const submit = async (): Promise<void> => {
    const isIn = await identity.beOnMachine(name.trim());
    if (!isIn) notes.say(words.notSwitched);
  };
  return (
    <form
      className={styles['line']}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label={words.localName} value={name} maxLength={nameCharsMax} onText={setName} />
      <Button type="submit" disabled={name.trim() === ''}>
        {words.localSwitch}
      </Button>
    </form>
  );
}
