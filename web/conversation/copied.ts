// Copies a text, and says for a moment that it did.

import { useEffect, useRef, useState } from 'react';
import { clock } from '../base/clock.ts';

const saidMs = 1_600;

export function useCopied(): readonly [boolean, (text: string) => void] {
  const [isCopied, setCopied] = useState(false);
  const stop = useRef<() => void>(undefined);
  useEffect(() => () => stop.current?.(), []);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    stop.current?.();
    stop.current = clock.after(saidMs, () => setCopied(false));
  };
  return [isCopied, (text) => void copy(text).catch(() => undefined)];
}
