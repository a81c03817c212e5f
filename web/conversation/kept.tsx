// What the server did not take: the words, why, and a way to use them again. They stay until the
// person says that they may go.

import type { Json, KeptDraft } from 'holdfast';
import { useComposer } from 'holdfast/react';
import { type ReactElement, useCallback, useSyncExternalStore } from 'react';
import { Button } from '../base/button.tsx';
import { shownJson } from './json-view.tsx';
import styles from './kept.module.css';
import { words } from './strings.ts';
import { useTalk } from './talk.ts';

export function Kept(): ReactElement | null {
  const { session } = useTalk();
  const subscribe = useCallback(
    (listener: () => void) => session.subscribeKept(listener),
    [session],
  );
  const kept = useSyncExternalStore(subscribe, () => session.kept);
  if (kept.length === 0) return null;
  return (
    <section className={styles['kept']} aria-label={words.kept}>
      <h3>{words.kept}</h3>
      <ul>
        {kept.map((draft) => (
          <KeptRow key={draft.id} draft={draft} />
        ))}
      </ul>
    </section>
  );
}

function KeptRow({ draft }: { readonly draft: KeptDraft }): ReactElement {
  const { session } = useTalk();
  const { text, set } = useComposer();
  const said = textOf(draft.content);
  return (
    <li>
      <blockquote dir="auto">{said}</blockquote>
      <p>{draft.reason}</p>
      <Button
        look="quiet"
        onClick={() => {
          set(text.trim() === '' ? said : `${text}\n\n${said}`);
          session.dismiss(draft.id);
        }}
      >
        {words.putBack}
      </Button>
      <Button look="quiet" onClick={() => session.dismiss(draft.id)}>
        {words.dismiss}
      </Button>
    </li>
  );
}

/** The words of what was refused, whatever it was. */
function textOf(content: Json): string {
  if (!Array.isArray(content)) return shownJson(content);
  const texts = content.map((part: Json) => {
    if (typeof part !== 'object' || part === null) return '';
    return 'text' in part && typeof part['text'] === 'string' ? part['text'] : '';
  });
  return texts.filter((text) => text !== '').join('\n');
}
