// A plain conversation: what was said, and a field to say more.

import { type ReactElement, useState } from 'react';
import { useComposer, useMessage, useMessages, usePart } from 'holdfast/react';
import { strings } from '../strings.ts';
import styles from './stand-in.module.css';

export interface ConversationProps {
  readonly session: string;
  readonly message?: string;
}

export function Conversation({ session, message }: ConversationProps): ReactElement {
  const ids = useMessages();
  const { text, set, send } = useComposer();
  const [isComposing, setComposing] = useState(false);
  return (
    <>
      <div className={styles['words']} data-session={session} data-at={message}>
        {ids.map((id) => (
          <One key={id} id={id} />
        ))}
      </div>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <textarea
          aria-label={strings.shortcuts.send}
          dir="auto"
          rows={2}
          value={text}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onChange={(event) => set(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
            event.preventDefault();
            void send();
          }}
        />
      </form>
    </>
  );
}

function One({ id }: { readonly id: string }): ReactElement | null {
  const message = useMessage(id);
  if (message === undefined) return null;
  return (
    <article data-role={message.role} data-message={id}>
      {message.parts.map((part, at) => (
        <Words key={part.id} message={id} at={at} />
      ))}
    </article>
  );
}

function Words({
  message,
  at,
}: {
  readonly message: string;
  readonly at: number;
}): ReactElement | null {
  const found = usePart(message, at);
  return found?.type === 'text' ? <p dir="auto">{found.text}</p> : null;
}
