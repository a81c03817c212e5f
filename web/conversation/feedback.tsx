// What this person thinks of a reply: a thumb, and a comment if they like. It is an annotation, so
// everybody's stays beside everybody else's, and it goes out with the session's data.

import type { Annotation } from 'holdfast';
import { useSessionStatus, useView } from 'holdfast/react';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { type FormEvent, type ReactElement, useState } from 'react';
import { Button, IconButton } from '../base/button.tsx';
import styles from './message.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

const name = 'helpful';
const size = 15;

export function Feedback({ message }: { readonly message: string }): ReactElement | null {
  const { session, principal } = useTalk();
  const { rights } = useSessionStatus();
  const own = useView((view) => ownOf(view.annotations, message, principal));
  const [isWriting, setWriting] = useState(false);
  if (rights !== null && !rights.includes('annotate')) return null;
  const target = { kind: 'message', message } as const;
  const rate = (score: number): void => {
    if (own?.score === score) {
      session.retract(target, name);
      setWriting(false);
      return;
    }
    const comment = own?.comment;
    session.annotate(target, name, { score, ...(comment !== undefined && { comment }) });
    setWriting(score === 0);
  };
  return (
    <>
      <IconButton label={words.helpful} aria-pressed={own?.score === 1} onClick={() => rate(1)}>
        <ThumbsUp size={size} fill={own?.score === 1 ? 'currentColor' : 'none'} aria-hidden />
      </IconButton>
      <IconButton label={words.unhelpful} aria-pressed={own?.score === 0} onClick={() => rate(0)}>
        <ThumbsDown size={size} fill={own?.score === 0 ? 'currentColor' : 'none'} aria-hidden />
      </IconButton>
      {isWriting && (
        <CommentForm
          comment={own?.comment ?? ''}
          onSave={(comment) => {
            session.annotate(target, name, {
              score: own?.score ?? 0,
              ...(comment !== '' && { comment }),
            });
            setWriting(false);
          }}
        />
      )}
      {!isWriting && own?.comment !== undefined && <span dir="auto">“{own.comment}”</span>}
    </>
  );
}

function ownOf(
  annotations: Iterable<Annotation>,
  message: string,
  principal: string | null,
): Annotation | undefined {
  for (const one of annotations) {
    const { target, actor } = one;
    if (
      target.kind === 'message' &&
      target.message === message &&
      actor === principal &&
      one.name === name
    ) {
      return one;
    }
  }
  return undefined;
}

interface CommentFormProps {
  readonly comment: string;
  readonly onSave: (comment: string) => void;
}

function CommentForm({ comment, onSave }: CommentFormProps): ReactElement {
  const [text, setText] = useState(comment);
  const save = (event: FormEvent): void => {
    event.preventDefault();
    onSave(text.trim());
  };
  return (
    <form className={styles['comment']} onSubmit={save}>
      <input
        aria-label={words.commentLabel}
        placeholder={words.comment}
        value={text}
        maxLength={2_000}
        dir="auto"
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit">{words.saveComment}</Button>
    </form>
  );
}
