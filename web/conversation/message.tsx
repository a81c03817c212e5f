// One message: who said it and when, its words, how far it has got, and what can be done with it.
// A prompt and a reply look different at a glance, and both are paper, not bubbles.

import { useBranches, useMessage, useRun, useView } from 'holdfast/react';
import { memo, type ReactElement } from 'react';
import { useStore } from '../base/store.ts';
import { Byline } from './byline.tsx';
import { EditPrompt } from './edit-prompt.tsx';
import { MessageActions } from './message-actions.tsx';
import styles from './message.module.css';
import { PromptNote } from './prompt-note.tsx';
import { ReplyBody } from './reply-body.tsx';
import { RunLine } from './run-line.tsx';
import { Sources } from './sources.tsx';
import { SteerNote } from './steer-note.tsx';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

export const MessageRow = memo(({ id }: { readonly id: string }): ReactElement => {
  const message = useMessage(id);
  const talk = useTalk();
  const isEdited = useStore(talk.editing) === id;
  const isPointed = useStore(talk.pointed) === id;
  const state = useRun(message?.run)?.status.state;
  const branches = useBranches(id);
  const isLast = useView((view) => view.path.at(-1)?.id === id);
  // The row keeps its place for the moment in which a message is exchanged.
  if (message === undefined) return <article className={styles['message']} />;
  const { role, parts, run, deleted, steers, expected } = message;
  const isReply = role === 'assistant';
  return (
    <article
      className={styles['message']}
      data-role={role}
      data-message={id}
      data-waiting={(expected && state === 'queued') || undefined}
      data-last={isLast || undefined}
      data-pointed={isPointed || undefined}
      data-live={state === 'running' || state === 'waiting' || undefined}
      aria-labelledby={`by-${id}`}
    >
      <Byline message={message} />
      {isEdited ? (
        <EditPrompt id={id} onDone={() => talk.editing.set(null)} />
      ) : (
        <>
          {deleted && <p className={styles['deleted']}>{words.removed}</p>}
          <ReplyBody message={message} depth={0} />
          {isReply && <Sources message={id} />}
          {role === 'user' && steers === undefined && <PromptNote message={id} />}
          {steers !== undefined && <SteerNote message={id} run={steers} />}
          {isReply && run !== undefined && <RunLine run={run} hasWords={parts.length > 0} isTop />}
          {!expected && <MessageActions message={message} branches={branches} state={state} />}
          {expected && branches.count > 1 && (
            <MessageActions message={message} branches={branches} state={state} />
          )}
        </>
      )}
    </article>
  );
});
MessageRow.displayName = 'MessageRow';
