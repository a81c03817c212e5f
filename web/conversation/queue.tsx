// The prompts that wait their turn, the same list on every device: each can be changed, moved and
// taken back by whoever may, until its reply begins.

import type { Run } from 'holdfast';
import { useRuns, useSaved, useSessionStatus, useView } from 'holdfast/react';
import { ChevronDown, ChevronUp, Pencil, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { IconButton } from '../base/button.tsx';
import { EditPrompt, promptText } from './edit-prompt.tsx';
import styles from './queue.module.css';
import { words } from './strings.ts';
import { useMayControl, useName, useTalk } from './talk.ts';

export function Queue(): ReactElement | null {
  const { active, queued } = useRuns();
  const isBusy = active.some(({ parentRun }) => parentRun === undefined);
  // One that is next, with nobody before it, stands in the conversation alone.
  if (queued.length === 0 || (!isBusy && queued.length === 1)) return null;
  return (
    <section className={styles['queue']} aria-label={words.queue}>
      <h3>{words.queue}</h3>
      <ol>
        {queued.map((run, at) => (
          <Waiting key={run.id} run={run} before={queued[at - 1]} after={queued[at + 1]} />
        ))}
      </ol>
    </section>
  );
}

interface WaitingProps {
  readonly run: Run;
  readonly before: Run | undefined;
  readonly after: Run | undefined;
}

const size = 15;

function Waiting({ run, before, after }: WaitingProps): ReactElement {
  const talk = useTalk();
  const { readOnly } = useSessionStatus();
  const mayControl = useMayControl(run.id);
  const who = useName(run.createdBy);
  const saved = useSaved(run.message);
  const text = useView((view) => promptText(view.messages.get(run.message)?.parts ?? []));
  const [isEdited, setEdited] = useState(false);
  if (isEdited) {
    return (
      <li onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setEdited(false)}>
        <EditPrompt id={run.message} onDone={() => setEdited(false)} />
      </li>
    );
  }
  return (
    <li className={styles['waiting']}>
      <span dir="auto">{text}</span>
      <small>
        {run.createdBy === talk.principal ? '' : words.queueBy(who)}{' '}
        {saved === undefined ? '' : words.writes[saved]}
      </small>
      {mayControl && !readOnly && (
        <>
          <IconButton
            label={words.queueUp}
            disabled={before === undefined}
            onClick={() =>
              before !== undefined && talk.session.reorder(run.id, { before: before.id })
            }
          >
            <ChevronUp size={size} aria-hidden />
          </IconButton>
          <IconButton
            label={words.queueDown}
            disabled={after === undefined}
            onClick={() => after !== undefined && talk.session.reorder(run.id, { after: after.id })}
          >
            <ChevronDown size={size} aria-hidden />
          </IconButton>
          <IconButton label={words.queueEdit} onClick={() => setEdited(true)}>
            <Pencil size={size} aria-hidden />
          </IconButton>
          <IconButton label={words.queueOut} onClick={() => talk.session.cancel(run.id)}>
            <X size={size} aria-hidden />
          </IconButton>
        </>
      )}
    </li>
  );
}
