// Two devices wrote into one draft without knowing of each other: both texts are shown, and the
// person says which one stays.

import type { ReactElement } from 'react';
import { Button } from '../base/button.tsx';
import styles from './composer.module.css';
import { words } from './strings.ts';

export interface AlternativeProps {
  readonly text: string | null;
  readonly onTake: (text: string) => void;
  readonly onKeep: () => void;
}

export function Alternative({ text, onTake, onKeep }: AlternativeProps): ReactElement | null {
  if (text === null) return null;
  return (
    <div className={styles['alternative']} role="status">
      <p>{words.alternative}</p>
      <blockquote dir="auto">{text}</blockquote>
      <Button
        look="quiet"
        onClick={() => {
          onTake(text);
          onKeep();
        }}
      >
        {words.useAlternative}
      </Button>
      <Button look="quiet" onClick={onKeep}>
        {words.keepMine}
      </Button>
    </div>
  );
}
