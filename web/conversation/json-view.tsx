// A value as a tool has it, written out for people. What is very long is cut, and says so.

import type { Json } from 'holdfast';
import type { ReactElement } from 'react';
import styles from './part.module.css';

const shownCharsMax = 20_000;

export function JsonView({ value }: { readonly value: Json }): ReactElement {
  return (
    <pre className={styles['json']} tabIndex={0} dir="auto">
      {shownJson(value)}
    </pre>
  );
}

export function shownJson(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax)} …` : text;
}
