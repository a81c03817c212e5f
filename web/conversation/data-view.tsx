// Data of an agent's own. A plan is shown as the list that it is; all else as it stands.

import { Check, Circle } from 'lucide-react';
import type { Json } from 'holdfast';
import type { ReactElement } from 'react';
import { JsonView } from './json-view.tsx';
import styles from './part.module.css';
import { words } from './strings.ts';

export function DataView({
  name,
  data,
}: {
  readonly name: string;
  readonly data: Json;
}): ReactElement {
  const steps = name === 'plan' || name === 'todo' ? stepsOf(data) : [];
  if (steps.length === 0) {
    return (
      <details className={styles['data']}>
        <summary>{name}</summary>
        <JsonView value={data} />
      </details>
    );
  }
  return (
    <ul className={styles['plan']}>
      {steps.map(({ text, isDone }) => (
        <li key={text} className={isDone ? styles['done'] : undefined} dir="auto">
          {isDone ? (
            <Check size={14} aria-label={words.done} />
          ) : (
            <Circle size={14} aria-label={words.toDo} />
          )}
          {text}
        </li>
      ))}
    </ul>
  );
}

interface Step {
  readonly text: string;
  readonly isDone: boolean;
}

/** The steps of a plan, in the shapes that agents give it; none where it is no plan. */
function stepsOf(data: Json): readonly Step[] {
  const list = Array.isArray(data) ? data : fieldOf(data, 'steps');
  if (!Array.isArray(list)) return [];
  return list.flatMap((step: Json): Step[] => {
    if (typeof step === 'string') return [{ text: step, isDone: false }];
    const text = fieldOf(step, 'text') ?? fieldOf(step, 'title');
    if (typeof text !== 'string') return [];
    const state = fieldOf(step, 'state') ?? fieldOf(step, 'status');
    return [
      { text, isDone: fieldOf(step, 'done') === true || state === 'done' || state === 'completed' },
    ];
  });
}

function fieldOf(value: Json, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}
