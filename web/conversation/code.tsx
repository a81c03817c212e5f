// A block of code: its language, its words as they are, a button that copies them. Colours come
// when the code is finished and the highlighter has been fetched; until then, and for languages
// nobody knows, it is plain.

import { Check, Copy } from 'lucide-react';
import { memo, type ReactElement, useEffect, useState } from 'react';
import styles from './code.module.css';
import { useCopied } from './copied.ts';
import { highlight, type Token } from './highlight.ts';
import { words } from './strings.ts';

export interface CodeProps {
  readonly text: string;
  readonly language: string | undefined;
  readonly isGrowing: boolean;
}

export const Code = memo(({ text, language, isGrowing }: CodeProps): ReactElement => {
  const lines = useHighlighted(text, isGrowing ? undefined : language);
  const [isCopied, copy] = useCopied();
  return (
    <figure className={styles['code']}>
      <figcaption>
        <span>{language ?? ''}</span>
        <button type="button" aria-label={words.copyCode} onClick={() => copy(text)}>
          {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
          {isCopied ? words.copied : words.copy}
        </button>
      </figcaption>
      <pre tabIndex={0} dir="ltr">
        <code>{lines === undefined ? text : lines.map(lineOf)}</code>
      </pre>
    </figure>
  );
});
Code.displayName = 'Code';

const lineOf = (tokens: readonly Token[], at: number): ReactElement => (
  <span key={at}>
    {tokens.map(({ text, kind }, index) => (
      <span key={index} className={kind === null ? undefined : styles[kind]}>
        {text}
      </span>
    ))}
    {'\n'}
  </span>
);

function useHighlighted(
  text: string,
  language: string | undefined,
): readonly (readonly Token[])[] | undefined {
  const [done, setDone] = useState<{ text: string; lines: readonly (readonly Token[])[] }>();
  useEffect(() => {
    if (language === undefined) return;
    let isGone = false;
    const colour = async (): Promise<void> => {
      const lines = await highlight(text, language);
      if (!isGone && lines !== undefined) setDone({ text, lines });
    };
    // Plain code is still code: without the highlighter, as with no network, it stays so.
    colour().catch(() => undefined);
    return () => {
      isGone = true;
    };
  }, [text, language]);
  return done?.text === text ? done.lines : undefined;
}
