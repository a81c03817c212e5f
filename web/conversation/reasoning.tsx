// What an agent thought before it spoke: folded, with how long it took, and open while it thinks
// only where a person opens it.

import type { ReasoningPart } from 'holdfast';
import type { ReactElement } from 'react';
import { durationOf } from './duration.ts';
import { Markdown } from './markdown.tsx';
import styles from './reasoning.module.css';
import { words } from './strings.ts';

export function Reasoning({
  part,
  isLive,
}: {
  readonly part: ReasoningPart;
  readonly isLive: boolean;
}): ReactElement {
  const isThinking = isLive && part.state === 'streaming';
  const { startedAt, endedAt } = part;
  const took =
    startedAt === undefined || endedAt === undefined ? undefined : durationOf(endedAt - startedAt);
  const title = took === undefined || isThinking ? words.reasoning : words.reasoned(took);
  return (
    <details className={styles['reasoning']} data-live={isThinking || undefined}>
      <summary>{title}</summary>
      <div className={styles['thoughts']}>
        <Markdown text={part.text} isGrowing={isThinking} />
      </div>
    </details>
  );
}
