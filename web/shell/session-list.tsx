// The list itself. A long one is shown a piece at a time: nobody reads ten thousand titles, and
// whoever looks for one searches.

import { memo, type ReactElement, useId, useState } from 'react';
import type { LibraryEntry } from 'holdfast';
import { useLibrary } from 'holdfast/react';
import { Link, useRoute } from 'wouter';
import { Button } from '../base/button.tsx';
import { clock } from '../base/clock.ts';
import { isOnline } from '../base/page-state.ts';
import { useStore } from '../base/store.ts';
import { fullTime, shortTime } from '../base/time.ts';
import { strings } from '../strings.ts';
import { type Group, groupsOf, nameOf } from './groups.ts';
import { useListState } from './last-synced.ts';
import styles from './session-list.module.css';
import { SessionMenu } from './session-menu.tsx';

const pieceSessions = 200;

export function SessionList({ isArchive }: { readonly isArchive: boolean }): ReactElement {
  const { entries } = useLibrary();
  const [shown, setShown] = useState(pieceSessions);
  const wanted = entries.filter((entry) => entry.archived === isArchive);
  const groups = groupsOf(wanted.slice(0, shown), clock.now());
  const online = useStore(isOnline);
  if (wanted.length === 0) return <Nothing isArchive={isArchive} />;
  return (
    <>
      {!online && <p className={styles['state']}>{strings.list.remembered}</p>}
      {groups.map((group) => (
        <GroupList key={group.name} group={group} />
      ))}
      {wanted.length > shown && (
        <Button look="quiet" onClick={() => setShown(shown + pieceSessions)}>
          {strings.list.more}
        </Button>
      )}
    </>
  );
}

function Nothing({ isArchive }: { readonly isArchive: boolean }): ReactElement {
  const state = useListState();
  const live = state === 'complete' ? strings.list.empty : strings.list.loading;
  const text = state === 'remembered' ? strings.list.empty : live;
  return <p className={styles['nothing']}>{isArchive ? strings.list.noArchived : text}</p>;
}

function GroupList({ group }: { readonly group: Group }): ReactElement {
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading} className={styles['group']}>
        {group.name}
      </h3>
      <ul>
        {group.entries.map((entry) => (
          <Row key={entry.id} entry={entry} />
        ))}
      </ul>
    </section>
  );
}

const Row = memo(function Row({ entry }: { readonly entry: LibraryEntry }): ReactElement {
  const { id, unread, running, unsent, lastActivity } = entry;
  const [isHere] = useRoute(`/s/${id}/*?`);
  const now = clock.now();
  return (
    <li className={styles['row']} data-here={isHere} data-unread={unread && !isHere}>
      <Link href={`/s/${id}`} className={styles['link']} aria-current={isHere ? 'page' : undefined}>
        <span className={styles['name']} dir="auto">
          {nameOf(entry)}
        </span>
        <span className={styles['marks']}>
          {unsent > 0 && (
            <span
              className={styles['unsent']}
              title={strings.list.unsent(unsent)}
              role="img"
              aria-label={strings.list.unsent(unsent)}
            />
          )}
          {running && (
            <span
              className={styles['running']}
              title={strings.list.running}
              role="img"
              aria-label={strings.list.running}
            />
          )}
          {unread && !isHere && (
            <span className={styles['unread']} role="img" aria-label={strings.list.unread} />
          )}
          <time dateTime={new Date(lastActivity).toISOString()} title={fullTime(lastActivity)}>
            {shortTime(lastActivity, now)}
          </time>
        </span>
      </Link>
      <span className={styles['menu']}>
        <SessionMenu entry={entry} />
      </span>
    </li>
  );
});
