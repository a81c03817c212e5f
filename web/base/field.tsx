// A line of text with its label.

import type { InputHTMLAttributes, ReactElement } from 'react';
import styles from './field.module.css';

export interface FieldProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'className' | 'onChange'
> {
  readonly label: string;
  readonly onText: (text: string) => void;
}

export function Field({ label, onText, ...rest }: FieldProps): ReactElement {
  return (
    <label className={styles['field']}>
      <span>{label}</span>
      <input
        type="text"
        dir="auto"
        autoComplete="off"
        {...rest}
        onChange={(event) => onText(event.target.value)}
      />
    </label>
  );
}

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, name: string])[];
  readonly onChoice: (value: Value) => void;
  /** The label is said and not shown. */
  readonly isBare?: boolean;
}

export function Choice<Value extends string>(props: ChoiceProps<Value>): ReactElement {
  const { label, value, options, onChoice, isBare } = props;
  return (
    <label className={styles['field']}>
      <span className={isBare === true ? 'hidden' : undefined}>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          const chosen = options.find(([option]) => option === event.target.value);
          if (chosen !== undefined) onChoice(chosen[0]);
        }}
      >
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
