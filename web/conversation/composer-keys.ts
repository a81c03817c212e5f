// What a key means in the field where a prompt is written. A key that ends the composition of a
// character is the input method's, never ours: whoever writes Japanese presses Enter to choose a
// word, not to send half of one.

export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly isComposing: boolean;
  /** 229 while an input method has the key, in browsers that end the composition before it. */
  readonly keyCode: number;
}

export interface FieldState {
  readonly text: string;
  readonly isRunning: boolean;
  /** Whether a list of suggestions is open. */
  readonly isSuggesting: boolean;
}

export type KeyMeaning =
  | 'send'
  | 'steer'
  | 'stop'
  | 'edit-last'
  | 'next'
  | 'previous'
  | 'take'
  | 'close'
  | null;

export function meaningOf(key: Key, field: FieldState): KeyMeaning {
  if (key.isComposing || key.keyCode === 229 || key.altKey) return null;
  if (field.isSuggesting && !key.ctrlKey && !key.metaKey && !key.shiftKey) {
    const meant = suggestionKeys[key.key];
    if (meant !== undefined) return meant;
  }
  const isCommand = key.ctrlKey || key.metaKey;
  switch (key.key) {
    case 'Enter':
      if (key.shiftKey) return null;
      return isCommand && field.isRunning ? 'steer' : 'send';
    case 'Escape':
      return field.isRunning ? 'stop' : null;
    case 'ArrowUp':
      return field.text === '' && !isCommand && !key.shiftKey ? 'edit-last' : null;
    default:
      return null;
  }
}

const suggestionKeys: Readonly<Record<string, KeyMeaning>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Enter: 'take',
  Tab: 'take',
  Escape: 'close',
};
