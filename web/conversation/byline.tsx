// Who said it, which agent that was, when, and, of what this device wrote, how far it has got.

import { type MessageOutline, useRun, useSaved } from 'holdfast/react';
import { Check, CheckCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import { clock } from '../base/clock.ts';
import { fullTime, shortTime } from '../base/time.ts';
import styles from './message.module.css';
import { words } from './strings.ts';
import { useName, useTalk } from './talk.ts';

export function Byline({ message }: { readonly message: MessageOutline }): ReactElement {
  const { id, role, author, createdAt, run: runId, from } = message;
  const { principal } = useTalk();
  const run = useRun(runId);
  const name = useName(from?.author ?? author);
  const shown =
    role === 'system' ? words.system : author === principal && role === 'user' ? words.you : name;
  const agent = run?.agent;
  return (
    <header className={styles['byline']} id={`by-${id}`}>
      <span className={styles['dot']} data-kind={role} aria-hidden />
      <b dir="auto">{role === 'assistant' && agent !== undefined ? agent : shown}</b>
      {role === 'assistant' && agent !== undefined && name !== agent && (
        <span dir="auto">{name}</span>
      )}
      {from !== undefined && <span className={styles['quoted']}>{words.quoted(from.author)}</span>}
      <time dateTime={new Date(createdAt).toISOString()} title={fullTime(createdAt)}>
        {shortTime(createdAt, clock.now())}
      </time>
      {role === 'user' && <Saved id={id} />}
    </header>
  );
}

/** Nothing where nothing of this device is pending: what is seen of it is durable. */
function Saved({ id }: { readonly id: string }): ReactElement | null {
  const state = useSaved(id);
  if (state === undefined) return null;
  return (
    <span className={styles['saved']} data-state={state} title={words.writes[state]}>
      {state === 'durable' && <Check size={13} role="img" aria-label={words.writes.durable} />}
      {state === 'seen' && <CheckCheck size={13} role="img" aria-label={words.writes.seen} />}
      {state !== 'durable' && state !== 'seen' && words.writes[state]}
    </span>
  );
}
