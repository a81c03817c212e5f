// Hands a file that was made here to the person, who is asked where it goes.

import { clock } from './clock.ts';

/** How long the browser may take to begin with it. */
const keptMs = 60_000;

export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  clock.after(keptMs, () => URL.revokeObjectURL(url));
}

/** A title as a file is named: no character that a system gives a meaning. */
export function fileName(title: string, extension: string): string {
  const name = title
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^[. ]+/, '')
    .slice(0, 80)
    .trim();
  return `${name === '' ? 'session' : name}.${extension}`;
}
