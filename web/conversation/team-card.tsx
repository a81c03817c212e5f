// An agent that was asked for help inside a reply: who, what for, and its own words as they come,
// written by it and relayed by nobody. It can be stopped and steered by itself.

import { useMessage, useRun, useView } from 'holdfast/react';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import { ReplyBody } from './reply-body.tsx';
import { RunLine } from './run-line.tsx';
import { Sources } from './sources.tsx';
import { words } from './strings.ts';
import { useMayControl, useTalk } from './talk.ts';
import styles from './team-card.module.css';

/** Deeper ones are folded, lest a line has room for three letters. */
const openDepthMax = 3;

export function TeamCard({ run: id, depth }: { readonly run: string; readonly depth: number }): ReactElement | null {
  const run = useRun(id);
  const reply = useMessage(run?.reply ?? '');
  const mayControl = useMayControl(id);
  const prompt = useView((view) => {
    const part = view.messages.get(run?.message ?? '')?.parts.find(({ type }) => type === 'text');
    return part?.type === 'text' ? part.text : '';
  });
  if (run === undefined) return null;
  const { state } = run.status;
  const isActive = state === 'running' || state === 'waiting';
  return (
    <details className={styles['card']} data-state={state} open={depth < openDepthMax}>
      <summary>
        <b>{run.agent}</b>
        <span dir="auto">{prompt}</span>
      </summary>
      <div className={styles['inside']}>
        {reply !== undefined && <ReplyBody message={reply} depth={depth + 1} />}
        {reply !== undefined && <Sources message={reply.id} />}
        <RunLine run={id} hasWords={(reply?.parts.length ?? 0) > 0} isTop={false} />
        {isActive && mayControl && <SteerForm run={id} agent={run.agent} />}
      </div>
    </details>
  );
}

function SteerForm({ run, agent }: { readonly run: string; readonly agent: string }): ReactElement {
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
