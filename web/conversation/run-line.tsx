// Where a run stands, beside its reply: who writes, that nobody does, that it waits for a person,
// why it ended early. A stop, and another try, stand where they are wanted.

import type { Run } from 'holdfast';
import { useRequests, useRun, useRuns, useSessionStatus, useView } from 'holdfast/react';
import { RotateCcw, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../base/button.tsx';
import styles from './run-line.module.css';
import { runSentence, stopAsked, stopRefusal } from './run-state.ts';
import { words } from './strings.ts';
import { useMayControl, useTalk } from './talk.ts';

export interface RunLineProps {
  readonly run: string;
  readonly hasWords: boolean;
  /** Can be asked again: it is the reply of a prompt, not of another agent. */
  readonly isTop: boolean;
}

export function RunLine({ run: id, hasWords, isTop }: RunLineProps): ReactElement | null {
  const { session } = useTalk();
  const run = useRun(id);
  const requests = useRequests(id);
  const { queued, active } = useRuns();
  const { connection, readOnly, agents } = useSessionStatus();
  const participants = useView((view) => view.participants);
  const mayControl = useMayControl(id);
  if (run === undefined) return null;
  const at = queued.findIndex((other) => other.id === id);
  const said = runSentence(run, {
    requests,
    hasWords,
    isOnline: connection.name === 'live',
    agents,
    place: at > 0 || (at === 0 && active.some(isTopRun)) ? at + 1 : undefined,
    nameOf: (principal) => participants.get(principal)?.name ?? principal,
  });
  const { state } = run.status;
  const refusal = stopRefusal(requests);
  const isActive = state === 'running' || state === 'waiting' || state === 'stalled';
  const isTaken = isActive && run.claim !== null && run.claim.epoch > 1 && state !== 'stalled';
  const again =
    isTop && !readOnly && (state === 'failed' || state === 'stalled' || state === 'cancelled');
  if (said === null && refusal === undefined) return null;
  return (
    <div className={styles['line']} data-tone={said?.tone}>
      {said !== null && <p dir="auto">{said.text}</p>}
      {isTaken && run.claim !== null && (
        <p className={styles['aside']}>{words.runs.takenOver(run.claim.holder, run.claim.epoch)}</p>
      )}
      {refusal !== undefined && isActive && <p>{words.runs.stopRefused(refusal)}</p>}
      {isActive && mayControl && (
        <Button
          look="quiet"
          icon={<Square size={12} aria-hidden />}
          disabled={stopAsked(requests)}
          onClick={() => session.cancel(id)}
        >
          {words.stop}
        </Button>
      )}
      {again && run.startedAt !== null && (
        <Button
          look="quiet"
          icon={<RotateCcw size={14} aria-hidden />}
          onClick={() => session.regenerate(run.message)}
        >
          {words.retry}
        </Button>
      )}
    </div>
  );
}

const isTopRun = ({ parentRun }: Pick<Run, 'parentRun'>): boolean => parentRun === undefined;
