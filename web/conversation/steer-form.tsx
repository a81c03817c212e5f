// Words for an agent while it writes, without waiting for its end.

import { type FormEvent, type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';
import styles from './team-card.module.css';

export function SteerForm({
  run,
  agent,
}: {
  readonly run: string;
  readonly agent: string;
}): ReactElement {
  const { session } = useTalk();
  const [text, setText] = useState('');
  const steer = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    session.steer(run, text);
    setText('');
  };
  return (
    <form className={styles['steer']} onSubmit={steer}>
      <input
        aria-label={words.steerThis(agent)}
        placeholder={words.steerThis(agent)}
        value={text}
        dir="auto"
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" look="quiet" disabled={text.trim() === ''}>
        {words.steer}
      </Button>
    </form>
  );
}
