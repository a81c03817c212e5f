// One conversation: who is here, what was said, what waits, what was not taken, and the draft. It
// reads and writes what is on this device; whether there is a network changes what it says of
// that, never whether it works.

import { SessionProvider, useClient, useSession, useView } from 'holdfast/react';
import { type DragEvent, type ReactElement, useMemo, useState } from 'react';
import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import styles from './conversation.module.css';
import { Heading } from './heading.tsx';
import { Kept } from './kept.tsx';
import { MessageList } from './message-list.tsx';
import listStyles from './message-list.module.css';
import { Queue } from './queue.tsx';
import { words } from './strings.ts';
import { Talk, TalkContext } from './talk.ts';

export interface ConversationProps {
  /** The id of the session. */
  readonly session: string;
  /** The message to be shown first; the end where it is absent. */
  readonly message?: string;
}

export function Conversation({ session: id, message }: ConversationProps): ReactElement {
  const { session, isReady } = useSession(id);
  const { principal } = useClient();
  const talk = useMemo(() => new Talk(session, principal), [session, principal]);
  return (
    <SessionProvider id={id}>
      <TalkContext value={talk}>
        <Dropping talk={talk}>
          <Heading />
          <Said isReady={isReady} shown={message} />
          <Kept />
          <Queue />
          <Composer />
          <Announcer />
        </Dropping>
      </TalkContext>
    </SessionProvider>
  );
}

function Said({
  isReady,
  shown,
}: {
  readonly isReady: boolean;
  readonly shown: string | undefined;
}): ReactElement {
  const isEmpty = useView((view) => view.path.length === 0);
  return (
    <div className={styles['said']}>
      <MessageList shown={shown} />
      {isEmpty && (
        <div className={listStyles['empty']}>
          {isReady ? (
            <>
              <b>{words.empty}</b>
              <p>{words.emptyHint}</p>
            </>
          ) : (
            <p>{words.loading}</p>
          )}
        </div>
      )}
    </div>
  );
}

interface DroppingProps {
  readonly talk: Talk;
  readonly children: React.ReactNode;
}

/** Files may be dropped anywhere on the conversation. */
function Dropping({ talk, children }: DroppingProps): ReactElement {
  const [isOver, setOver] = useState(false);
  const onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    setOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    talk.dropped.set([...event.dataTransfer.files]);
  };
  return (
    <section
      className={styles['conversation']}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={onDrop}
    >
      {children}
      {isOver && <p className={styles['drop']}>{words.dropHere}</p>}
    </section>
  );
}
