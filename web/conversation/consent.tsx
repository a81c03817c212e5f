// The question whether a tool may be used, as it is put to people: exactly these arguments, why
// the agent asks, until when. An answer that is on its way is shown as that, not as the decision.

import type { ToolPart } from 'holdfast';
import { useRequests } from 'holdfast/react';
import { type FormEvent, type ReactElement, useId, useState } from 'react';
import { Button } from '../base/button.tsx';
import { fullTime } from '../base/time.ts';
import { words } from './strings.ts';
import { useMayControl, useTalk } from './talk.ts';
import styles from './tool-card.module.css';

type Asking = Extract<ToolPart, { readonly state: 'approval-requested' }>;

export function Consent({
  run,
  part,
}: {
  readonly run: string;
  readonly part: Asking;
}): ReactElement {
  const { session } = useTalk();
  const mayAnswer = useMayControl(run);
  const [reason, setReason] = useState('');
  const field = useId();
  const answers = useRequests(run).filter(
    (request) =>
      (request.kind === 'approve' || request.kind === 'deny') && request.call === part.id,
  );
  const open = answers.some(({ state }) => state === 'requested' || state === 'accepted');
  const refused = answers.findLast(({ state }) => state === 'refused' || state === 'void');
  const said = reason.trim() === '' ? undefined : reason.trim();
  const allow = (event: FormEvent): void => {
    event.preventDefault();
    session.approve(run, part.id, said);
  };
  const { approval } = part;
  return (
    <form className={styles['consent']} onSubmit={allow}>
      {approval.reason !== undefined && <p dir="auto">{approval.reason}</p>}
      {approval.deadline !== undefined && <small>{words.until(fullTime(approval.deadline))}</small>}
      {refused !== undefined && <p role="status">{refused.ack?.reason}</p>}
      {open ? (
        <p role="status">{words.answered}</p>
      ) : (
        <div className={styles['answer']}>
          <label htmlFor={field} className="hidden">
            {words.reason}
          </label>
          <input
            id={field}
            value={reason}
            placeholder={words.reason}
            maxLength={2_000}
            dir="auto"
            disabled={!mayAnswer}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button type="submit" look="main" disabled={!mayAnswer}>
            {words.approve}
          </Button>
          <Button
            look="danger"
            disabled={!mayAnswer}
            onClick={() => session.deny(run, part.id, said)}
          >
            {words.deny}
          </Button>
        </div>
      )}
    </form>
  );
}
