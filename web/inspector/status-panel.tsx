// How the session's connection and store do, in the client's own words.

import type { ConnectionState } from 'holdfast';
import { useSessionStatus } from 'holdfast/react';
import type { ReactElement } from 'react';
import { fullTime } from '../base/time.ts';
import { Facts } from './facts.tsx';
import styles from './inspector.module.css';
import { words } from './strings.ts';

export function StatusPanel(): ReactElement {
  const { connection, storage, unsent, rights, lastSyncedAt, agents } = useSessionStatus();
  return (
    <article className={styles['panel']}>
      <header>
        <h2>{words.connection}</h2>
      </header>
      <Facts
        facts={[
          [words.state, connectionWords(connection)],
          [words.storage, storage.state],
          [words.unsent, String(unsent)],
          [words.rights, rights === null ? words.unknown : rights.join(', ')],
          [words.synced, lastSyncedAt === null ? words.unknown : fullTime(lastSyncedAt)],
          [words.agents, agents === null ? words.unknown : Object.keys(agents).join(', ')],
        ]}
      />
      <p className={styles['note']}>{words.frames}</p>
    </article>
  );
}

function connectionWords(connection: ConnectionState): string {
  switch (connection.name) {
    case 'offline':
      return `offline: ${connection.why}`;
    case 'connecting':
      return `connecting, attempt ${connection.attempt}`;
    case 'refused':
      return `refused: ${connection.reason.code}`;
    case 'syncing':
    case 'live':
      return connection.name;
  }
}
