// Other words for a prompt that was sent: a sibling is made of it, and both stay to be chosen.

import { type KeyboardEvent, type ReactElement, useState } from 'react';
import { Button } from '../base/button.tsx';
import styles from './message.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

export interface EditPromptProps {
  readonly id: string;
  /** Hears when it is over, however it ended. */
  readonly onDone: () => void;
}

export function EditPrompt({ id, onDone }: EditPromptProps): ReactElement {
  const talk = useTalk();
  const [text, setText] = useState(() =>
    promptText(talk.session.view.messages.get(id)?.parts ?? []),
  );
  const save = (): void => {
    if (text.trim() === '') return;
    onDone();
    const files = (talk.session.view.messages.get(id)?.parts ?? []).filter(
      ({ type }) => type === 'file',
    );
    const kept = files.flatMap((part) =>
      part.type === 'file'
        ? [
            {
              type: 'file' as const,
              mediaType: part.mediaType,
              size: part.size,
              hash: part.hash,
              name: part.name,
            },
          ]
        : [],
    );
    talk.session.edit(id, kept.length === 0 ? text : [{ type: 'text', text }, ...kept]);
    talk.showEnd();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      onDone();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  };
  return (
    <div className={styles['edit']}>
      <textarea
        aria-label={words.editPrompt}
        value={text}
        dir="auto"
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
      />
      <div>
        <Button onClick={onDone}>{words.cancel}</Button>
        <Button look="main" disabled={text.trim() === ''} onClick={save}>
          {words.saveEdit}
        </Button>
      </div>
    </div>
  );
}

/** The words of a prompt, as its author typed them. */
export function promptText(parts: readonly { readonly type: string }[]): string {
  return parts
    .map((part) => (part.type === 'text' && 'text' in part ? String(part.text) : ''))
    .filter((text) => text !== '')
    .join('\n');
}
