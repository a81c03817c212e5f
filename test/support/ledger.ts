// What each part of each reply must say: the words as their holders gave them, in
// order. At any time a peer may have less, never anything else; when a part was
// ended and everything has arrived, it has them all.

import { strictEqual } from 'node:assert/strict';
import type { Part } from '../../src/session/part.ts';
import type { View } from '../../src/session/view.ts';

interface Words {
  text: string;
  ended: boolean;
}

export class Ledger {
  /** By message and part. */
  #words = new Map<string, Words>();

  append(message: string, part: string, text: string): void {
    this.#of(message, part).text += text;
  }

  end(message: string, part: string): void {
    this.#of(message, part).ended = true;
  }

  /** A holder was lost: what the server has is what there is. */
  cut(message: string, view: View): void {
    const parts = view.messages.get(message)?.parts ?? [];
    for (const [key, words] of this.#words) {
      if (!key.startsWith(`${message}/`)) continue;
      const part = parts.find(({ id }) => key === `${message}/${id}`);
      words.text = part === undefined ? '' : textOf(part);
      words.ended = part !== undefined && 'state' in part && part.state === 'done';
    }
  }

  check(name: string, view: View): void {
    for (const [key, words] of this.#words) {
      const text = this.#shown(view, key);
      const kept = words.text.toWellFormed();
      if (kept.startsWith(text)) continue;
      let same = 0;
      while (kept[same] === text[same]) same++;
      const around = (all: string): string => JSON.stringify(all.slice(same - 10, same + 10));
      const what = `${name} reads ${key}, which parts at ${same}: ${around(text)}`;
      strictEqual(around(text), around(kept), what);
    }
  }

  checkWhole(view: View): void {
    for (const [key, words] of this.#words) {
      if (words.ended) strictEqual(this.#shown(view, key), words.text.toWellFormed(), key);
    }
  }

  #shown(view: View, key: string): string {
    const [message = '', id] = key.split('/');
    const part = view.messages.get(message)?.parts.find((one) => one.id === id);
    return part === undefined ? '' : textOf(part);
  }

  #of(message: string, part: string): Words {
    const key = `${message}/${part}`;
    const known = this.#words.get(key);
    if (known !== undefined) return known;
    const words = { text: '', ended: false };
    this.#words.set(key, words);
    return words;
  }
}

function textOf(part: Part): string {
  if (part.type === 'text' || part.type === 'reasoning') return part.text;
  return '';
}
