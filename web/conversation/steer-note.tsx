// What became of words that were said to a reply while it was written.

import { useRequests } from 'holdfast/react';
import type { ReactElement } from 'react';
import styles from './message.module.css';
import { words } from './strings.ts';

export function SteerNote({
  message,
  run,
}: {
  readonly message: string;
  readonly run: string;
}): ReactElement {
  const request = useRequests(run).find((one) => one.kind === 'steer' && one.message === message);
  const became =
    request?.state === 'settled' || request?.state === 'accepted'
      ? words.steerRead
      : request?.state === 'void' || request?.state === 'refused'
        ? words.steerLate
        : undefined;
  return (
    <p className={styles['note']}>
      {words.steers}
      {became !== undefined && `. ${became}.`}
    </p>
  );
}
