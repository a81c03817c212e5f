// One part of a message, by its kind. It alone hears of its words, so a token renders it and
// nothing around it.

import { usePart } from 'holdfast/react';
import { memo, type ReactElement } from 'react';
import { DataView } from './data-view.tsx';
import { FileView } from './file-view.tsx';
import { Markdown } from './markdown.tsx';
import styles from './part.module.css';
import { Reasoning } from './reasoning.tsx';
import { words } from './strings.ts';
import { ToolCard } from './tool-card.tsx';

export interface PartProps {
  readonly message: string;
  readonly index: number;
  /** The run that writes it, where one does. */
  readonly run: string | undefined;
  /** Whether that run goes on. */
  readonly isLive: boolean;
  /** A person's own words keep their line breaks; nobody writes Markdown to be understood. */
  readonly isPrompt: boolean;
}

export const PartView = memo((props: PartProps): ReactElement | null => {
  const { message, index, run, isLive, isPrompt } = props;
  const part = usePart(message, index);
  if (part === undefined) return null;
  switch (part.type) {
    case 'text':
      if (isPrompt) {
        return (
          <p className={styles['plain']} dir="auto">
            {part.text}
          </p>
        );
      }
      return <Markdown text={part.text} isGrowing={isLive && part.state === 'streaming'} />;
    case 'reasoning':
      return <Reasoning part={part} isLive={isLive} />;
    case 'tool':
      return <ToolCard part={part} run={run} isLive={isLive} />;
    case 'file':
      return <FileView part={part} isOwn={isPrompt} />;
    case 'data':
      return <DataView name={part.name} data={part.data} />;
    case 'unknown':
      return <p className={styles['unknown']}>{words.unknownPart(part.name)}</p>;
    // All sources of a message stand together at its end.
    case 'source':
      return null;
  }
});
PartView.displayName = 'PartView';
